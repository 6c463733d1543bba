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
    private readonly float[] means = statistics.Means, deviations = statistics.Deviations;

    protected override string Kind => "standardization";

    protected override Shape? ExpectedInput => [means.Length];

    protected override Variable Build(Variable input, ForwardContext context)
    {
        Variable center = Variable.Of(Value.Of(means, 1, means.Length));

        // NaN alone differs from itself.
        Variable present = impute ? Ops.Where(Ops.Equal(input, input), input, center) : input;
        return standardize ? (present - center) * Variable.Of(Value.Of([.. deviations.Select(d => 1 / d)], 1, means.Length)) : present;
    }
}
