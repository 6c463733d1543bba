using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Normalization;

/// <summary>1 at the greatest element along an axis, the first at a tie, and 0 elsewhere (ONNX <c>Hardmax</c>). The gradient is zero.</summary>
/// <param name="Axis">The axis, counted from 0; its size is known.</param>
public sealed record Hardmax(int Axis) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Hardmax(1), new ExampleInput(["batch", 5])) { Smoothness = 0 },
        new(new Hardmax(0), new ExampleInput([4, 3])) { Smoothness = 0 },
        new(new Hardmax(1), new ExampleInput([2, 3, 2])) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => OldAxes.Along(node, (x, axis) => new Hardmax(axis).Apply(x));

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = inputs[0];
        int size = Require.Static(this, x.Type, Axis);
        int[] sizes = [.. Enumerable.Range(0, x.Shape.Rank).Select(axis => axis == Axis ? size : 1)];
        Variable numbers = Variable.Of(Value.Of([.. Enumerable.Range(0, size).Select(i => (long)i)], sizes));
        return [Ops.Cast(Ops.Equal(Ops.ArgMax(x, Axis, keepDims: true), numbers), x.DType)];
    }

    /// <summary>ONNX Runtime has it for float32.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs[0].DType == DType.Float64 ? null : new(Name) { Attributes = [new OnnxAttribute("axis", (long)Axis)] };
}
