using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Quantization;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Sessions;

/// <summary>Files of convolutions in the form QuantizeLinear, DequantizeLinear, here and in ONNX Runtime.</summary>
public sealed class QuantizedConvolutionTests
{
    /// <summary>Three convolutions with strides, pads, channels by themselves, scales for each channel, biases in int32 and rectifiers: every byte of the result is the same.</summary>
    /// <param name="signed">Whether what is between the convolutions is int8; uint8 otherwise.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_loaded_file_gives_the_bytes_of_ONNX_Runtime(bool signed)
    {
        var random = new Random(5);
        DType type = signed ? DType.Int8 : DType.UInt8;
        int least = signed ? -128 : 0;
        Variable x = Variable.Input("x", DType.Float32, [1, 3, 17, 19]);
        Variable h = Layer(new Conv([2, 2], [1, 1, 1, 1], [1, 1], 1), Through(x, 0.02f, least + 120), 0.02f, [16, 3, 3, 3]);
        h = Layer(new Conv([1, 1], [1, 1, 1, 1], [1, 1], 16), Through(Ops.Relu(h), 0.15f, least), 0.15f, [16, 1, 3, 3]);
        h = Layer(new Conv([1, 1], [0, 0, 0, 0], [1, 1], 1), Through(h, 0.4f, least + 131), 0.4f, [9, 16, 1, 1]);
        Variable y = new QuantizeLinear(type).Apply(h, Number(0.1f), Point(least + 128));
        byte[] file = OnnxExporter.Export(new Signature([x], [new Output("y", y)]));
        Value value = Value.Of([.. Enumerable.Range(0, 3 * 17 * 19).Select(_ => (5 * random.NextSingle()) - 2.5f)], 1, 3, 17, 19);

        Function function = Function.Compile(OnnxModel.Load(file).Signature);
        Assert.Equal(3, function.Profile([value], 1).Steps.Count(step => step.Name.Contains("QLinearConv", StringComparison.Ordinal)));
        using OnnxSession session = OnnxSession.Load(file);
        Value found = function.Run(value)[0], expected = session.Run(value)[0];
        Assert.Equal(expected.Bytes.ToArray(), found.Bytes.ToArray());
        Assert.True(found.Bytes.ToArray().Distinct().Count() > 50);

        Variable Layer(Conv window, Variable image, float scale, int[] sizes)
        {
            Value w = Value.Zeros(DType.Int8, sizes);
            random.NextBytes(w.Bytes);
            float[] scales = [.. Enumerable.Range(0, sizes[0]).Select(_ => 0.002f + (0.004f * random.NextSingle()))];
            int[] bias = [.. Enumerable.Range(0, sizes[0]).Select(_ => random.Next(-3000, 3000))];
            return window.Apply(
                image, new DequantizeLinear(0).Apply(Variable.Of(w), Variable.Of(Value.Of(scales, sizes[0])), Variable.Of(Value.Zeros(DType.Int8, sizes[0]))),
                new DequantizeLinear(0).Apply(Variable.Of(Value.Of(bias, sizes[0])), Variable.Of(Value.Of([.. scales.Select(each => each * scale)], sizes[0]))));
        }

        Variable Through(Variable image, float scale, int zero) => new DequantizeLinear().Apply(new QuantizeLinear(type).Apply(image, Number(scale), Point(zero)), Number(scale), Point(zero));

        Variable Point(int zero) => Variable.Of(signed ? Value.Of((sbyte)zero) : Value.Of((byte)zero));

        static Variable Number(float number) => Variable.Of(Value.Of(number));
    }
}
