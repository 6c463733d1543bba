using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>
/// Conversion to another element type (ONNX <c>Cast</c>). Floats truncate toward zero on the way to integers (out of range and NaN: undefined in ONNX,
/// saturated and 0 here); integers that do not fit keep their lower bits; floats round to the nearest, to an even last bit at a tie; to Bool everything but 0 is
/// true; true is 1. Between floating-point types the gradient is cast back, otherwise it is zero.
/// </summary>
/// <param name="To">The element type of the result.</param>
/// <param name="Saturate">Whether what is beyond the greatest number of an eight-bit floating-point type becomes that number; otherwise infinity, or NaN in a type
/// without. Other types do not ask.</param>
public sealed record Cast(DType To, bool Saturate = true) : ElementwiseOperation, IOperator, IHasKernel
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Cast(DType.Float64), new ExampleInput(["batch", 3])),
        new(new Cast(DType.Float32), new ExampleInput([2, 3])) { Tolerance = 1e-3, Smoothness = 0 },
        new(new Cast(DType.Int64), new ExampleInput([7])) { Smoothness = 0 },
        new(new Cast(DType.Float32), new ExampleInput([7], DType.Bool, 0, 1)) { Smoothness = 0 },
        new(new Cast(DType.Float32), new ExampleInput([7], DType.Int32)) { Smoothness = 0 },
        new(new Cast(DType.Bool), new ExampleInput([7], DType.Int64)) { Smoothness = 0 },
        new(new Cast(DType.UInt64), new ExampleInput([7], DType.Int64, 0, 9)) { Smoothness = 0 },
        new(new Cast(DType.Int8), new ExampleInput([7], DType.Int16, -120, 120)) { Smoothness = 0 },
        new(new Cast(DType.UInt8), new ExampleInput(["batch", 2], DType.UInt16, 0, 250)) { Smoothness = 0 },
        new(new Cast(DType.Int16), new ExampleInput([7], DType.UInt8, 0, 250)) { Smoothness = 0 },
        new(new Cast(DType.UInt16), new ExampleInput([7], DType.Int8, 0, 120)) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => Of(node, node.Type("to")).ApplyAll(node[0]);

    /// <summary>The cast to a type that a node asks for by its attributes.</summary>
    internal static Cast Of(OnnxNode node, DType to) => to == DType.Float8E8M0 && node.Knows("round_mode") && node.Text("round_mode") != "up"
        ? throw new GraphException($"{node.Operator} to {to} rounds up, found the round_mode {node.Text("round_mode")}.")
        : new Cast(to, !IsSmall(to) || !node.Knows("saturate") || node.Flag("saturate"));

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        To is DType.Int64 or DType.Int32 ? node.Inputs[0].Content : null;

    /// <inheritdoc/>
    public override int Arity => 1;

    /// <inheritdoc/>
    public override DType InferDType(ReadOnlySpan<DType> inputs) => To;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        Contributions(request, (g, _) => To.IsFloating() && request[0].DType.IsFloating() ? Ops.Cast(g, request[0].DType) : null);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes = Saturate ? [new OnnxAttribute("to", To)] : [new OnnxAttribute("saturate", 0L), new OnnxAttribute("to", To)],
    };

    /// <inheritdoc/>
    public override void Apply(TileArguments tile) =>
        Conversion.Run(tile.InputType, tile.InputAddress(0), To, tile.OutputAddress, tile.Length, Saturate);

    /// <summary>A cast reads and writes what is stored.</summary>
    /// <param name="stored">The type of the input or the result.</param>
    DType IHasKernel.ComputeType(DType stored) => stored;

    private static bool IsSmall(DType type) => ElementType.Of(type) is { Kind: ElementKind.Floating, Bits: 8 };
}
