using System.Numerics.Tensors;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>A function of truth values; no gradient passes.</summary>
public abstract record LogicOperation : ElementwiseOperation
{
    /// <inheritdoc/>
    public sealed override DType InferDType(ReadOnlySpan<DType> inputs)
    {
        foreach (DType type in inputs)
        {
            Require.Type(this, DType.Bool, type);
        }

        return DType.Bool;
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;
}

/// <summary>x and y (ONNX <c>And</c>).</summary>
public sealed record And : LogicOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
        [new(new And(), new ExampleInput([2, 5], DType.Bool, 0, 1), new ExampleInput([5], DType.Bool, 0, 1)) { Smoothness = 0 }];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new And().ApplyAll(OldBroadcast.Inputs(node));

    /// <inheritdoc/>
    public override int Arity => 2;

    /// <inheritdoc/>
    public override void Apply(TileArguments tile) =>
        TensorPrimitives.BitwiseAnd(tile.Input<byte>(0), tile.Input<byte>(1), tile.Output<byte>());
}

/// <summary>x or y (ONNX <c>Or</c>).</summary>
public sealed record Or : LogicOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
        [new(new Or(), new ExampleInput([2, 5], DType.Bool, 0, 1), new ExampleInput([5], DType.Bool, 0, 1)) { Smoothness = 0 }];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Or().ApplyAll(OldBroadcast.Inputs(node));

    /// <inheritdoc/>
    public override int Arity => 2;

    /// <inheritdoc/>
    public override void Apply(TileArguments tile) =>
        TensorPrimitives.BitwiseOr(tile.Input<byte>(0), tile.Input<byte>(1), tile.Output<byte>());
}

/// <summary>Either x or y, not both (ONNX <c>Xor</c>).</summary>
public sealed record Xor : LogicOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
        [new(new Xor(), new ExampleInput([2, 5], DType.Bool, 0, 1), new ExampleInput([5], DType.Bool, 0, 1)) { Smoothness = 0 }];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Xor().ApplyAll(OldBroadcast.Inputs(node));

    /// <inheritdoc/>
    public override int Arity => 2;

    /// <inheritdoc/>
    public override void Apply(TileArguments tile) =>
        TensorPrimitives.Xor(tile.Input<byte>(0), tile.Input<byte>(1), tile.Output<byte>());
}

/// <summary>not x (ONNX <c>Not</c>).</summary>
public sealed record Not : LogicOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Not(), new ExampleInput([7], DType.Bool, 0, 1)) { Smoothness = 0 }];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Not().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override int Arity => 1;

    /// <inheritdoc/>
    public override void Apply(TileArguments tile) => TensorPrimitives.Xor(tile.Input<byte>(0), (byte)1, tile.Output<byte>());
}
