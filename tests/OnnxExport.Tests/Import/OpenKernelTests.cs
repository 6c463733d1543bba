using Google.Protobuf;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Checking;
using Toolkit.OnnxExport.Tests.Export;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Convolutions whose weights are inputs, or computed, so that the sizes of the kernel are known only when the model runs.</summary>
public class OpenKernelTests
{
    private const string Image = "n,2,height,width", Weights = "m,c,rows,columns";
    private static readonly int[] Pads = [1, 0, 2, 1];

    /// <summary>Kernels of all sizes, those with a faster way among them, by one compiled function.</summary>
    [Fact]
    public void A_convolution_takes_kernels_of_all_sizes()
    {
        Signature file = OnnxModel.Load(Model("Conv", Image, Weights, Ints("pads", [.. Pads.Select(pad => (long)pad)])).ToByteArray()).Signature;
        Assert.Equal([2, "rows", "columns"], file.Inputs[1].Shape.Skip(1));
        Variable x = file.Inputs[0], w = file.Inputs[1], y = file.Outputs[0].Variable;
        IReadOnlyList<Variable> gradients = Gradient.Of(Ops.Sum(y.Square()), [x, w]);
        var step = new Signature([x, w], [new Output("y", y), new Output("dx", gradients[0]), new Output("dw", gradients[1])]);
        Function function = Function.Compile(step);
        using OnnxSession original = OnnxSession.Load(Model("Conv", Image, Weights, Ints("pads", [.. Pads.Select(pad => (long)pad)])).ToByteArray()), written = OnnxSession.Load(OnnxExporter.Export(step));
        foreach ((int rows, int columns) in new[] { (1, 1), (3, 3), (2, 4), (5, 5), (3, 1) })
        {
            Value image = Numbers(2, 2, 6, 7), weights = Numbers(3, 2, rows, columns);
            (Value result, Value imageGradient, Value weightGradient) = Loops(image, weights);
            Value[] found = function.Run(image, weights);
            IReadOnlyList<Value> again = written.Run(image, weights);
            Parity.Equal(result, original.Run(image, weights)[0], 1e-5, $"ONNX Runtime, {rows} × {columns}");
            foreach ((Value expected, int i) in new[] { result, imageGradient, weightGradient }.Select((value, i) => (value, i)))
            {
                Parity.Equal(expected, found[i], 1e-4, $"{step.Outputs[i].Name}, {rows} × {columns}");
                Parity.Equal(expected, again[i], 1e-4, $"{step.Outputs[i].Name} in ONNX Runtime, {rows} × {columns}");
            }
        }
    }

    [Fact]
    public void A_transposed_convolution_takes_kernels_of_all_sizes()
    {
        byte[] bytes = Model("ConvTranspose", "n,3,height,width", "m,2,rows,columns", Ints("strides", 2, 1), Ints("pads", 0, 1, 1, 0)).ToByteArray();
        OnnxModel model = OnnxModel.Load(bytes);
        Function function = Function.Compile(model.Signature);
        using OnnxSession original = OnnxSession.Load(bytes), written = OnnxSession.Load(OnnxExporter.Export(model.Signature, model.ExportOptions));
        foreach ((int rows, int columns) in new[] { (2, 2), (3, 3), (1, 4) })
        {
            Value image = Numbers(2, 3, 4, 5), weights = Numbers(3, 2, rows, columns);
            Value expected = original.Run(image, weights)[0];
            Parity.Equal(expected, function.Run(image, weights)[0], 1e-5, $"{rows} × {columns}");
            Parity.Equal(expected, written.Run(image, weights)[0], 1e-5, $"written again, {rows} × {columns}");
        }
    }

    /// <summary>What the node states, the file does not leave open: automatic padding follows from it.</summary>
    [Fact]
    public void A_kernel_that_the_node_states_is_known()
    {
        byte[] bytes = Model("Conv", Image, Weights, Ints("kernel_shape", 3, 2), new AttributeProto { Name = "auto_pad", Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8("SAME_UPPER") }).ToByteArray();
        Signature signature = OnnxModel.Load(bytes).Signature;
        Assert.Equal(["m", 2, 3, 2], signature.Inputs[1].Shape);
        Value image = Numbers(1, 2, 4, 5), weights = Numbers(3, 2, 3, 2);
        using OnnxSession session = OnnxSession.Load(bytes);
        Parity.Equal(session.Run(image, weights)[0], Function.Compile(signature).Run(image, weights)[0], 1e-5, "same");
    }

    /// <summary>The shape of the weights is data.</summary>
    [Fact]
    public void Weights_of_a_computed_shape_must_be_as_the_node_states()
    {
        ModelProto Computed(params AttributeProto[] attributes)
        {
            ModelProto model = Model("Conv", Image, "all", attributes);
            model.Graph.Input.Add(GoodModel.Value("shape", DataType.Int64, 4));
            model.Graph.Node.Insert(0, GoodModel.Node("Reshape", ["w", "shape"], ["reshaped"], "reshape"));
            model.Graph.Node[1].Input[1] = "reshaped";
            return model;
        }

        Value image = Numbers(1, 2, 4, 5), weights = Numbers(24), shape = Value.Of([3L, 2, 2, 2], 4), other = Value.Of([3L, 2, 4, 1], 4);
        byte[] open = Computed().ToByteArray(), stated = Computed(Ints("kernel_shape", 2, 2)).ToByteArray();
        Function free = Function.Compile(OnnxModel.Load(open).Signature), bound = Function.Compile(OnnxModel.Load(stated).Signature);
        using OnnxSession session = OnnxSession.Load(open);
        Parity.Equal(session.Run(image, weights, shape)[0], free.Run(image, weights, shape)[0], 1e-5, "open");
        Parity.Equal(session.Run(image, weights, other)[0], free.Run(image, weights, other)[0], 1e-5, "open");
        Parity.Equal(session.Run(image, weights, shape)[0], bound.Run(image, weights, shape)[0], 1e-5, "stated");
        Assert.Contains("a kernel of the sizes 2, 2", Assert.Throws<ShapeException>(() => bound.Run(image, weights, other)).Message, StringComparison.Ordinal);
        Assert.Contains("C = C/group", Assert.Throws<ShapeException>(() => free.Run(image, weights, Value.Of([2L, 3, 2, 2], 4))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_that_must_be_known_is_asked_for()
    {
        AttributeProto same = new() { Name = "auto_pad", Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8("SAME_LOWER") };
        Assert.Contains("sizes of the kernel for auto_pad SAME_LOWER", Assert.Throws<ImportException>(() => OnnxModel.Load(Model("Conv", Image, Weights, same).ToByteArray())).Message, StringComparison.Ordinal);
        Assert.Contains("kernel_shape", Assert.Throws<ImportException>(() => OnnxModel.Load(Model("Conv", Image, "3,2,3,2", Ints("kernel_shape", 2, 2)).ToByteArray())).Message, StringComparison.Ordinal);
        Function function = Function.Compile(OnnxModel.Load(Model("Conv", Image, Weights).ToByteArray()).Signature);
        Assert.Contains("at least 1 along each axis", Assert.Throws<ShapeException>(() => function.Run(Numbers(1, 2, 4, 4), Value.Zeros(DType.Float32, 3, 2, 0, 1))).Message, StringComparison.Ordinal);
    }

    /// <summary>The result for the pads 1, 0, 2, 1, and the gradients of the sum of its squares.</summary>
    private static (Value Result, Value Image, Value Weights) Loops(Value x, Value w)
    {
        (int top, int left, int bottom, int right) = (Pads[0], Pads[1], Pads[2], Pads[3]);
        (int n, int c, int height, int width) = (x.Sizes[0], x.Sizes[1], x.Sizes[2], x.Sizes[3]);
        (int m, int rows, int columns) = (w.Sizes[0], w.Sizes[2], w.Sizes[3]);
        int outHeight = height + top + bottom - rows + 1, outWidth = width + left + right - columns + 1;
        double[] y = new double[n * m * outHeight * outWidth], dx = new double[x.Count], dw = new double[w.Count];
        void Visit(Action<int, int, int> each)
        {
            for (int k = 0; k < y.Length; k++)
            {
                (int image, int channel, int row, int column) = (k / (m * outHeight * outWidth), k / (outHeight * outWidth) % m, k / outWidth % outHeight, k % outWidth);
                for (int j = 0; j < c * rows * columns; j++)
                {
                    (int from, int atRow, int atColumn) = (j / (rows * columns), row + (j / columns % rows) - top, column + (j % columns) - left);
                    if (atRow >= 0 && atRow < height && atColumn >= 0 && atColumn < width)
                        each((((((image * c) + from) * height) + atRow) * width) + atColumn, (channel * c * rows * columns) + j, k);
                }
            }
        }

        Visit((i, j, k) => y[k] += x[i] * w[j]);
        Visit((i, j, k) => dx[i] += 2 * y[k] * w[j]);
        Visit((i, j, k) => dw[j] += 2 * y[k] * x[i]);
        return (Narrow(y, n, m, outHeight, outWidth), Narrow(dx, n, c, height, width), Narrow(dw, m, c, rows, columns));
    }

    private static Value Narrow(double[] numbers, params int[] sizes) => Value.Of([.. numbers.Select(number => (float)number)], sizes);

    private static Value Numbers(params int[] sizes) => Value.Of([.. Enumerable.Range(0, sizes.Aggregate(1, (a, b) => a * b)).Select(i => (float)Math.Sin((i * 1.7) + sizes.Length))], sizes);

    private static AttributeProto Ints(string name, params long[] numbers) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { numbers } };

    private static ModelProto Model(string operation, string image, string weights, params AttributeProto[] attributes) => new()
    {
        IrVersion = 8,
        OpsetImport = { new OperatorSetIdProto { Version = 17 } },
        Graph = new GraphProto
        {
            Name = "open",
            Input = { Open("x", image), Open("w", weights) },
            Output = { Open("y", "a,b,c_,d") },
            Node = { GoodModel.Node(operation, ["x", "w"], ["y"], "convolution", attributes) },
        },
    };

    /// <summary>A tensor of float32 with sizes that are numbers or names.</summary>
    private static ValueInfoProto Open(string name, string sizes)
    {
        ValueInfoProto value = GoodModel.Value(name, DataType.Float);
        value.Type.TensorType.Shape.Dim.AddRange(sizes.Split(',').Select(size => long.TryParse(size, out long number)
            ? new TensorShapeProto.Types.Dimension { DimValue = number }
            : new TensorShapeProto.Types.Dimension { DimParam = size }));
        return value;
    }
}
