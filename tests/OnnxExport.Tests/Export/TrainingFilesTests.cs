using Google.Protobuf;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>The forms of a training step as a file: one with defaults, three in which all that changes is given, and the one inside the model.</summary>
public sealed class TrainingFilesTests
{
    private const int Steps = 3;

    [Fact]
    public void The_metadata_pair_each_parameter_with_its_new_value_and_say_what_it_is_for()
    {
        using var folder = new TemporaryFolder();
        Trainer trainer = Learner();
        string path = Path.Combine(folder.Path, "step.onnx");
        trainer.TrainingStep.ExportOnnx(path);
        using OnnxSession session = OnnxSession.Load(path, TrainingSteps.Quiet);
        Assert.Equal(2 * trainer.TrainingStep.Updates.Count, session.Metadata.Count);
        foreach (Parameter parameter in trainer.TrainingStep.Updates.Select(update => update.Parameter))
        {
            Assert.Equal(parameter.Role.ToString(), session.Metadata["role:" + parameter.Name]);
            Assert.Contains(session.Outputs, output => output.Name == session.Metadata["update:" + parameter.Name]);
        }

        // The same roles are read back, which the place of a moment in the graph does not tell; the key of the masks, a whole number that nothing changes, is a constant from then on.
        OnnxModel read = OnnxModel.Load(path);
        Assert.Equal(
            trainer.TrainingStep.Updates.Select(update => (update.Parameter.Name, update.Parameter.Role)), read.Signature.Updates.Select(update => (update.Parameter.Name, update.Parameter.Role)));
        byte[] again = OnnxExporter.Export(read.Signature, read.ExportOptions);
        OnnxModel reread = OnnxModel.Load(again);
        Assert.Equal(again, OnnxExporter.Export(reread.Signature, reread.ExportOptions));
    }

    /// <summary>The last of the three cannot be written: the first two of the export before stay.</summary>
    [Fact]
    public void Three_files_are_those_of_one_export()
    {
        using var folder = new TemporaryFolder();
        Trainer trainer = Learner();
        string[] names = [.. new[] { "step.onnx", "start.onnx" }.Select(folder.File)];
        Array.ForEach(names, name => File.WriteAllText(name, "earlier"));
        Directory.CreateDirectory(folder.File("model.onnx"));
        Assert.Contains("model.onnx", Assert.Throws<IOException>(() => trainer.TrainingStep.ExportTrainingFiles(trainer.Model, folder.Path)).Message, StringComparison.Ordinal);
        Assert.All(names, name => Assert.Equal("earlier", File.ReadAllText(name)));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Three_files_train_where_all_that_changes_must_be_given(bool narrow)
    {
        using var folder = new TemporaryFolder();
        Trainer trainer = Learner();
        Signature step = trainer.TrainingStep;
        step.ExportTrainingFiles(trainer.Model, folder.Path, new TrainingFilesOptions { NarrowEdges = narrow });
        using OnnxSession start = Open("start.onnx"), session = Open("step.onnx"), model = Open("model.onnx");
        Assert.Empty(start.Inputs);
        Assert.Equal(session.Inputs.Skip(step.Inputs.Count).Select(input => (input.Name, input.ElementType)), start.Outputs.Select(output => (output.Name, output.ElementType)));
        if (narrow)
            Assert.All(session.Inputs.Concat(session.Outputs).Concat(start.Outputs), edge => Assert.True(edge.Type.DType.Size() <= 4, edge.ToString()));
        Function native = Function.Compile(step);
        IReadOnlyList<Value> state = start.Run();
        for (int i = 0; i < Steps; i++)
        {
            Value[] batch = Batch(i);
            IReadOnlyList<Value> found = session.Run([.. batch.Select((value, k) => Like(value, session.Inputs[k])), .. state]);
            Value[] expected = [.. native.Run(batch), .. step.Updates.Select(update => update.Parameter.Value)];
            for (int o = 0; o < expected.Length; o++)
                Assert.True(TrainingSteps.Difference(Like(expected[o], session.Outputs[o]), found[o]) <= 1e-6, $"step {i}, {session.Outputs[o].Name}");
            state = [.. found.Skip(step.Outputs.Count)];
        }

        // The model takes the trained weights by their names.
        Value input = Batch(9)[0];
        Value[] weights = [.. model.Inputs.Skip(1).Select(wanted => state[start.Outputs.ToList().FindIndex(output => output.Name == wanted.Name)])];
        Assert.NotEmpty(weights);
        Assert.True(TrainingSteps.Difference(Function.Compile(trainer.Model.Inference).Run(input)[0], model.Run([input, .. weights])[0]) <= 1e-6);

        OnnxSession Open(string name) => OnnxSession.Load(Path.Combine(folder.Path, name), TrainingSteps.Quiet);
    }

    [Fact]
    public void For_WebGPU_a_step_has_no_float64_and_no_positions_of_poolings_and_trains_the_same()
    {
        using var folder = new TemporaryFolder();
        var random = new RandomSource(3);
        var trainer = new Trainer
        {
            Model = new Sequential(
                new Conv2D(1, 3, 3, random) { Padding = Padding.Same },
                new MaxPool2D(2),
                new Conv2D(3, 4, 3, random) { Padding = Padding.Same },
                new MaxPool2D(3) { Stride = 2, Padding = Padding.Same },
                new Flatten(),
                new Dropout(0.3, random),
                new Dense(64, 3, random))
            { InputShape = [1, 16, 16] },
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam { LearningRate = new CosineDecay(0.01, 0.001, 10) },
        };
        trainer.Prepare(DataLayout.Labels([1, 16, 16], 3));
        Signature step = trainer.TrainingStep;
        step.ExportTrainingFiles(trainer.Model, folder.Path, new TrainingFilesOptions { ForWebGpu = true });
        ModelProto file = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder.Path, "step.onnx")));
        Assert.DoesNotContain(file.Graph.Initializer, tensor => tensor.DataType == (int)TensorProto.Types.DataType.Double);
        Assert.DoesNotContain(file.Graph.Node.Where(node => node.OpType == "Cast"), node => node.Attribute[0].I == (int)TensorProto.Types.DataType.Double);
        Assert.All(file.Graph.Node.Where(node => node.OpType == "MaxPool"), node => Assert.Single(node.Output, name => name.Length > 0));
        Assert.DoesNotContain(file.Graph.Node, node => node.OpType.StartsWith("Scatter", StringComparison.Ordinal));

        using OnnxSession start = OnnxSession.Load(Path.Combine(folder.Path, "start.onnx")), session = OnnxSession.Load(Path.Combine(folder.Path, "step.onnx"), TrainingSteps.Quiet);
        Assert.All(session.Inputs.Concat(session.Outputs), edge => Assert.True(edge.Type.DType.Size() <= 4, edge.ToString()));
        Function native = Function.Compile(step);
        IReadOnlyList<Value> state = start.Run();
        for (int i = 0; i < Steps; i++)
        {
            Value[] batch = [SmallModels.Random(new Random(i), DType.Float32, [5, 1, 16, 16]), Value.Of([0L, 2L, 1L, 1L, 0L], 5)];
            IReadOnlyList<Value> found = session.Run([.. batch.Select((value, k) => Like(value, session.Inputs[k])), .. state]);
            native.Run(batch);
            state = [.. found.Skip(step.Outputs.Count)];
        }

        foreach ((Parameter parameter, Value found) in step.Updates.Select(update => update.Parameter).Zip(state).Where(pair => pair.First.Role != ParameterRole.State))
            Assert.True(TrainingSteps.Difference(parameter.Value, found) <= 1e-4, $"{parameter.Name}: {TrainingSteps.Difference(parameter.Value, found):E1}");
    }

    [Fact]
    public void The_step_inside_the_model_follows_the_graph_of_the_model_and_binds_its_weights()
    {
        Trainer trainer = Learner();
        Signature step = trainer.TrainingStep;
        byte[] plain = OnnxExporter.Export(trainer.Model.Inference, new() { Opset = 18 }), both = OnnxExporter.Export(trainer.Model.Inference, new() { Opset = 18, TrainingStep = step });
        Assert.Empty(ModelCheck.Check(both));
        Value[] batch = Batch(0);
        using (OnnxSession first = OnnxSession.Load(plain), second = OnnxSession.Load(both))
            Assert.Equal(first.Run(batch[0])[0].Span<float>(), second.Run(batch[0])[0].Span<float>());

        // As the standard says: one graph after the other, the outputs of the second, and new values by the bindings.
        ModelProto model = ModelProto.Parser.ParseFrom(both);
        TrainingInfoProto training = Assert.Single(model.TrainingInfo);
        Assert.Equal(["target"], training.Algorithm.Input.Select(input => input.Name));
        GraphProto joined = model.Graph, algorithm = training.Algorithm;
        model.TrainingInfo.Clear();
        joined.Node.AddRange(algorithm.Node);
        joined.Initializer.AddRange(algorithm.Initializer);
        joined.Input.AddRange(algorithm.Input);
        joined.ValueInfo.Clear();
        joined.Output.Clear();
        joined.Output.AddRange(algorithm.Output);
        Assert.Empty(ModelCheck.Check(model.ToByteArray()));
        var bindings = training.UpdateBinding.ToDictionary(binding => binding.Key, binding => binding.Value);
        Assert.Equal(step.Updates.Count, bindings.Count);
        Assert.All(bindings.Keys, name => Assert.Contains(joined.Initializer, tensor => tensor.Name == name));
        using OnnxSession session = OnnxSession.Load(model.ToByteArray());
        Assert.Equal(["input", "target"], session.Inputs.Select(input => input.Name));
        IReadOnlyList<Value> found = session.Run(batch);
        Function.Compile(step).Run(batch);
        foreach (Parameter parameter in step.Updates.Select(update => update.Parameter))
        {
            int place = session.Outputs.ToList().FindIndex(output => output.Name == bindings[parameter.Name]);
            Assert.True(TrainingSteps.Difference(parameter.Value, found[place]) <= 1e-6, parameter.Name);
        }
    }

    /// <summary>What has the name of something else in the model keeps its own type and value under a name of its own.</summary>
    [Fact]
    public void The_step_inside_the_model_shares_only_what_is_the_same()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 2]), wide = Variable.Input("x", DType.Float64, ["batch", 2]);
        Parameter served = new("w", Value.Of([1f, 2], 2)), trained = new("w", Value.Of([5.0, 7], 2));
        var inference = new Signature([x], [new Output("y", x * served)]);
        var step = new Signature([wide], [new Output("loss", Ops.Sum(wide * trained))], [new Update(trained, trained.Variable + 1.0)]);
        byte[] both = OnnxExporter.Export(inference, new() { Opset = 18, TrainingStep = step });
        Assert.Empty(ModelCheck.Check(both));
        GraphProto algorithm = ModelProto.Parser.ParseFrom(both).TrainingInfo.Single().Algorithm;
        ValueInfoProto input = Assert.Single(algorithm.Input);
        Assert.Equal((int)TensorProto.Types.DataType.Double, input.Type.TensorType.ElemType);
        Assert.NotEqual("x", input.Name);
        Assert.Contains(algorithm.Initializer, tensor => TensorConversion.ToValue(tensor).BitEquals(trained.Value) && tensor.Name != "w");
        served = new Parameter("w", Value.Of([5f, 7], 2));
        trained = new Parameter("w", Value.Of([5f, 8], 2));
        algorithm = ModelProto.Parser.ParseFrom(OnnxExporter.Export(
            new Signature([x], [new Output("y", x * served)]),
            new() { Opset = 18, TrainingStep = new Signature([x], [new Output("loss", Ops.Sum(x * trained))], [new Update(trained, trained.Variable + 1.0)]) })).TrainingInfo.Single().Algorithm;
        Assert.Contains(algorithm.Initializer, tensor => TensorConversion.ToValue(tensor).BitEquals(trained.Value) && tensor.Name != "w");
    }

    [Fact]
    public void What_changes_no_parameter_is_no_step()
    {
        using var folder = new TemporaryFolder();
        ExportException error = Assert.Throws<ExportException>(() => Learner().EvaluationStep.ExportOnnx(Path.Combine(folder.Path, "step.onnx")));
        Assert.Contains("\"evaluation\", which changes none", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static Trainer Learner()
    {
        var random = new RandomSource(3);
        var trainer = new Trainer
        {
            Model = new Sequential(new Dense(6, 8, random) { UseBias = false }, new BatchNormalization(8), new Activation(Ops.Tanh), new Dropout(0.3, random), new Dense(8, 3, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam { LearningRate = 0.01 },
            Metrics = [new Accuracy()],
        };
        trainer.Prepare(DataLayout.Labels([6], 3));
        return trainer;
    }

    private static Value[] Batch(int seed) => [SmallModels.Random(new Random(seed), DType.Float32, [5, 6]), Value.Of([0L, 2L, 1L, 1L, 0L], 5)];

    /// <summary>The numbers in the type of an input or output.</summary>
    private static Value Like(Value value, TensorDescription edge) =>
        value.DType == edge.Type.DType ? value : Function.Compile(new Signature([], [new Output("y", Variable.Of(value).Cast(edge.Type.DType))])).Run()[0];
}
