using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Quantization;

/// <summary>
/// The convolution of a quantized image and quantized weights, quantized (ONNX <c>QLinearConv</c>). Inputs: x, its scale and zero point; w, its scale and zero point, scalars or one number for each
/// channel of the result; scale and zero point of the result; and an addend for each channel in int32, in units of the product of the scales, or none. The gradient is zero.
/// </summary>
/// <param name="Window">The convolution.</param>
public sealed record QLinearConv(Conv Window) : CompositeOperation, IHasKernel, IOperator
{
    private const int Channels = 1;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(
            new QLinearConv(new Conv([1, 1], [1, 0, 0, 1], [1, 1], 1)),
            new ExampleInput(["batch", 2, 4, 5], DType.UInt8, 0, 200), new ExampleInput([], Low: 0.01, High: 0.02), new ExampleInput([], DType.UInt8, 3, 90),
            new ExampleInput([3, 2, 2, 3], DType.Int8, -60, 60), new ExampleInput([3], Low: 0.01, High: 0.02), new ExampleInput([3], DType.Int8, 0, 1),
            new ExampleInput([], Low: 0.1, High: 0.2), new ExampleInput([], DType.UInt8, 100, 140), new ExampleInput([3], DType.Int32, -500, 500)) { Smoothness = 0 },
        new(
            new QLinearConv(new Conv([2], [0, 1], [1], 2)),
            new ExampleInput(["batch", 2, 6], DType.UInt8, 0, 200), new ExampleInput([], Low: 0.01, High: 0.02), new ExampleInput([], DType.UInt8, 3, 90),
            new ExampleInput([2, 1, 3], DType.UInt8, 0, 200), new ExampleInput([], Low: 0.01, High: 0.02), new ExampleInput([], DType.UInt8, 60, 90),
            new ExampleInput([], Low: 0.1, High: 0.2), new ExampleInput([], DType.UInt8, 100, 140)) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        foreach (int scale in (ReadOnlySpan<int>)[1, 4, 6])
            Scales.RequirePositive(node.Operator, node[scale]);
        return new QLinearConv(ConvInteger.WindowOf(node, node[0], node[3])).ApplyAll([.. Enumerable.Range(0, 8).Select(i => node[i]), node.Optional(8)]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        DType compute = inputs[1].DType == DType.Float64 ? DType.Float64 : DType.Float32;
        Variable sum = new ConvInteger(Window).Apply(inputs[0], inputs[3], inputs[2], inputs[5]);
        if (inputs.Optional(8) is { } addend)
            sum += PerChannel(addend, sum);
        Variable scale = Ops.Cast(Number(inputs[1]), compute) * PerChannel(Ops.Cast(inputs[4], compute), sum) / Ops.Cast(Number(inputs[6]), compute);
        return [QuantizeLinear.Rounded(this, Ops.Cast(sum, compute) * scale, inputs[7], sum, inputs[7].DType, Channels, 0, true)];
    }

    /// <summary>Computes bytes with scales of float32 and one zero point of the result; the rest is expanded.</summary>
    /// <param name="inputs">The inputs.</param>
    public bool Computes(Arguments inputs) => IntegerWindow.Computes(inputs[0], inputs[3], inputs[2], inputs[5])
        && inputs[1].DType == DType.Float32 && inputs[4].DType == DType.Float32 && inputs[6].DType == DType.Float32
        && inputs[7].DType is DType.Int8 or DType.UInt8 && Scales.IsOne(inputs[7].Shape) && inputs.Optional(8) is null or { DType: DType.Int32 };

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request)
    {
        IntegerWindow window = new(request, Window, (0, 3, 2, 5));
        return Kernel.Of(arguments => Compute(arguments, window), window.Flops);
    }

    private static void Compute(KernelArguments arguments, IntegerWindow window)
    {
        ReadOnlySpan<Value> inputs = arguments.Inputs;
        Value result = arguments.Outputs[0];
        int channels = result.Sizes[Channels];
        using Scratch scratch = arguments.Workers.Rent((long)result.Count * sizeof(int));
        Span<int> sums = scratch.Span<int>(result.Count);
        int[] addend = inputs.Length > 8 && inputs[8] is { } given ? Each(given.Span<int>(), channels) : [];
        window.Run(arguments, addend, sums);
        float[] scales = Each(inputs[4].Span<float>(), channels);
        for (int channel = 0; channel < channels; channel++)
            scales[channel] = inputs[1].Span<float>()[0] * scales[channel] / inputs[6].Span<float>()[0];
        Requantization.Run(sums, scales, (int)inputs[7][0], result.DType == DType.Int8, result.Sizes[0] * channels, result.Bytes, arguments.Workers);
    }

    private static T[] Each<T>(ReadOnlySpan<T> numbers, int count) => numbers.Length == count ? numbers.ToArray() : [.. Enumerable.Repeat(numbers[0], count)];

    /// <summary>The standard has scales of up to 32 bits; here float64 is taken too.</summary>
    public override Schema.OperatorSchema? StandardSchema() => null;

    /// <summary>The standard's scales have no float64.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs[1].DType == DType.Float64 ? null : new(Name) { Attributes = Window.Written(request.Inputs[3].Shape) };

    private static Variable Number(Variable scale) => scale.Shape.Rank == 0 ? scale : Ops.Reshape(scale, Shape.Scalar);

    /// <summary>One number for each channel of an image, or one for all.</summary>
    private static Variable PerChannel(Variable numbers, Variable image) =>
        numbers.Shape.Rank == 0 || numbers.Shape == Shape.Of(1) ? Number(numbers) : Statistics.PerChannel(numbers, image);
}
