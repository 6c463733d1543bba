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

/// <summary>Shapes that a file computes, as PyTorch writes them: read, run, differentiated and written again.</summary>
public class ComputedShapesTests
{
    [Fact]
    public void A_view_of_sizes_read_from_the_input_is_compiled_and_differentiated()
    {
        // x.view(x.size(0) * 2, -1, 3), x of [batch, time, 6].
        OnnxModel model = OnnxModel.Load(Model(
            3,
            [
                GoodModel.Node("Shape", ["x"], ["shape"], "shape"),
                GoodModel.Node("Gather", ["shape", "zero"], ["size"], "size", GoodModel.Int("axis", 0)),
                GoodModel.Node("Mul", ["size", "two"], ["twice"], "twice"),
                GoodModel.Node("Unsqueeze", ["twice", "axes"], ["rows"], "rows"),
                GoodModel.Node("Concat", ["rows", "rest"], ["target"], "target", GoodModel.Int("axis", 0)),
                GoodModel.Node("Reshape", ["x", "target"], ["view"], "view"),
                GoodModel.Node("Tanh", ["view"], ["y"], "y"),
            ],
            [("zero", 0, []), ("two", 2, []), ("axes", 0, [1]), ("rest", -1, [2])]).ToByteArray());
        Signature signature = model.Signature;
        Variable x = signature.Inputs[0], y = signature.Outputs[0].Variable;
        Assert.Equal([Dim.Named("batch") * 2, "time", 3], y.Shape);
        var step = new Signature([x], [new Output("y", y), new Output("g", Gradient.Of(Ops.Sum(y.Square()), x))]);
        Function function = Function.Compile(step);
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(step, model.ExportOptions));
        foreach ((int batch, int time) in new[] { (2, 3), (1, 4), (3, 1) })
        {
            Value data = SmallModels.Random(new System.Random(batch), DType.Float32, batch, time, 6);
            Value[] found = function.Run(data);
            IReadOnlyList<Value> expected = Interpreter.Run(step, data), served = session.Run(data);
            Assert.Equal([2 * batch, time, 3], found[0].Sizes.ToArray());
            for (int i = 0; i < found.Length; i++)
            {
                Parity.Equal(expected[i], found[i], 1e-6, step.Outputs[i].Name);
                Parity.Equal(served[i], found[i], 1e-5, step.Outputs[i].Name);
            }

            for (int i = 0; i < data.Count; i++)
            {
                double t = Math.Tanh(data[i]);
                Assert.Equal(2 * t * (1 - (t * t)), found[1][i], 1e-5);
            }
        }

        // Shapes are known when a plan is made: one step for the values, and what the gradient takes.
        Assert.DoesNotContain(function.Profile([Value.Zeros(DType.Float32, 2, 3, 6)], 1).Steps, s => s.Name is "Shape" or "Gather" or "Concat" or "Mul" or "Unsqueeze");
    }

    [Fact]
    public void A_shape_of_data_is_interpreted_differentiated_and_written_again()
    {
        ModelProto file = Model(2, [GoodModel.Node("Reshape", ["x", "target"], ["y"], "y")], []);
        file.Graph.Input.Add(GoodModel.Value("target", DataType.Int64, 2));
        OnnxModel model = OnnxModel.Load(file.ToByteArray());
        (Variable x, Variable target) = (model.Signature.Inputs[0], model.Signature.Inputs[1]);
        Variable y = model.Signature.Outputs[0].Variable;
        var step = new Signature([x, target], [new Output("y", y), new Output("g", Gradient.Of(Ops.Sum(y.Square()), x))]);
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(step, model.ExportOptions));
        Value data = SmallModels.Random(new System.Random(1), DType.Float32, 2, 3, 6), shape = Value.Of([4L, -1], 2);
        IReadOnlyList<Value> found = Interpreter.Run(step, data, shape), served = session.Run(data, shape);
        Assert.Equal([4, 9], found[0].Sizes.ToArray());
        Assert.Equal([2, 3, 6], found[1].Sizes.ToArray());
        for (int i = 0; i < found.Count; i++)
            Parity.Equal(served[i], found[i], 1e-6, step.Outputs[i].Name);
        Value[] compiled = Function.Compile(step).Run(data, shape);
        for (int i = 0; i < found.Count; i++)
            Parity.Equal(found[i], compiled[i], 1e-6, step.Outputs[i].Name);
    }

    /// <summary>A file with the input x [batch, time, 6], the output y, of a rank, and int64 constants: two numbers stand for −1 and 3.</summary>
    private static ModelProto Model(int rank, NodeProto[] nodes, (string Name, long Number, long[] Sizes)[] constants)
    {
        var input = GoodModel.Value("x", DataType.Float, 0, 0, 6);
        input.Type.TensorType.Shape.Dim[0] = new() { DimParam = "batch" };
        input.Type.TensorType.Shape.Dim[1] = new() { DimParam = "time" };
        var output = GoodModel.Value("y", DataType.Float, new long[rank]);
        foreach (TensorShapeProto.Types.Dimension open in output.Type.TensorType.Shape.Dim)
            open.ClearValue();
        var graph = new GraphProto { Name = "main", Input = { input }, Output = { output }, Node = { nodes } };
        foreach ((string name, long number, long[] sizes) in constants)
        {
            long[] numbers = sizes is [2] ? [number, 3] : [number];
            graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)DataType.Int64, Dims = { sizes }, Int64Data = { numbers } });
        }

        return new ModelProto { IrVersion = 8, OpsetImport = { new OperatorSetIdProto { Version = 17 } }, Graph = graph };
    }
}
