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
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Training;
using Toolkit.OnnxExport.Tests.Export;

namespace Toolkit.OnnxExport.Tests.Sessions;

/// <summary>ONNX Runtime trains: the same as the engine, saved, restored, averaged, refused.</summary>
public sealed class OnnxTrainerTests
{
    private static readonly Dataset Digits = GeneratedDigits.Create(320, seed: 5);

    /// <summary>No bias stands before the normalization: its gradient would be nothing but rounding, which Adam makes steps of.</summary>
    public static TheoryData<string> Networks => ["perceptron with dropout", "convolutions with batch normalization"];

    [Theory]
    [MemberData(nameof(Networks))]
    public void ONNX_Runtime_trains_as_the_engine_does(string network)
    {
        using var folder = new TemporaryFolder();
        Trainer trainer = Learner(network);
        using OnnxTrainer runtime = Load(trainer, folder);
        Function native = Function.Compile(trainer.TrainingStep);
        Assert.Equal(trainer.TrainingStep.Updates.Select(update => update.Parameter.Name), runtime.State.Select(each => each.Name));
        double first = 0.0, loss = 0.0;
        for (int i = 0; i < 20; i++)
        {
            Value[] batch = Batch(trainer, i);
            double expected = native.Run(batch)[0][0];
            loss = runtime.Step(batch)["loss"];
            Assert.Equal(expected, loss, 1e-5 * Math.Max(1.0, expected));
            if (i == 0)
            {
                first = loss;
                Compare(1e-6, 1e-5);
            }
        }

        Compare(1e-4, 1e-3);
        Assert.True(loss < 0.8 * first, $"from {first} to {loss}");

        void Compare(double parameters, double moments)
        {
            IReadOnlyDictionary<string, Value> state = runtime.ReadState();
            foreach (Parameter parameter in trainer.TrainingStep.Updates.Select(update => update.Parameter))
            {
                double difference = TrainingSteps.Difference(parameter.Value, state[parameter.Name]);
                Assert.True(difference <= (parameter.Role == ParameterRole.State ? moments : parameters), $"{parameter.Name}: {difference:E1}");
            }
        }
    }

    [Fact]
    public void A_saved_training_goes_on_bit_for_bit_and_gives_a_model_to_serve()
    {
        using var folder = new TemporaryFolder();
        Trainer trainer = Learner("convolutions with batch normalization");
        using OnnxTrainer whole = Load(trainer, folder);
        string model = folder.File("model.onnx"), saved = folder.File("saved.onnx");
        trainer.Model.ExportOnnx(model);
        IReadOnlyDictionary<string, Value> first = whole.ReadState();
        var copy = first.ToDictionary(each => each.Key, each => each.Value.Clone(), StringComparer.Ordinal);
        for (int i = 0; i < 4; i++)
            whole.Step(Batch(trainer, i));
        Assert.All(first, each => Assert.True(each.Value.BitEquals(copy[each.Key]), $"{each.Key}, read before the steps"));
        whole.Save(saved);
        using OnnxTrainer rest = OnnxTrainer.Load(saved);
        for (int i = 4; i < 8; i++)
        {
            whole.Step(Batch(trainer, i));
            rest.Step(Batch(trainer, i));
        }

        foreach ((string name, Value value) in whole.ReadState())
            Assert.True(value.BitEquals(rest.ReadState()[name]), name);
        rest.SaveModel(model, model);
        using OnnxSession session = OnnxSession.Load(model);

        // The engine with the weights and running means that ONNX Runtime has trained.
        foreach (Parameter parameter in trainer.Parameters.Where(parameter => rest.State.Any(each => each.Name == parameter.Name)))
            parameter.Value = rest.ReadState()[parameter.Name];
        Value input = Batch(trainer, 9)[0];
        Assert.True(TrainingSteps.Difference(Function.Compile(trainer.Model.Inference).Run(input)[0], session.Run(input)[0]) <= 1e-5);
    }

    [Fact]
    public void The_three_files_give_the_same_training_and_a_model_of_its_own()
    {
        using var folder = new TemporaryFolder();
        Trainer trainer = Learner("perceptron with dropout");
        using OnnxTrainer one = Load(trainer, folder);
        trainer.TrainingStep.ExportTrainingFiles(trainer.Model, folder.File("parts"));
        string Part(string name) => Path.Combine(folder.File("parts"), name);
        ServingException missing = Assert.Throws<ServingException>(() => OnnxTrainer.Load(Part("step.onnx")));
        Assert.Contains("Expected a first value of \"", missing.Message, StringComparison.Ordinal);
        using OnnxTrainer three = OnnxTrainer.Load(Part("step.onnx"), start: Part("start.onnx"));
        for (int i = 0; i < 3; i++)
            Assert.Equal(one.Step(Batch(trainer, i)), three.Step(Batch(trainer, i)));
        three.SaveModel(Part("model.onnx"), folder.File("trained.onnx"));
        three.Save(folder.File("saved.onnx"));

        // What was an input to be given is none in the model, and has a value of its own in the step.
        string[] InputsOf(string path) => [.. ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph.Input.Select(input => input.Name)];
        Assert.Equal(["input"], InputsOf(folder.File("trained.onnx")));
        Assert.Equal(InputsOf(Part("step.onnx")), InputsOf(folder.File("saved.onnx")));
        using OnnxSession session = OnnxSession.Load(folder.File("trained.onnx"));
        Assert.Equal(["input"], session.Inputs.Select(input => input.Name));
        foreach (Parameter parameter in trainer.Model.Parameters.Where(parameter => parameter.Role != ParameterRole.State))
            parameter.Value = three.ReadParameters()[parameter.Name];
        Value input = Batch(trainer, 9)[0];
        Assert.True(TrainingSteps.Difference(Function.Compile(trainer.Model.Inference).Run(input)[0], session.Run(input)[0]) <= 1e-6);
    }

    /// <summary>The state goes into both graphs of a model with its training step inside.</summary>
    [Fact]
    public void A_model_with_the_step_inside_gets_the_state_of_the_step_too()
    {
        using var folder = new TemporaryFolder();
        Trainer trainer = Learner("perceptron with dropout");
        using OnnxTrainer runtime = Load(trainer, folder);
        string model = folder.File("model.onnx");
        OnnxExporter.Export(trainer.Model.Inference, model, new OnnxExportOptions { Opset = TrainingStepExporter.Opset, TrainingStep = trainer.TrainingStep });
        runtime.Step(Batch(trainer, 0));
        runtime.SaveModel(model, model);
        ModelProto saved = ModelProto.Parser.ParseFrom(File.ReadAllBytes(model));
        IEnumerable<TensorProto> tensors = saved.Graph.Initializer.Concat(saved.TrainingInfo.Single().Algorithm.Initializer);
        foreach ((string name, Value value) in runtime.ReadState())
            Assert.All(tensors.Where(tensor => tensor.Name == name), tensor => Assert.True(value.BitEquals(TensorConversion.ToValue(tensor)), name));
        Assert.Contains(saved.TrainingInfo.Single().Algorithm.Initializer, tensor => runtime.ReadState().ContainsKey(tensor.Name));
    }

    [Fact]
    public void A_second_thread_is_refused_while_a_step_runs()
    {
        using var folder = new TemporaryFolder();
        Trainer trainer = Learner("perceptron with dropout");
        using OnnxTrainer runtime = Load(trainer, folder);
        Value[] batch = Batch(trainer, 0);
        using var ended = new CancellationTokenSource();
        int refused = 0;
        var other = new Thread(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                try
                {
                    runtime.ReadParameters();
                }
                catch (InvalidOperationException)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        });
        other.Start();
        for (int i = 0; i < 20_000 && Volatile.Read(ref refused) == 0; i++)
        {
            try
            {
                runtime.Step(batch);
            }
            catch (InvalidOperationException)
            {
                Interlocked.Increment(ref refused);
            }
        }

        ended.Cancel();
        other.Join();
        Assert.True(refused > 0);
        Assert.True(double.IsFinite(runtime.Step(batch)["loss"]));
    }

    /// <summary>With plain descent, the mean of what two clients have learned in one step each is what one step on both batches gives.</summary>
    [Fact]
    public void Parameters_of_several_trainers_are_averaged_as_lists()
    {
        using var folder = new TemporaryFolder();
        var trainer = new Trainer
        {
            Model = new Sequential(new Dense(784, 10, new RandomSource(1))),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Sgd { LearningRate = 0.1 },
        };
        trainer.Prepare(Digits.Reshape(784).Layout);
        using OnnxTrainer a = Load(trainer, folder), b = Load(trainer, folder);
        Value[] first = Batch(trainer, 0), second = Batch(trainer, 1);
        a.Step(first);
        b.Step(second);
        IReadOnlyDictionary<string, Value> left = a.ReadParameters(), right = b.ReadParameters();
        var mean = left.ToDictionary(each => each.Key, each => Value.Of(
            [.. each.Value.Span<float>().ToArray().Zip(right[each.Key].Span<float>().ToArray(), (x, y) => (x + y) / 2)], [.. each.Value.Sizes]));
        a.Write(mean);
        Function.Compile(trainer.TrainingStep).Run([Digits.Reshape(784).Take(64).Batches(new BatchOptions { Size = 64 }).First().Features, Labels(64)]);
        foreach (Parameter parameter in trainer.Model.Parameters)
            Assert.True(TrainingSteps.Difference(parameter.Value, a.ReadState()[parameter.Name]) <= 1e-6, parameter.Name);

        static Value Labels(int count) => Digits.Take(count).Batches(new BatchOptions { Size = count }).First().Target;
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    public void The_learning_rate_can_be_a_setting_of_the_one_who_trains(double rate)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("step.onnx");
        Descent(0.1).TrainingStep.WithSetting("learning_rate").ExportOnnx(path);
        using OnnxTrainer runtime = OnnxTrainer.Load(path);
        Assert.Equal(0.1, runtime.ReadState()["learning_rate"][0]);
        runtime.Write(new Dictionary<string, Value> { ["learning_rate"] = Value.Of(rate) });
        Trainer trainer = Descent(rate);
        Function native = Function.Compile(trainer.TrainingStep);
        for (int i = 0; i < 2; i++)
        {
            native.Run(Batch(trainer, i));
            Assert.DoesNotContain("learning_rate", runtime.Step(Batch(trainer, i)).Keys);
        }

        Assert.Equal(rate, runtime.ReadState()["learning_rate"][0]);
        foreach (Parameter parameter in trainer.Model.Parameters)
            Assert.True(TrainingSteps.Difference(parameter.Value, runtime.ReadState()[parameter.Name]) <= 1e-6, parameter.Name);
        Assert.Throws<GraphException>(() => trainer.TrainingStep.WithSetting("loss"));
        Assert.Throws<GraphException>(() => trainer.TrainingStep.WithSetting("rate"));

        static Trainer Descent(double rate)
        {
            var trainer = new Trainer { Model = new Sequential(new Dense(784, 10, new RandomSource(1))), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd { LearningRate = rate } };
            trainer.Prepare(Digits.Reshape(784).Layout);
            return trainer;
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_by_name_and_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        Trainer trainer = Learner("perceptron with dropout");
        using OnnxTrainer runtime = Load(trainer, folder);
        Value[] batch = Batch(trainer, 0);
        IReadOnlyDictionary<string, Value> before = runtime.ReadState();
        Refused(() => runtime.Step(batch[0]), "Expected values for the inputs input, target, found 1 values");
        Refused(() => runtime.Step(batch[0], batch[0]), "for the input \"target\", found");
        Refused(() => runtime.Write(new Dictionary<string, Value> { ["nothing"] = batch[0] }), "found \"nothing\"");
        Refused(() => runtime.Write(new Dictionary<string, Value> { ["dense1.bias"] = batch[0] }), "for \"dense1.bias\", found");
        Refused(() => runtime.Write(new Dictionary<string, Value> { ["dense1.bias"] = Value.Zeros(DType.Float64, 32) }), "for \"dense1.bias\", found");
        batch[0].Span<float>()[3] = float.NaN;
        Refused(() => runtime.Step(batch), "Expected a finite loss, found NaN");
        foreach ((string name, Value value) in runtime.ReadState())
            Assert.True(value.BitEquals(before[name]), name);
        string plain = folder.File("plain.onnx");
        OnnxExporter.Export(SmallModels.Perceptron(), plain);
        Refused(() => OnnxTrainer.Load(plain), "Expected a training step at");
        Refused(() => runtime.SaveModel(plain, plain), "Expected a model with weights that the step changes");
        ModelProto twice = ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder.File("step.onnx")));
        twice.MetadataProps.Add(twice.MetadataProps[0].Clone());
        File.WriteAllBytes(plain, twice.ToByteArray());
        Assert.Contains("Expected distinct keys", Assert.Throws<InvalidOnnxModelException>(() => OnnxTrainer.Load(plain)).Message, StringComparison.Ordinal);
        OnnxExporter.Export(SmallModels.Perceptron(), plain);
        foreach (Value wrong in new[] { Value.Zeros(DType.Float32, 31), Value.Zeros(DType.Float64, 32) })
        {
            Variable x = Variable.Input("x", wrong.DType, ["batch", wrong.Count]);
            OnnxExporter.Export(new Signature([x], [new Output("y", x + new Parameter("dense1.bias", wrong).Variable)]), plain);
            Refused(() => runtime.SaveModel(plain, plain), "for \"dense1.bias\", as the training step has it, found");
        }

        runtime.Dispose();
        runtime.Dispose();
        Assert.Throws<ObjectDisposedException>(() => runtime.Step(Batch(trainer, 1)));
        Assert.Throws<ObjectDisposedException>(runtime.ReadState);
    }

    /// <summary>The loss of the step is finite: it is that of the weights before.</summary>
    [Fact]
    public void Weights_that_are_not_finite_are_neither_handed_out_nor_saved_nor_taken()
    {
        using var folder = new TemporaryFolder();
        Trainer trainer = Learner("perceptron with dropout");
        string path = folder.File("step.onnx"), model = folder.File("model.onnx");
        trainer.TrainingStep.WithSetting("learning_rate").ExportOnnx(path);
        trainer.Model.ExportOnnx(model);
        byte[] step = File.ReadAllBytes(path), before = File.ReadAllBytes(model);
        using OnnxTrainer runtime = OnnxTrainer.Load(path);
        IReadOnlyDictionary<string, Value> good = runtime.ReadState();
        var rate = Value.Full(double.MaxValue, good["learning_rate"].DType);
        runtime.Write(new Dictionary<string, Value> { ["learning_rate"] = rate });
        Assert.True(double.IsFinite(runtime.Step(Batch(trainer, 0))["loss"]));
        foreach (Action action in new Action[] { () => runtime.ReadState(), () => runtime.ReadParameters(), () => runtime.Save(path), () => runtime.SaveModel(model, model) })
            Refused(action, "the training has diverged");
        Assert.Equal(step, File.ReadAllBytes(path));
        Assert.Equal(before, File.ReadAllBytes(model));
        Refused(() => runtime.Write(new Dictionary<string, Value> { ["dense1.bias"] = Value.Full(double.NaN, DType.Float32, 32) }), "\"dense1.bias\" holds NaN");
        runtime.Write(good);
        Assert.True(double.IsFinite(runtime.Step(Batch(trainer, 0))["loss"]));
        Assert.Equal(good.Keys, runtime.ReadState().Keys);
    }

    private static void Refused(Action action, string message) => Assert.Contains(message, Assert.Throws<ServingException>(action).Message, StringComparison.Ordinal);

    private static OnnxTrainer Load(Trainer trainer, TemporaryFolder folder)
    {
        string path = folder.File("step.onnx");
        trainer.TrainingStep.ExportOnnx(path);
        return OnnxTrainer.Load(path);
    }

    private static Value[] Batch(Trainer trainer, int number)
    {
        Batch batch = Digits.Reshape([.. trainer.TrainingStep.Inputs[0].Shape.Skip(1).Select(dim => dim.Size)]).Skip(number % 10 * 32).Take(32).Batches(new BatchOptions { Size = 32 }).First();
        return [batch.Features, batch.Target];
    }

    private static Trainer Learner(string network)
    {
        var random = new RandomSource(7);
        bool isPerceptron = network == "perceptron with dropout";
        var trainer = new Trainer
        {
            Model = isPerceptron
                ? new Sequential(new Dense(784, 32, random) { Activation = Ops.Relu }, new Dropout(0.3, random), new Dense(32, 10, random))
                : new Sequential(
                    new Conv2D(1, 4, 3, random) { Padding = Padding.Same, UseBias = false }, new BatchNormalization(4), new Activation(Ops.Relu), new MaxPool2D(4), new Flatten(),
                    new Dense(196, 10, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam { LearningRate = 3e-3 },
            Metrics = [new Accuracy()],
        };
        trainer.Prepare(Digits.Reshape(isPerceptron ? [784] : [1, 28, 28]).Layout);
        return trainer;
    }
}
