using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Operations.Reductions;

namespace Toolkit.Autograd.Gradients.Equivalents;

/// <summary>The logarithm of a softmax, built in or written as eˣ/Σeˣ: x − ln Σeˣ, whose derivative is the target's share less the predicted one, finite for any logits (book section 6.2.2.3).</summary>
internal sealed class LogOfSoftmax : Equivalent
{
    protected override (Variable Same, IReadOnlyList<Variable> Behind)? Match(Node node)
    {
        if (node.Operation is not Log || node.Inputs[0].Producer is not { } of)
            return null;
        if (of.Operation is Softmax softmax)
            return (Ops.LogSoftmax(of.Inputs[0], softmax.Axis), [of.Inputs[0]]);
        if (of.Operation is Div && of.Inputs[0].Producer is { Operation: Exp } power
            && of.Inputs[1].Producer is { Operation: ReduceSum sum } reduction
            && reduction.Inputs[0].Producer is { Operation: Exp } summed && summed.Inputs[0] == power.Inputs[0])
        {
            Variable x = power.Inputs[0];
            return (x - new ReduceLogSumExp(sum.KeepDims, sum.NoopWithEmptyAxes).Apply(x, reduction.Inputs.Optional(1)), [x]);
        }

        return null;
    }
}
