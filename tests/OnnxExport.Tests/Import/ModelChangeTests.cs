using Google.Protobuf;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
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
using Toolkit.OnnxExport.Tests.Checking;
using Toolkit.OnnxExport.Tests.Export;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Models cut, lengthened, frozen and adapted. What changes is compared with ONNX Runtime on files that were changed node by node in the same way.</summary>
public class ModelChangeTests
{
    private const string Hidden = "/Relu_3_output_0", Flat = "/Flatten_output_0", Logits = "/fc2/Gemm_output_0";

    [Fact]
    public void A_model_cut_at_a_value_gives_what_ONNX_Runtime_has_there()
    {
        ModelProto file = ModelProto.Parser.ParseFrom(WrittenModels.TorchConvolutions());
        file.Graph.Output.Clear();
        file.Graph.Output.Add(GoodModel.Value(Hidden, DataType.Float, 1, 16));
        OnnxModel cut = OnnxModel.Load(WrittenModels.TorchConvolutions()).Cut(Hidden);
        Assert.Equal(Hidden, Assert.Single(cut.Signature.Outputs).Name);
        Assert.DoesNotContain(cut.Parameters, parameter => parameter.Name.StartsWith("fc2", StringComparison.Ordinal));
        Same(file, cut);
    }

    [Fact]
    public void Inputs_that_a_cut_model_does_not_need_are_gone()
    {
        Variable a = Variable.Input("a", DType.Float32, ["n", 2]), b = Variable.Input("b", DType.Float32, ["n", 2]);
        Variable left = a.Tanh();
        OnnxModel file = OnnxModel.Load(OnnxExporter.Export(new Signature([a, b], [new Output("left", left), new Output("sum", left + b)])));
        Assert.Equal(["a"], file.Cut("left").Signature.Inputs.Select(input => input.Name));
        Assert.Equal(["a", "b"], file.Cut("sum").Signature.Inputs.Select(input => input.Name));
    }

    [Fact]
    public void Layers_put_in_behind_a_value_are_read_in_its_place()
    {
        ModelProto file = ModelProto.Parser.ParseFrom(WrittenModels.TorchConvolutions());
        int at = file.Graph.Node.ToList().FindIndex(node => node.Output[0] == Flat);
        file.Graph.Node.Insert(at + 1, GoodModel.Node("Tanh", [Flat], ["bent"], "bend"));
        file.Graph.Node[at + 2].Input[0] = "bent";
        OnnxModel changed = OnnxModel.Load(WrittenModels.TorchConvolutions()).Insert(Flat, x => x.Tanh());
        Same(file, changed);

        // The name stands for the result of the layers now: a second insertion comes after the first.
        file.Graph.Node.Insert(at + 2, GoodModel.Node("Neg", ["bent"], ["turned"], "turn"));
        file.Graph.Node[at + 3].Input[0] = "turned";
        Same(file, changed.Insert(Flat, x => -x));
    }

    [Fact]
    public void An_output_that_layers_are_put_behind_is_their_result()
    {
        ModelProto file = ModelProto.Parser.ParseFrom(WrittenModels.TorchConvolutions());
        file.Graph.Node[^1].Output[0] = "logs";
        file.Graph.Node.Add(GoodModel.Node("Exp", ["logs"], ["33"], "exp"));
        Same(file, OnnxModel.Load(WrittenModels.TorchConvolutions()).Insert("33", x => x.Exp()));
    }

    [Fact]
    public void Names_that_are_not_there_are_named_with_those_that_are()
    {
        OnnxModel file = OnnxModel.Load(WrittenModels.TorchConvolutions());
        Assert.Contains($"\"{Hidden}\"", Assert.Throws<ArgumentException>(() => file.Cut("/Relu_4_output_0")).Message);
        Assert.Contains("\"input.1\"", Assert.Throws<ArgumentException>(() => file.Cut("input.1")).Message);
        Assert.Contains("at least one value", Assert.Throws<ArgumentException>(() => file.Cut()).Message);
        Assert.Contains("\"fc.*\"", Assert.Throws<ArgumentException>(() => file.Frozen("fc.*")).Message);
        Assert.Contains("\"conv1.bias\"", Assert.Throws<ArgumentException>(() => file.WithLora(2, ["conv1.bias"])).Message);
        Assert.Contains("\"FC2.weight\"", Assert.Throws<ArgumentException>(() => file.Frozen("FC2.weight")).Message);
        Assert.Contains("from 1 to 10", Assert.Throws<ArgumentException>(() => file.WithLora(11, ["fc2.weight"])).Message);
    }

    [Fact]
    public void A_new_head_on_a_frozen_body_learns_alone()
    {
        OnnxModel body = OnnxModel.Load(WrittenModels.TorchConvolutions()).Cut(Hidden).Frozen("*");
        Dictionary<string, float[]> before = Numbers(body.Parameters);
        var model = new Sequential(new Reshape(1, 28, 28), new SignatureModel(body.Inference), new Dense(16, 10, new RandomSource(3)));
        Train(model);
        Assert.Equal(before, Numbers(body.Parameters));
        Assert.Equal(2, model.Parameters.Count(parameter => parameter.Role != ParameterRole.State));
        Served(model);
    }

    [Fact]
    public void A_model_that_is_frozen_as_a_whole_is_not_trained_in_silence()
    {
        OnnxModel file = OnnxModel.Load(WrittenModels.TorchConvolutions()).Frozen("*");
        string message = Assert.Throws<GraphException>(() => Train(new Sequential(new Reshape(1, 28, 28), new SignatureModel(file.Inference)))).Message;
        Assert.Contains("that are all kept as they are", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Frozen_weights_are_trainable_again_with_the_role_of_their_shape()
    {
        OnnxModel file = OnnxModel.Load(WrittenModels.TorchConvolutions());
        OnnxModel some = file.Frozen("*").Trainable("fc?.*");
        Assert.Equal(["fc1.bias", "fc1.weight", "fc2.bias", "fc2.weight"], Learned(some));
        Assert.Equal(ParameterRole.Weight, some.Parameters.Single(p => p.Name == "fc1.weight").Role);
        Assert.Equal(ParameterRole.Bias, some.Parameters.Single(p => p.Name == "fc1.bias").Role);
        Assert.Equal(["conv1.bias", "conv1.weight", "conv2.bias", "conv2.weight", "norm1.bias", "norm1.weight", "norm2.bias", "norm2.weight"], Learned(file.Frozen("fc*")));
        Assert.Equal(OnnxExporter.Export(file.Signature, file.ExportOptions), OnnxExporter.Export(some.Signature, some.ExportOptions));
    }

    [Fact]
    public void A_batch_normalization_trains_with_the_batch_unless_it_is_frozen()
    {
        OnnxModel file = Body(), other = Body().Frozen("norm1.*");
        Dataset data = GeneratedDigits.Create(8, seed: 4).Reshape(784);
        Value x = data.Batches(new BatchOptions { Size = 8 }).Single().Features;
        float[] means = Running(file), frozen = Running(other);

        // What ONNX Runtime has before the normalization, example by example, and its mean over examples and places by hand.
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(new Sequential(new Reshape(1, 28, 28), new SignatureModel(Body().Cut("/Relu_1_output_0").Inference)) { InputShape = [784] }.Inference));
        Value before = session.Run(x)[0];
        int places = before.Count / 8 / 6;
        for (int channel = 0; channel < 6; channel++)
        {
            double mean = Enumerable.Range(0, 8).SelectMany(n => Enumerable.Range(0, places).Select(p => before[(((n * 6) + channel) * places) + p])).Average();
            double start = OnnxModel.Load(WrittenModels.TorchConvolutions()).Parameters.Single(p => p.Name == "norm1.running_mean").Value[channel];
            Assert.Equal((0.9 * start) + (0.1 * mean), means[channel], 1e-5);
            Assert.Equal(start, frozen[channel]);
        }

        static OnnxModel Body() => OnnxModel.Load(WrittenModels.TorchConvolutions()).Cut("/norm1/BatchNormalization_output_0");

        float[] Running(OnnxModel model)
        {
            var network = new Sequential(new Reshape(1, 28, 28), new SignatureModel(model.Inference), new Flatten(), new Dense(216, 10, new RandomSource(3)));
            var trainer = new Trainer { Model = network, Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd { LearningRate = 0 } };
            trainer.Fit(data, new FitOptions { Epochs = 1, BatchSize = 8 }, TestContext.Current.CancellationToken);
            return model.Parameters.Single(p => p.Name == "norm1.running_mean").Value.ToArray<float>();
        }
    }

    [Fact]
    public void Adapters_of_low_rank_change_nothing_at_first_and_learn_alone()
    {
        OnnxModel file = OnnxModel.Load(WrittenModels.TorchConvolutions());
        OnnxModel adapted = file.WithLora(rank: 2, alpha: 4, seed: 7);
        Assert.Equal(
            ["conv1.weight.lora_A", "conv1.weight.lora_B", "conv2.weight.lora_A", "conv2.weight.lora_B", "fc1.weight.lora_A", "fc1.weight.lora_B", "fc2.weight.lora_A", "fc2.weight.lora_B"],
            Learned(adapted));
        Assert.Equal(2 * (216 + 16), adapted.Parameters.Where(p => p.Name.StartsWith("fc1.weight.lora", StringComparison.Ordinal)).Sum(p => p.Value.Count));
        Value image = Value.Of([.. Enumerable.Range(0, 784).Select(i => (float)Math.Sin(i))], 1, 1, 28, 28);
        Assert.Equal(Interpreter.Run(file.Inference, image)[0].ToArray<float>(), Interpreter.Run(adapted.Inference, image)[0].ToArray<float>());

        Dictionary<string, float[]> before = Numbers(adapted.Parameters.Where(p => !p.Name.Contains("lora", StringComparison.Ordinal)));
        var model = new Sequential(new Reshape(1, 28, 28), new SignatureModel(adapted.Inference));
        Train(model);
        Assert.Equal(before, Numbers(adapted.Parameters.Where(p => !p.Name.Contains("lora", StringComparison.Ordinal))));
        Assert.All(adapted.Parameters.Where(p => p.Name.EndsWith("lora_B", StringComparison.Ordinal)), b => Assert.Contains(b.Value.ToArray<float>(), number => number != 0));
        Served(model);

        // The weights by hand, put into the file of the start, give the same in ONNX Runtime.
        ModelProto merged = ModelProto.Parser.ParseFrom(WrittenModels.TorchConvolutions());
        foreach (TensorProto tensor in merged.Graph.Initializer.Where(t => adapted.Parameters.Any(p => p.Name == $"{t.Name}.lora_A")))
            tensor.RawData = ByteString.CopyFrom(Array.ConvertAll(Merged(adapted, tensor.Name), n => (float)n).SelectMany(BitConverter.GetBytes).ToArray());
        Same(merged, adapted);
    }

    /// <summary>A begins uniform between ±1/√inputs, each adapter with numbers of its own, and others for another seed; B with zeros; α is r where nothing is said.</summary>
    [Fact]
    public void Adapters_begin_with_small_numbers_of_their_own()
    {
        OnnxModel file = OnnxModel.Load(WrittenModels.TorchConvolutions());
        Dictionary<string, float[]> first = Numbers(file.WithLora(rank: 4, ["fc?.weight", "conv2.weight"], seed: 1).Parameters);
        foreach ((string name, int inputs) in new[] { ("fc1.weight", 216), ("fc2.weight", 16) })
        {
            float[] a = first[$"{name}.lora_A"];
            double bound = 1 / Math.Sqrt(inputs);
            Assert.Equal(4 * inputs, a.Length);
            Assert.All(a, number => Assert.InRange(number, -bound, bound));
            Assert.InRange(a.Max(), 0.9 * bound, bound);
            Assert.InRange(a.Min(), -bound, -0.9 * bound);
            Assert.InRange(a.Average(), -4 * bound / Math.Sqrt(3.0 * a.Length), 4 * bound / Math.Sqrt(3.0 * a.Length));
            Assert.All(first[$"{name}.lora_B"], number => Assert.Equal(0f, number));
        }

        double[] Scaled(string name, int inputs) => [.. first[$"{name}.lora_A"].Take(16).Select(number => number * Math.Sqrt(inputs))];
        Assert.True(Scaled("fc1.weight", 216).Zip(Scaled("fc2.weight", 16)).Any(pair => Math.Abs(pair.First - pair.Second) > 0.01), "two adapters begin with the same numbers");
        Assert.NotEqual(first["fc1.weight.lora_A"], Numbers(file.WithLora(rank: 4, ["fc?.weight", "conv2.weight"], seed: 5).Parameters)["fc1.weight.lora_A"]);

        // Without α the product counts as it is: W + B·A with A and B of ones is W + r.
        OnnxModel whole = file.WithLora(rank: 3, ["fc2.weight"]);
        foreach (Parameter part in whole.Parameters.Where(p => p.Name.Contains("lora", StringComparison.Ordinal)))
            part.Value = Value.Full(1, DType.Float32, part.Value.Sizes);
        Value image = Value.Of([.. Enumerable.Range(0, 784).Select(i => (float)Math.Sin(i))], 1, 1, 28, 28);
        float[] hidden = Interpreter.Run(file.Cut(Hidden).Inference, image)[0].ToArray<float>();
        float[] plain = Interpreter.Run(file.Cut(Logits).Inference, image)[0].ToArray<float>(), more = Interpreter.Run(whole.Cut(Logits).Inference, image)[0].ToArray<float>();
        Assert.All(plain.Zip(more), pair => Assert.Equal(pair.First + (3 * hidden.Sum()), pair.Second, 1e-3));
    }

    /// <summary>The matrices of an adapter are no weights of layers, and do not take the names of other values.</summary>
    [Fact]
    public void Adapters_are_not_adapted_and_take_nobodys_name()
    {
        OnnxModel adapted = OnnxModel.Load(WrittenModels.TorchConvolutions()).WithLora(rank: 2, ["fc1.weight"]);
        OnnxModel both = adapted.WithLora(rank: 1);
        Assert.Equal(
            ["conv1.weight.lora_A", "conv1.weight.lora_B", "conv2.weight.lora_A", "conv2.weight.lora_B", "fc2.weight.lora_A", "fc2.weight.lora_B"], Learned(both));
        Assert.Contains("\"fc1.weight\"", Assert.Throws<ArgumentException>(() => adapted.WithLora(1, ["fc1.weight"])).Message, StringComparison.Ordinal);

        Variable x = Variable.Input("x", DType.Float32, ["n", 2]);
        Parameter w = new("w", Value.Of([1f, 2, 3, 4], 2, 2)), other = new("w.lora_A", Value.Of([1f, 2, 3, 4], 2, 2));
        OnnxModel named = OnnxModel.Load(OnnxExporter.Export(new Signature([x], [new Output("y", Ops.MatMul(Ops.MatMul(x, w), other))])));
        Assert.Contains("\"w.lora_A\"", Assert.Throws<ArgumentException>(() => named.WithLora(1, ["w"])).Message, StringComparison.Ordinal);
        Assert.Equal(["w.lora_A.lora_A", "w.lora_A.lora_B"], Learned(named.WithLora(1, ["w.lora_A"])));
    }

    /// <summary>A weight of a product that is a stack of matrices is no matrix: it stays as it is.</summary>
    [Fact]
    public void A_stack_of_matrices_is_not_adapted()
    {
        Variable x = Variable.Input("x", DType.Float32, [2, 3, 2]);
        Parameter stack = new("stack", Value.Full(0.5f, DType.Float32, 2, 2, 2)), w = new("w", Value.Of([1f, 2, 3, 4], 2, 2));
        OnnxModel file = OnnxModel.Load(OnnxExporter.Export(new Signature([x], [new Output("y", Ops.MatMul(Ops.MatMul(x, stack), w))])));
        Assert.Equal(["w.lora_A", "w.lora_B"], Learned(file.WithLora(1)));
    }

    [Fact]
    public void Constants_are_weights_where_weights_stand()
    {
        ModelProto file = ModelProto.Parser.ParseFrom(WrittenModels.KerasLayers());
        foreach (TensorProto tensor in file.Graph.Initializer.ToArray())
        {
            var attribute = new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = tensor };
            file.Graph.Node.Insert(0, new NodeProto { OpType = "Constant", Output = { tensor.Name }, Attribute = { attribute } });
        }

        file.Graph.Initializer.Clear();
        OnnxModel constants = OnnxModel.Load(file.ToByteArray()), initializers = OnnxModel.Load(WrittenModels.KerasLayers());
        Assert.Equal(
            initializers.Parameters.Select(p => (p.Name, p.Role, string.Join(' ', p.Value.ToArray<float>()))),
            constants.Parameters.Select(p => (p.Name, p.Role, string.Join(' ', p.Value.ToArray<float>()))));
    }

    [Fact]
    public void What_does_not_change_keeps_its_names_and_its_order()
    {
        ModelProto file = ModelProto.Parser.ParseFrom(WrittenModels.TorchConvolutions());
        OnnxModel model = OnnxModel.Load(file.ToByteArray());
        ModelProto same = ModelProto.Parser.ParseFrom(OnnxExporter.Export(model.Signature, model.ExportOptions));
        Assert.Equal(file.Graph.Node.Select(Text), same.Graph.Node.Select(Text));
        Assert.Equal(file.OpsetImport[0].Version, same.OpsetImport[0].Version);

        // Trained further behind another layer, values are still called as they were, and cut at by these names.
        var network = new Sequential(new Reshape(1, 28, 28), new SignatureModel(model.Cut(Hidden).Inference), new Dense(16, 10, new RandomSource(3)) { Name = "head" });
        Train(network);
        ModelProto longer = ModelProto.Parser.ParseFrom(OnnxExporter.Export(network.Inference, model.ExportOptions));
        Assert.Equal(
            file.Graph.Node.SelectMany(node => node.Output).TakeWhile(name => name != Hidden), longer.Graph.Node.SelectMany(node => node.Output).Intersect(file.Graph.Node.SelectMany(node => node.Output)).TakeWhile(name => name != Hidden));
        Assert.Equal(Hidden, OnnxModel.Load(longer.ToByteArray()).Cut(Hidden).Signature.Outputs[0].Name);

        static string Text(NodeProto node) => $"{node.Name}: {node.OpType}({string.Join(", ", node.Input)}) -> {string.Join(", ", node.Output)}";
    }

    [Fact]
    public void A_scalar_is_learned_where_that_is_asked_for()
    {
        ModelProto file = ModelProto.Parser.ParseFrom(WrittenModels.KerasLayers());
        file.Graph.Node[^1].Input[0] = "scaled";
        file.Graph.Node.Add(GoodModel.Node("Mul", ["sequential/dense_1/BiasAdd:0", "factor"], ["scaled"], "scale"));
        (file.Graph.Node[^2], file.Graph.Node[^1]) = (file.Graph.Node[^1], file.Graph.Node[^2]);
        file.Graph.Initializer.Add(new TensorProto { Name = "factor", DataType = (int)DataType.Float, FloatData = { 2 } });
        OnnxModel model = OnnxModel.Load(file.ToByteArray());
        Assert.DoesNotContain(model.Parameters, p => p.Name == "factor");
        Parameter factor = Assert.Single(model.Trainable("factor").Parameters, p => p.Name == "factor");
        Assert.Equal((ParameterRole.Bias, 2f), (factor.Role, factor.Value.ToArray<float>()[0]));
        Same(file, model.Trainable("factor"));
    }

    private static void Same(ModelProto file, OnnxModel model)
    {
        using OnnxSession session = OnnxSession.Load(file.ToByteArray());
        var random = new System.Random(5);
        Value[] inputs = [.. model.Signature.Inputs.Select(input =>
        {
            int[] sizes = [.. input.Shape.Select(dim => dim.IsStatic ? dim.Size : 3)];
            return Value.Of([.. Enumerable.Range(0, sizes.Aggregate(1, (a, b) => a * b)).Select(_ => random.NextSingle())], sizes);
        })];
        Parity.Check(session, model.Inference, inputs, 1e-5);
    }

    private static void Train(Model model) => new Trainer { Model = model, Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam { LearningRate = 1e-2 } }
        .Fit(GeneratedDigits.Create(64, seed: 1).Reshape(784), new FitOptions { Epochs = 1, BatchSize = 32 }, TestContext.Current.CancellationToken);

    private static void Served(Module model)
    {
        Dataset data = GeneratedDigits.Create(16, seed: 2).Reshape(784);
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(model.Inference));
        Parity.Equal(model.Predict(data), session.Run(data.Batches(new BatchOptions { Size = 16 }).Single().Features)[0], 1e-4, "the exported model");
    }

    private static string[] Learned(OnnxModel model) =>
        [.. model.Parameters.Where(p => p.Role != ParameterRole.State).Select(p => p.Name).Order(StringComparer.Ordinal)];

    private static Dictionary<string, float[]> Numbers(IEnumerable<Parameter> parameters) => parameters.ToDictionary(p => p.Name, p => p.Value.ToArray<float>());

    /// <summary>W + (4/2)·B·A in plain loops: all layers of this file have the outputs first.</summary>
    private static double[] Merged(OnnxModel model, string name)
    {
        Value w = Of(name), a = Of($"{name}.lora_A"), b = Of($"{name}.lora_B");
        int rows = b.Sizes[0], columns = a.Sizes[1];
        double[] sums = new double[w.Count];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                sums[(i * columns) + j] = w[(i * columns) + j] + (2 * ((b[i * 2] * a[j]) + (b[(i * 2) + 1] * a[columns + j])));
        }

        return sums;

        Value Of(string parameter) => model.Parameters.Single(p => p.Name == parameter).Value;
    }
}
