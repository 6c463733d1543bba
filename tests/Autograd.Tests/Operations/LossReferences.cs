using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Losses;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What losses of labels compute, in plain loops over doubles.</summary>
internal static class LossReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(NegativeLogLikelihoodLoss)] = (o, x) => [Losses(x[0], x, ((NegativeLogLikelihoodLoss)o).Reduction, ((NegativeLogLikelihoodLoss)o).Ignored)],
        [typeof(SoftmaxCrossEntropyLoss)] = (o, x) =>
        [
            Losses(LogSoftmax(x[0]), x, ((SoftmaxCrossEntropyLoss)o).Reduction, ((SoftmaxCrossEntropyLoss)o).Ignored), LogSoftmax(x[0]),
        ],
    };

    private static Array64 Losses(Array64 logarithms, Array64[] x, LossReduction reduction, long? ignored)
    {
        Array64 labels = x[1], losses = new(labels.Sizes);
        double sum = 0, weights = 0;
        for (int flat = 0; flat < labels.Data.Length; flat++)
        {
            int label = (int)labels.Data[flat];
            if (label == ignored)
                continue;
            int[] at = labels.Index(flat);
            double weight = x.Length > 2 ? x[2].Data[label] : 1;
            losses.Data[flat] = -weight * logarithms[[at[0], label, .. at[1..]]];
            sum += losses.Data[flat];
            weights += weight;
        }

        var scalar = new Array64([]);
        scalar.Data[0] = reduction == LossReduction.Sum ? sum : sum / weights;
        return reduction == LossReduction.None ? losses : scalar;
    }

    private static Array64 LogSoftmax(Array64 x) => Array64.Make(x.Sizes, i =>
    {
        double sum = 0;
        for (int k = 0; k < x.Sizes[1]; k++)
            sum += Math.Exp(x[[i[0], k, .. i[2..]]]);
        return x[i] - Math.Log(sum);
    });
}
