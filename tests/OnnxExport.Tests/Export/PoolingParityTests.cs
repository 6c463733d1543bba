using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Poolings with random windows: what is exported, and what the engine computes, against ONNX Runtime's own ceil_mode and dilations.</summary>
public class PoolingParityTests
{
    private const int Cases = 150;

    [Fact]
    public void Maximum_pooling_rounds_up_and_dilates_as_ONNX_does() => Check("MaxPool", Ops.MaxPool);

    [Fact]
    public void Average_pooling_rounds_up_as_ONNX_does() => Check("AveragePool", Ops.AveragePool);

    private static void Check(string name, Func<Variable, PoolingOptions, Variable> pool)
    {
        // ONNX Runtime warns that its shape inference and its kernels disagree on ceil_mode.
        var quiet = new ServingOptions { Configure = o => o.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        var random = new Random(1);
        int compared = 0;
        int rounded = 0;
        for (int i = 0; i < Cases; i++)
        {
            PoolingOptions options = Draw(random, dilate: name == "MaxPool");
            Variable x = Variable.Input("x", DType.Float32, ["batch", 2, random.Next(2, 8), random.Next(2, 8)]);
            if (Shape(pool, x, options) is null)
            {
                continue;
            }

            Variable y = pool(x, options);
            var signature = new Signature([x], [new Output("y", y)], name: $"{options} of {x}");
            Value input = SmallModels.Random(random, DType.Float32, 2, 2, x.Shape[2].Size, x.Shape[3].Size);
            using OnnxSession exported = OnnxSession.Load(OnnxExporter.Export(signature, new() { GraphName = "pool" }));
            Parity.Check(exported, signature, [input], 1e-6);
            using OnnxSession direct = OnnxSession.Load(Direct(name, options, signature), quiet);
            Parity.Check(direct, signature, [input], 1e-6);
            compared++;
            rounded += y.Shape != Shape(pool, x, options with { CeilMode = false }) ? 1 : 0;
        }

        Assert.True(compared > 50 && rounded > 10, $"{compared} cases compared, {rounded} of them rounded up.");
    }

    /// <summary>The shape of the result, or null if the window does not fit the image.</summary>
    private static Shape? Shape(Func<Variable, PoolingOptions, Variable> pool, Variable x, PoolingOptions options)
    {
        try
        {
            return pool(x, options).Shape;
        }
        catch (ShapeException)
        {
            return null;
        }
    }

    private static PoolingOptions Draw(Random random, bool dilate)
    {
        int[] kernel = [random.Next(1, 4), random.Next(1, 4)];
        int Pad(int axis) => random.Next(0, kernel[axis]);
        return new PoolingOptions
        {
            Kernel = [kernel[0], kernel[1]],
            Strides = [random.Next(1, 4), random.Next(1, 4)],
            Pads = [Pad(0), Pad(1), Pad(0), Pad(1)],
            Dilations = dilate ? [random.Next(1, 4), random.Next(1, 3)] : [1, 1],
            CeilMode = random.Next(4) > 0,
            CountIncludePad = random.Next(2) > 0,
        };
    }

    /// <summary>The pooling as one node with the attributes as they are.</summary>
    private static byte[] Direct(string name, PoolingOptions options, Signature signature)
    {
        List<OnnxAttribute> attributes =
        [
            new("kernel_shape", options.Kernel.ToLongs()),
            new("strides", options.Strides!.ToLongs()),
            new("pads", options.Pads!.ToLongs()),
            new("ceil_mode", options.CeilMode ? 1L : 0L),
            name == "MaxPool" ? new("dilations", options.Dilations!.ToLongs()) : new("count_include_pad", options.CountIncludePad ? 1L : 0L),
        ];
        var node = new NodeProto { OpType = name, Name = name, Input = { "x" }, Output = { "y" } };
        node.Attribute.AddRange(attributes.Select(AttributeConversion.ToProto));
        ModelProto model = OnnxExporter.ToModel(signature, new() { Opset = 17 });
        model.Graph.Name = "direct";
        model.Graph.Node.Clear();
        model.Graph.Initializer.Clear();
        model.Graph.ValueInfo.Clear();
        model.Graph.Node.Add(node);
        return model.ToByteArray();
    }
}
