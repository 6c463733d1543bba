using System.Numerics;
using System.Numerics.Tensors;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>A function of the bits of integers of one type, applied element by element; no gradient passes.</summary>
public abstract record BitOperation : ElementwiseOperation
{
    /// <inheritdoc/>
    public override int Arity => 2;

    /// <inheritdoc/>
    public override DType InferDType(ReadOnlySpan<DType> inputs)
    {
        foreach (DType type in inputs)
        {
            Require.SameType(this, inputs[0], type);
        }

        return inputs[0];
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset >= 18 ? new(Name) : null;

    /// <summary>The kernel for one integer type.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="tile">Inputs and output.</param>
    protected abstract void Apply<T>(TileArguments tile)
        where T : unmanaged, IBinaryInteger<T>;

    /// <inheritdoc/>
    public sealed override void Apply(TileArguments tile)
    {
        switch (tile.InputType)
        {
            case DType.Int8: Apply<sbyte>(tile); break;
            case DType.Int16: Apply<short>(tile); break;
            case DType.Int32: Apply<int>(tile); break;
            case DType.Int64: Apply<long>(tile); break;
            case DType.UInt8: Apply<byte>(tile); break;
            case DType.UInt16: Apply<ushort>(tile); break;
            case DType.UInt32: Apply<uint>(tile); break;
            case DType.UInt64: Apply<ulong>(tile); break;
            case var type: throw new DTypeException($"{Name} expects an integer type, found {type}.");
        }
    }

    private protected static IEnumerable<OperationExample> ExamplesOf(Operation operation) =>
    [
        new(operation, new ExampleInput(["batch", 5], DType.Int64, 0, 60), new ExampleInput([5], DType.Int64, 0, 60)) { Smoothness = 0, Opset = 18 },
        new(operation, new ExampleInput([4], DType.Int32, 0, 60), new ExampleInput([], DType.Int32, 0, 60)) { Smoothness = 0, Opset = 18 },
    ];
}

/// <summary>The bits that both have (ONNX <c>BitwiseAnd</c>, from operator set 18 on).</summary>
public sealed record BitwiseAnd : BitOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf(new BitwiseAnd());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new BitwiseAnd().ApplyAll(node.Inputs);

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile) => TensorPrimitives.BitwiseAnd(tile.Input<T>(0), tile.Input<T>(1), tile.Output<T>());
}

/// <summary>The bits that either has (ONNX <c>BitwiseOr</c>, from operator set 18 on).</summary>
public sealed record BitwiseOr : BitOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf(new BitwiseOr());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new BitwiseOr().ApplyAll(node.Inputs);

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile) => TensorPrimitives.BitwiseOr(tile.Input<T>(0), tile.Input<T>(1), tile.Output<T>());
}

/// <summary>The bits that one of the two has (ONNX <c>BitwiseXor</c>, from operator set 18 on).</summary>
public sealed record BitwiseXor : BitOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf(new BitwiseXor());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new BitwiseXor().ApplyAll(node.Inputs);

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile) => TensorPrimitives.Xor(tile.Input<T>(0), tile.Input<T>(1), tile.Output<T>());
}

/// <summary>The bits that x does not have (ONNX <c>BitwiseNot</c>, from operator set 18 on).</summary>
public sealed record BitwiseNot : BitOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new BitwiseNot(), new ExampleInput(["batch", 5], DType.Int64, -60, 60)) { Smoothness = 0, Opset = 18 }];

    /// <inheritdoc/>
    public override int Arity => 1;

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new BitwiseNot().ApplyAll(node[0]);

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile) => TensorPrimitives.OnesComplement(tile.Input<T>(0), tile.Output<T>());
}

/// <summary>x with its bits moved by y places, zeros filling in (ONNX <c>BitShift</c>); 0 where y is as many places as there are bits, or more.</summary>
/// <param name="Left">Toward the higher bits; otherwise toward the lower ones.</param>
public sealed record BitShift(bool Left) : BitOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new BitShift(false), new ExampleInput(["batch", 5], DType.UInt64, 0, 99), new ExampleInput([5], DType.UInt64, 0, 7)) { Smoothness = 0 },
        new(new BitShift(true), new ExampleInput([2, 5], DType.UInt32, 0, 99), new ExampleInput([], DType.UInt32, 28, 28)) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new BitShift(node.Text("direction") switch
    {
        "LEFT" => true,
        "RIGHT" => false,
        var other => throw new GraphException($"BitShift expects the direction LEFT or RIGHT, found {other}."),
    }).ApplyAll(node.Inputs);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { Attributes = [new OnnxAttribute("direction", Left ? "LEFT" : "RIGHT")] };

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile)
    {
        ReadOnlySpan<T> x = tile.Input<T>(0);
        ReadOnlySpan<T> y = tile.Input<T>(1);
        Span<T> z = tile.Output<T>();
        T bits = T.CreateTruncating(T.Zero.GetByteCount() * 8);
        for (int i = 0; i < z.Length; i++)
        {
            // The processor takes the number of places modulo the width, the standard does not.
            z[i] = y[i] >= bits ? T.Zero : Left ? x[i] << int.CreateTruncating(y[i]) : x[i] >>> int.CreateTruncating(y[i]);
        }
    }
}
