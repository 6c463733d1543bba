using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>
/// (x − mean) / deviation for each feature. The numbers are those of the training rows, or of a network to start from, which keeps its own; they are state of the
/// network, saved and exported with it. A missing feature (NaN) takes its mean, if that is asked for.
/// </summary>
internal sealed class Standardization(float[] means, double[] deviations, bool standardize, bool impute) : Module
{
    private const string Noun = "standardization";

    public Standardization(TrainingStatistics statistics, bool standardize, bool impute)
        : this(statistics.Means, statistics.Deviations, standardize, impute)
    {
    }

    // Where 1/deviation or a difference would leave the range of single precision, a power of two brings the feature near 1 first.
    private readonly float[] before =
        [.. deviations.Select(d => d is > 1e-30 and < 1e30 ? 1 : (float)Math.ScaleB(1, Math.Clamp(-Math.ILogB(d), -126, 126)))];

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
        if (!standardize)
            return present;
        return Parameters.Count == 2
            ? (present - center) * Parameters[1]
            : ((present * Parameters[2]) - (center * Parameters[2])) * Parameters[1];
    }

    protected override IReadOnlyList<Parameter> CreateParameters()
    {
        if (!standardize)
            return [State("mean", means)];
        Parameter[] usual = [State("mean", means), State("scale", deviations.Zip(before, (d, b) => b == 1 ? 1 / (float)d : (float)(1 / (d * b))))];
        return before.All(b => b == 1) ? usual : [.. usual, State("before", before)];
    }

    private Parameter State(string name, IEnumerable<float> numbers) => new(ParameterName(name), Value.Of([.. numbers], 1, means.Length), ParameterRole.State);
}
