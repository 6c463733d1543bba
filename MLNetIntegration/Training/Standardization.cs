using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>
/// (x − mean) / deviation for each feature, with constants of the training rows. A missing feature (NaN) takes its mean, if that is asked for.
/// </summary>
internal sealed class Standardization(TrainingStatistics statistics, bool standardize, bool impute) : Module
{
    private readonly float[] means = statistics.Means;
    private readonly double[] deviations = statistics.Deviations;

    protected override string Kind => "standardization";

    protected override Shape? ExpectedInput => [means.Length];

    protected override Variable Build(Variable input, ForwardContext context)
    {
        Variable center = Variable.Of(Value.Of(means, 1, means.Length));

        // NaN alone differs from itself.
        Variable present = impute ? Ops.Where(Ops.Equal(input, input), input, center) : input;
        if (!standardize)
        {
            return present;
        }

        // Where 1/deviation or a difference would leave the range of single precision, a power of two brings the feature near 1 first.
        float[] before = [.. deviations.Select(d => d is > 1e-30 and < 1e30 ? 1 : (float)Math.ScaleB(1, Math.Clamp(-Math.ILogB(d), -126, 126)))];
        Variable scale = Row(deviations.Zip(before, (d, b) => b == 1 ? 1 / (float)d : (float)(1 / (d * b))));
        return before.All(b => b == 1) ? (present - center) * scale : ((present * Row(before)) - (center * Row(before))) * scale;

        Variable Row(IEnumerable<float> numbers) => Variable.Of(Value.Of([.. numbers], 1, means.Length));
    }
}
