using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;
using Range = Toolkit.Autograd.Operations.Shaping.Range;

namespace Toolkit.Autograd.Operations.Signal;

/// <summary>
/// The weights by which a spectrum becomes one on the mel scale, [length / 2 + 1, bands] (ONNX <c>MelWeightMatrix</c>): triangles whose corners lie at equal distances on that scale, 2595 log₁₀(1 + f / 700),
/// each from 0 at the corner before to 1 at its own and back to 0 at the corner behind. Inputs, scalars: the number of bands, the length of the transform, the sample rate, all integers, and the lowest and
/// the highest frequency in hertz. Computed in float64.
/// </summary>
/// <param name="Type">The element type of the result.</param>
public sealed record MelWeightMatrix(DType Type = DType.Float32) : CompositeOperation, IOperator
{
    private const int Since = 17;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        OperationExample.Of(type => new MelWeightMatrix(type), Integer(8), Integer(16), Integer(8192), Number(0), Number(4096)) with { Smoothness = 0 },
        OperationExample.Of(type => new MelWeightMatrix(type), Integer(5), Integer(31), Integer(8000), Number(130), Number(3700)) with { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new MelWeightMatrix(node.Type("output_datatype")).ApplyAll([.. node.Inputs.Select(input => Ops.Reshape(input, []))]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable bands = Ops.Cast(inputs[0], DType.Int64), length = Ops.Cast(inputs[1], DType.Int64), rate = Wide(inputs[2]);
        Variable low = Mel(Wide(inputs[3])), high = Mel(Wide(inputs[4]));
        Variable mel = low + (Wide(Counted(bands + 2)) * ((high - low) / Wide(bands + 2)));
        Variable corners = new Floor().Apply(Wide(length + 1) * (700 * (Ops.Pow(Variable.Scalar(10, DType.Float64), mel * (1.0 / 2595)) - 1)) / rate);
        Variable before = Corner(corners, 0, bands), own = Corner(corners, 1, bands), behind = Corner(corners, 2, bands);
        Variable bin = Wide(new Unsqueeze().Apply(Counted(new Div().Apply(length, Variable.Scalar(2, DType.Int64)) + 1), Ops.Integers(1)));
        Variable rise = own - before, fall = behind - own;
        Variable isRising = new And().Apply(Ops.GreaterOrEqual(bin, before), new LessOrEqual().Apply(bin, own)), isFalling = new And().Apply(Ops.GreaterOrEqual(bin, own), Ops.Less(bin, behind));
        Variable rising = Ops.Where(Ops.Greater(rise, 0), (bin - before) / Ops.Max(rise, 1), 1);
        return [Ops.Cast(Ops.Where(isFalling, (behind - bin) / Ops.Max(fall, 1), Ops.Where(isRising, rising, 0)), Type)];
    }

    /// <summary>One node in float32, from operator set 17 on.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) =>
        request.Opset < Since || Type != DType.Float32 ? null : new(Name) { Attributes = [new OnnxAttribute("output_datatype", Type)] };

    private static ExampleInput Integer(long number) => ExampleInput.Constant(number) with { Shape = Shape.Scalar };

    private static ExampleInput Number(float number) => new([]) { Factors = [number] };

    private static Variable Wide(Variable x) => Ops.Cast(x, DType.Float64);

    private static Variable Mel(Variable hertz) => 2595 / Math.Log(10) * Ops.Log(1 + (hertz * (1.0 / 700)));

    private static Variable Counted(Variable size) => new Range().Apply(Variable.Scalar(0, DType.Int64), size, Variable.Scalar(1, DType.Int64));

    private static Variable Corner(Variable corners, int first, Variable bands) =>
        new Slice().Apply(corners, Ops.Integers(first), Ops.Reshape(bands + first, [1]), Ops.Integers(0));
}
