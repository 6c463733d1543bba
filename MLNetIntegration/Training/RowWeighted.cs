using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>A loss whose target's last column is the weight that the inner loss of a row is multiplied by.</summary>
/// <param name="Inner">The loss of a row.</param>
/// <param name="Numbers">The numbers that the inner loss compares with; 0 for a class label.</param>
internal sealed record RowWeighted(Loss Inner, int Numbers) : Loss
{
    public override bool ReadsClassLogits => Inner.ReadsClassLogits;

    public override Variable PerExample(Variable prediction, Variable target)
    {
        IReadOnlyList<Variable> parts = target.Split(1, Math.Max(Numbers, 1), 1);
        Shape perRow = [target.Shape[0]];
        Variable own = Numbers == 0 ? parts[0].Reshape(perRow).Cast(DType.Int64) : parts[0];
        return Inner.PerExample(prediction, own) * parts[1].Reshape(perRow);
    }
}
