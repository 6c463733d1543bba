using Toolkit.Autograd.Graph;
using Toolkit.MLNetIntegration.Scoring;

namespace Toolkit.MLNetIntegration.Conversion;

/// <summary>A column of a data view as a tensor [batch, n], or why it is none.</summary>
internal sealed class GraphColumn
{
    private readonly Variable? variable;
    private readonly string? problem;

    /// <param name="variable">The tensor.</param>
    public GraphColumn(Variable variable) => this.variable = variable;

    /// <param name="problem">Why there is none, as a sentence.</param>
    public GraphColumn(string problem) => this.problem = problem;

    /// <summary>Why there is no tensor; null where there is one.</summary>
    public string? Problem => problem;

    /// <summary>The tensor.</summary>
    /// <exception cref="ScoringException">There is none.</exception>
    public Variable Variable => variable ?? throw new ScoringException(problem!);
}
