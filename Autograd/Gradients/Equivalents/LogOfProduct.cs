using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Reductions;

namespace Toolkit.Autograd.Gradients.Equivalents;

/// <summary>ln Πx as Σ ln x: the product may underflow or overflow, the derivative is 1/x.</summary>
internal sealed class LogOfProduct : Equivalent
{
    protected override (Variable Same, IReadOnlyList<Variable> Behind)? Match(Node node) =>
        node.Operation is Log && node.Inputs[0].Producer is { Operation: ReduceProd product } reduction
            ? (new ReduceSum(product.KeepDims, product.NoopWithEmptyAxes).Apply(Ops.Log(reduction.Inputs[0]), reduction.Inputs.Optional(1)), [reduction.Inputs[0]])
            : null;
}
