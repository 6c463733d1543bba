using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>A layer with a bias is one node of the file, where its operator takes a bias.</summary>
public class BiasInputTests
{
    private static readonly Variable X = Variable.Input("x", DType.Float32, ["n", 4]);
    private static readonly Parameter W = new("w", Numbers(1, 4, 3));
    private static readonly Parameter B = new("b", Numbers(2, 3));

    /// <summary>What is not the same as a product with a bias, and what is read elsewhere as well.</summary>
    private static readonly Dictionary<string, (Func<Variable> Build, string[] Operators)> Kept = new()
    {
        ["a column"] = (() => X.MatMul(W) + Variable.Input("column", DType.Float32, ["n", 1]), ["MatMul", "Add"]),
        ["a whole addend"] = (() => X.MatMul(W) + Variable.Input("whole", DType.Float32, ["n", 3]), ["MatMul", "Add"]),
        ["one number"] = (() => X.MatMul(W) + new Parameter("one", Numbers(3, 1)), ["MatMul", "Add"]),
        ["a row that repeats a single column"] = (() => X.MatMul(new Parameter("narrow", Numbers(4, 4, 1))) + B, ["MatMul", "Add"]),
        ["a stack"] = (() => X.Reshape(["n", 2, 2]).MatMul(new Parameter("v", Numbers(5, 2, 3))) + B, ["MatMul", "Add"]),
        ["a product that is read twice"] = (() => X.MatMul(W) is var y ? (y + B) * y : y, ["MatMul", "Add", "Mul"]),
        ["a Gemm that adds already"] = (() => new Gemm().Apply(X, W, B) + B, ["Gemm", "Add"]),
        ["integers"] = (() => Ops.Cast(X, DType.Int32).MatMul(Variable.Of(Value.Of([1, 2, 3, 4], 4, 1))) + Variable.Of(Value.Of([7], 1)), ["Cast", "MatMul", "Add"]),
        ["a number for each column of a picture"] = (() => Picture(4).Conv(new Parameter("k", Numbers(6, 4, 4, 1, 1))) + new Parameter("c", Numbers(7, 4)), ["Conv", "Add"]),
        ["channels that were kept as an image"] = (() => Picture(4).Conv(new Parameter("k", Numbers(6, 4, 4, 1, 1))) + new Parameter("c", Numbers(7, 4, 1, 1)), ["Conv", "Add"]),
    };

    public static TheoryData<string> KeptNames => [.. Kept.Keys];

    [Theory]
    [MemberData(nameof(KeptNames))]
    public void Other_sums_stay_a_product_and_an_addition(string name)
    {
        Variable y = Kept[name].Build();
        Variable[] inputs = [.. TopologicalOrder.Of([y]).SelectMany(node => node.Inputs).Where(input => input.IsInput).Distinct()];
        var signature = new Signature(inputs, [new Output("y", y)]);
        Assert.Equal(Kept[name].Operators, Operators(signature).Except(["Reshape", "Shape", "Gather", "Concat", "Unsqueeze"]));
        Value[] values = [.. inputs.Select((input, i) => Numbers(10 + i, [.. input.Shape.Select(dim => dim.IsStatic ? dim.Size : 5)]))];
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature));
        Parity.Check(session, signature, values, 1e-5);
    }

    [Fact]
    public void A_product_that_is_an_output_stays_beside_the_sum()
    {
        Variable product = X.MatMul(W);
        var signature = new Signature([X], [new Output("product", product), new Output("sum", product + B)]);
        Assert.Equal(["MatMul", "Add"], Operators(signature));
    }

    [Fact]
    public void Layers_are_one_node_each_with_their_names_and_those_of_their_parameters()
    {
        var random = new RandomSource(1);
        var perceptron = new Sequential(
            new Dense(4, 8, random) { Activation = Ops.Relu, Name = "hidden", BiasInitializer = new Modeling.Initializers.Constant(0.5) },
            new Dense(8, 3, random) { Name = "scores" });
        GraphProto graph = OnnxExporter.ToModel(perceptron.Inference).Graph;
        Assert.Equal(["Gemm", "Relu", "Gemm"], graph.Node.Select(node => node.OpType));
        Assert.Equal(["hidden/Gemm_1", "hidden/Relu_1", "scores/Gemm_1"], graph.Node.Select(node => node.Name));
        Assert.Equal(["input", "hidden.weight", "hidden.bias"], graph.Node[0].Input);
        Assert.Equal([8L], graph.Initializer.Single(tensor => tensor.Name == "hidden.bias").Dims);
    }

    [Fact]
    public void Convolutions_take_their_biases_as_the_vectors_that_they_are()
    {
        Sequential model = Network(2);
        GraphProto graph = OnnxExporter.ToModel(model.Inference).Graph;
        Assert.Equal(["Conv", "Relu", "MaxPool", "Conv", "ConvTranspose"], graph.Node.Select(node => node.OpType).Take(5));
        Assert.Equal("Gemm", graph.Node[^1].OpType);
        Assert.DoesNotContain(graph.Node, node => node.OpType == "Add");
        Assert.Equal(["conv1/Conv_1", "conv2/Conv_1", "up/ConvTranspose_1"], graph.Node.Where(node => node.OpType.StartsWith("Conv", StringComparison.Ordinal)).Select(node => node.Name));
        Assert.Equal([4L], graph.Initializer.Single(tensor => tensor.Name == "conv1.bias").Dims);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(17)]
    [InlineData(21)]
    public void ONNX_Runtime_computes_the_same_with_biases_that_are_not_zero(int opset)
    {
        Sequential model = Network(3);
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(model.Inference, new() { Opset = opset }));
        foreach (int batch in new[] { 1, 5 })
            Parity.Check(session, model.Inference, [Numbers(batch, batch, 1, 8, 8)], 1e-5);
    }

    [Theory]
    [InlineData(DType.Float64)]
    [InlineData(DType.Float16)]
    public void Other_floating_types_do_the_same(DType type)
    {
        Variable x = Variable.Input("x", DType.Float32, ["n", 4]);
        Variable y = Ops.Cast(x, type).MatMul(Variable.Of(Cast(W.Value, type))) + Variable.Of(Cast(B.Value, type));
        var signature = new Signature([x], [new Output("y", Ops.Cast(y, DType.Float32))]);
        Assert.Equal(["Cast", "Gemm", "Cast"], Operators(signature));
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature));
        Parity.Check(session, signature, [Numbers(8, 5, 4)], type == DType.Float16 ? 2e-3 : 1e-6);
    }

    [Fact]
    public void A_factor_and_a_transposed_weight_stay_and_a_row_of_one_matrix_is_a_bias()
    {
        var w = new Parameter("turned", Numbers(1, 3, 4));
        var signature = new Signature([X], [new Output("y", new Parameter("row", Numbers(2, 1, 3)) + Ops.Gemm(X, w, transposeB: true, alpha: 0.5))]);
        Assert.Equal(["Gemm"], Operators(signature));
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature));
        Parity.Check(session, signature, [Numbers(3, 5, 4)], 1e-5);
    }

    [Fact]
    public void Folded_parameters_are_biases_still()
    {
        var scaled = new Parameter("scale", Numbers(5, 3));
        Variable image = Picture(2);
        var signature = new Signature([image], [new Output("y", image.Conv(new Parameter("k", Numbers(6, 3, 2, 1, 1))) + (B.Variable * scaled).Reshape([1, 3, 1, 1]))]);
        Assert.Equal(["Conv"], OnnxExporter.ToModel(signature, new OnnxExportOptions { FoldParameters = true }).Graph.Node.Select(node => node.OpType));
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature, new() { FoldParameters = true }));
        Parity.Check(session, signature, [Numbers(3, 5, 2, 3, 4)], 1e-5);
    }

    [Fact]
    public void What_is_written_is_read_and_written_again_as_it_was()
    {
        byte[] first = OnnxExporter.Export(Network(4).Inference);
        OnnxModel file = OnnxModel.Load(first);
        Assert.Equal(first, OnnxExporter.Export(file.Inference, file.ExportOptions));
    }

    [Fact]
    public void What_a_file_says_in_two_nodes_stays_two_nodes()
    {
        ModelProto file = OnnxExporter.ToModel(new Signature([X], [new Output("y", (X.MatMul(W) + Variable.Scalar(0.0, DType.Float32)) + B)]));
        NodeProto zero = file.Graph.Node.Single(node => node.OpType == "Add" && node.Input.Any(name => name.StartsWith("constant", StringComparison.Ordinal)));
        NodeProto sum = file.Graph.Node.Single(node => node.OpType == "Add" && node != zero);
        sum.Input[sum.Input.IndexOf(zero.Output[0])] = file.Graph.Node.Single(node => node.OpType == "MatMul").Output[0];
        file.Graph.Node.Remove(zero);
        OnnxModel read = OnnxModel.Load(Google.Protobuf.MessageExtensions.ToByteArray(file));
        Assert.Equal(["MatMul", "Add"], Operators(read.Inference));
    }

    [Fact]
    public void A_file_learns_on_as_the_model_that_it_was_written_from()
    {
        Dataset data = Images();
        Sequential model = Network(5);
        OnnxModel file = OnnxModel.Load(OnnxExporter.Export(model.Inference));
        Trainer own = Trained(model, data), read = Trained(new SignatureModel(file.Inference), data);
        double before = Trainer(Network(5)).Evaluate(data).Loss, expected = own.Evaluate(data).Loss, found = read.Evaluate(data).Loss;
        Assert.True(expected < before, $"The model learned nothing: {before}, then {expected}.");
        Assert.Equal(expected, found, 1e-5);
        foreach (Parameter parameter in model.Parameters.Where(p => p.Name.EndsWith("bias", StringComparison.Ordinal)))
            Assert.True(TrainingSteps.Difference(parameter.Value, file.Parameters.Single(p => p.Name == parameter.Name).Value) < 1e-4, parameter.Name);
    }

    [Fact]
    public void A_training_step_has_one_node_for_each_layer_and_the_same_numbers()
    {
        Dataset data = Images();
        Signature step = Trained(Network(6), data).TrainingStep;
        GraphProto graph = OnnxExporter.ToModel(step).Graph;
        foreach (string layer in new[] { "conv1/Conv_1", "conv2/Conv_1", "up/ConvTranspose_1", "scores/Gemm_1" })
            Assert.Equal(3, graph.Node.Single(node => node.Name == layer).Input.Count);
        Batch batch = data.Batches(new BatchOptions { Size = 16 }).First();
        Value[] inputs = [.. step.Inputs.Select(input => batch[input.Name!])];
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(step), TrainingSteps.Quiet);
        IReadOnlyList<Value> found = session.Run(inputs);
        Value[] expected = [.. Function.Compile(step).Run(inputs), .. step.Updates.Select(update => update.Parameter.Value)];
        Assert.Equal(expected.Length, found.Count);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(TrainingSteps.Difference(expected[i], found[i]) < 1e-5, session.Outputs[i].Name);
    }

    private static Sequential Network(ulong seed)
    {
        var random = new RandomSource(seed);
        var bias = new Modeling.Initializers.Uniform(-1, 1);
        return new Sequential(
            new Conv2D(1, 4, 3, random) { Padding = Padding.Same, Activation = Ops.Relu, Name = "conv1", BiasInitializer = bias },
            new MaxPool2D(2),
            new Conv2D(4, 6, 3, random) { Groups = 2, Name = "conv2", BiasInitializer = bias },
            new ConvTranspose2D(6, 2, 2, random) { Stride = 2, Activation = Ops.Relu, Name = "up", BiasInitializer = bias },
            new Flatten(),
            new Dense(32, 3, random) { Name = "scores", BiasInitializer = bias })
        { InputShape = [1, 8, 8] };
    }

    private static Dataset Images() => Dataset.FromLabels(Numbers(11, 64, 64).ToArray<float>(), [1, 8, 8], [.. Enumerable.Range(0, 64).Select(i => i % 3)], 3);

    private static Trainer Trainer(Model model) => new() { Model = model, Loss = new SoftmaxCrossEntropy(), Optimizer = new Momentum { LearningRate = 0.05 } };

    private static Trainer Trained(Model model, Dataset data)
    {
        Trainer trainer = Trainer(model);
        trainer.Fit(data, new FitOptions { Epochs = 3, BatchSize = 16, Shuffle = false }, TestContext.Current.CancellationToken);
        return trainer;
    }

    private static string[] Operators(Signature signature) => [.. OnnxExporter.ToModel(signature).Graph.Node.Select(node => node.OpType)];

    private static Variable Picture(int channels) => Variable.Input("image", DType.Float32, ["n", channels, 3, 4]);

    private static Value Numbers(int seed, params int[] sizes) => SmallModels.Random(new Random(seed), DType.Float32, sizes);

    private static Value Cast(Value value, DType type)
    {
        Value result = Value.Zeros(type, [.. value.Sizes]);
        for (int i = 0; i < value.Count; i++)
            result[i] = value[i];
        return result;
    }
}
