using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>
/// (x − mean) / deviation for each feature. The numbers are those of the training rows, or of a network to start from, which keeps its own; they are state of the
/// network, saved and exported with it. A missing feature (NaN) takes its mean, if that is asked for.
/// </summary>
internal sealed class Standardization(TrainingStatistics statistics, bool standardize, bool impute) : Module
{
    private const string Noun = "standardization";

    private readonly float[] means = statistics.Means, deviations = statistics.Deviations;

    /// <summary>The mean of each feature, which takes the place of missing ones.</summary>
    public float[] Means => Parameters[0].Value.Span<float>().ToArray();

    protected override string Kind => Noun;

    protected override Shape? ExpectedInput => [means.Length];

    /// <summary>Whether a parameter of this name is of such a layer.</summary>
    public static bool Owns(string parameter) => parameter.StartsWith(Noun + "1.", StringComparison.Ordinal);

    protected override Variable Build(Variable input, ForwardContext context)
    {
        Variable center = Parameters[0];

        // NaN alone differs from itself.
        Variable present = impute ? Ops.Where(Ops.Equal(input, input), input, center) : input;
        return standardize ? (present - center) * Parameters[1] : present;
    }

    protected override IReadOnlyList<Parameter> CreateParameters() =>
        standardize ? [State("mean", means), State("scale", deviations.Select(d => 1 / d))] : [State("mean", means)];

    private Parameter State(string name, IEnumerable<float> numbers) => new(ParameterName(name), Value.Of([.. numbers], 1, means.Length), ParameterRole.State);
}
