using System.Numerics;
using System.Numerics.Tensors;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>
/// Conversion to another element type (ONNX <c>Cast</c>). Floats truncate toward zero on the way to integers (out of range: undefined in ONNX,
/// saturated here); to Bool everything but 0 is true; true is 1. Between floating-point types the gradient is cast back, otherwise it is zero.
/// </summary>
/// <param name="To">The element type of the result.</param>
public sealed record Cast(DType To) : ElementwiseOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new Cast(DType.Float64), new ExampleInput(["batch", 3])),
        new(new Cast(DType.Float32), new ExampleInput([2, 3])) { Tolerance = 1e-3, Smoothness = 0 },
        new(new Cast(DType.Int64), new ExampleInput([7])) { Smoothness = 0 },
        new(new Cast(DType.Float32), new ExampleInput([7], DType.Bool, 0, 1)) { Smoothness = 0 },
        new(new Cast(DType.Float32), new ExampleInput([7], DType.Int32)) { Smoothness = 0 },
        new(new Cast(DType.Bool), new ExampleInput([7], DType.Int64)) { Smoothness = 0 },
        new(new Cast(DType.UInt64), new ExampleInput([7], DType.Int64, 0, 9)) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Cast(node.Type("to")).ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        To is DType.Int64 or DType.Int32 ? node.Inputs[0].Content : null;

    /// <inheritdoc/>
    public override int Arity => 1;

    /// <inheritdoc/>
    public override DType InferDType(ReadOnlySpan<DType> inputs) => To;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        [request.Gradient(0) is { } g && To.IsFloating() && request[0].DType.IsFloating() ? Ops.Cast(g, request[0].DType) : null];

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { Attributes = [new OnnxAttribute("to", To)] };

    /// <inheritdoc/>
    public override void Apply(TileArguments tile)
    {
        // A truth value is a byte of 0 or 1.
        if (tile.InputType == DType.Bool)
        {
            From<byte>(tile);
        }
        else
        {
            NumberDispatch.Run(tile.InputType, Name, new Call(this, tile));
        }
    }

    private void From<T>(TileArguments tile)
        where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<T> x = tile.Input<T>(0);
        switch (To)
        {
            case DType.Float32: TensorPrimitives.ConvertSaturating(x, tile.Output<float>()); break;
            case DType.Float64: TensorPrimitives.ConvertSaturating(x, tile.Output<double>()); break;
            case DType.Int32: TensorPrimitives.ConvertSaturating(x, tile.Output<int>()); break;
            case DType.Int64: TensorPrimitives.ConvertSaturating(x, tile.Output<long>()); break;
            case DType.UInt32: TensorPrimitives.ConvertSaturating(x, tile.Output<uint>()); break;
            case DType.UInt64: TensorPrimitives.ConvertSaturating(x, tile.Output<ulong>()); break;
            case DType.Bool:
                Span<bool> y = tile.Output<bool>();
                for (int i = 0; i < y.Length; i++)
                {
                    y[i] = x[i] != T.Zero;
                }

                break;
            default:
                throw To.NotTaken(Name, "an element type that the engine has");
        }
    }

    private readonly ref struct Call(Cast cast, TileArguments tile) : INumberAction
    {
        private readonly TileArguments tile = tile;

        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => cast.From<T>(tile);
    }
}
