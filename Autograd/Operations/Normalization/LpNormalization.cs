using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Normalization;

/// <summary>x divided by its norm along an axis (ONNX <c>LpNormalization</c>): Σ|x| or √Σx², which neither overflow nor underflow on the way. Zeros stay zeros.</summary>
/// <param name="Axis">The axis, counted from 0.</param>
/// <param name="Order">Which norm, 1 or 2.</param>
public sealed record LpNormalization(int Axis, int Order = 2) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new LpNormalization(1), new ExampleInput(["batch", 4])),
        new(new LpNormalization(0, 1), new ExampleInput([3, 4]) { Margin = 0.1 }),
        new(new LpNormalization(1, 2), new ExampleInput([2, 3, 2])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => node.Integer("p") is 1 or 2
        ? new LpNormalization(node[0].Shape.Axis(node.Int32("axis")), node.Int32("p")).ApplyAll(node[0])
        : throw new GraphException($"LpNormalization expects the order 1 or 2, found {node.Integer("p")}.");

    /// <summary>The quotient; float16 and bfloat16 are computed in float32.</summary>
    /// <param name="inputs">The argument.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        DType type = inputs[0].DType;
        Variable x = ElementType.Of(type).IsHalf ? Ops.Cast(inputs[0], DType.Float32) : inputs[0];

        // The quotient is that of x divided by any number, which gradients take for a constant: of the greatest no square is too great or too small.
        Variable greatest = new ReduceMax().Apply(Ops.Abs(x), Ops.Integers(Axis));
        x /= Ops.StopGradient(Ops.Where(Ops.Greater(greatest, 0), greatest, 1));
        Variable sum = Ops.Sum(Order == 1 ? Ops.Abs(x) : x * x, [Axis], keepDims: true);

        // A sum of zeros has the root 0, whose derivative is infinite: 1 stands in for it.
        Variable safe = Ops.Where(Ops.Greater(sum, 0), sum, 1);
        return [Ops.Cast(x / (Order == 1 ? safe : Ops.Sqrt(safe)), type)];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { Attributes = [new OnnxAttribute("axis", (long)Axis), new OnnxAttribute("p", (long)Order)] };
}
