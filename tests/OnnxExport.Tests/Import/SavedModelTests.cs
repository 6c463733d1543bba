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
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Export;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>A model that is saved comes back without the code that built it, and learns on as if it had stayed.</summary>
public sealed class SavedModelTests : IDisposable
{
    private static readonly Dictionary<string, Func<Module>> Networks = new()
    {
        ["dense"] = () => Sequential(random => [new Flatten(), new Dense(64, 8, random) { Activation = Ops.Relu }, new Dense(8, 3, random)]),
        ["dropout"] = () => Sequential(random => [new Flatten(), new Dense(64, 8, random) { Activation = Ops.Relu }, new Dropout(0.3, random), new Dense(8, 3, random)]),
        ["two dropouts"] = () => Sequential(random => [new Flatten(), new Dropout(0.2, random), new Dense(64, 8, random), new Dropout(0.5, random), new Dense(8, 3, random)]),
        ["batch normalization"] = () => Sequential(random =>
            [new Conv2D(1, 3, 3, random) { Activation = Ops.Relu }, new BatchNormalization(3) { Decay = 0.8 }, new MaxPool2D(2), new Flatten(), new Dense(27, 3, random)]),
        ["noise and layer normalization"] = () => Sequential(random => [new Flatten(), new GaussianNoise(0.1, random), new Dense(64, 8, random), new LayerNormalization(8), new Dense(8, 3, random)]),
    };

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Names => [.. Networks.Keys];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void It_learns_on_from_a_checkpoint_with_the_bits_of_the_one_that_stayed(string name)
    {
        Dataset data = Images();
        Trainer stays = Trainer(Networks[name]());
        Fit(stays, data, 2);
        stays.Model.Save(folder.File("model.onnx"));
        Checkpoint.Save(folder.File("model.checkpoint"), stays);

        Trainer loaded = Trainer(new ComputationModel(OnnxModel.Load(folder.File("model.onnx"))));
        Assert.Equal(stays.Model.Predict(data).ToArray<float>(), loaded.Model.Predict(data).ToArray<float>());
        Checkpoint.Load(folder.File("model.checkpoint"), loaded);
        History expected = Fit(stays, data, 4), found = Fit(loaded, data, 4);
        Assert.Equal(4, found.Epochs.Count);
        Assert.Equal(expected.Epochs.Select(epoch => epoch.Loss), found.Epochs.Select(epoch => epoch.Loss));
        var parameters = loaded.Parameters.ToDictionary(parameter => parameter.Name);
        Assert.Equal(stays.Parameters.Count, parameters.Count);
        foreach (Parameter parameter in stays.Parameters)
        {
            Assert.Equal(parameter.Role, parameters[parameter.Name].Role);
            Assert.True(parameter.Value.Bytes.SequenceEqual(parameters[parameter.Name].Value.Bytes), parameter.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_served_as_any_file_and_saved_again_as_it_was(string name)
    {
        Dataset data = Images();
        Trainer trainer = Trainer(Networks[name]());
        Fit(trainer, data, 1);
        string first = folder.File("first.onnx"), second = folder.File("second.onnx");
        trainer.Model.Save(first);
        Assert.Empty(ModelCheck.Check(first));
        using OnnxSession session = OnnxSession.Load(first);
        Parity.Equal(trainer.Model.Predict(data), session.Run(Value.Of(data.Features.ToArray(), data.Count, 1, 8, 8))[0], 1e-5, name);
        OnnxModel file = OnnxModel.Load(first);
        file.Save(second, file.ExportOptions);
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
    }

    [Fact]
    public void A_computation_of_training_is_there_only_where_it_is_another()
    {
        Module plain = Networks["dense"](), drops = Networks["dropout"]();
        plain.InputShape = drops.InputShape = [1, 8, 8];
        plain.Save(folder.File("plain.onnx"));
        drops.Save(folder.File("drops.onnx"));
        drops.ExportOnnx(folder.File("exported.onnx"));
        Assert.Null(OnnxModel.Load(folder.File("plain.onnx")).TrainingForward);
        Assert.Null(OnnxModel.Load(folder.File("exported.onnx")).TrainingForward);
        OnnxModel file = OnnxModel.Load(folder.File("drops.onnx"));
        Assert.Equal(["dropout1.counter"], file.TrainingForward!.Updates.Select(update => update.Parameter.Name));
        Assert.All(file.Inference.Parameters, parameter => Assert.Contains(parameter, file.TrainingForward.Parameters));
    }

    [Fact]
    public void A_scalar_that_is_learned_stays_a_parameter()
    {
        Variable x = Variable.Input("x", DType.Float32, ["n", 3]);
        var slope = new Parameter("slope", Value.Of(0.5f), ParameterRole.Scale);
        new OneComputation(new Signature([x], [new Output("y", x * slope)])).Save(folder.File("scalar.onnx"));
        Parameter read = Assert.Single(OnnxModel.Load(folder.File("scalar.onnx")).Parameters);
        Assert.Equal(("slope", ParameterRole.Scale, 0.5f), (read.Name, read.Role, read.Value.Span<float>()[0]));
    }

    [Fact]
    public void A_training_step_in_a_file_is_not_taken_for_what_training_applies()
    {
        Trainer trainer = Trainer(Networks["dropout"]());
        Fit(trainer, Images(), 1);
        trainer.Model.ExportOnnx(folder.File("step.onnx"), new() { Opset = TrainingStepExporter.Opset, TrainingStep = trainer.TrainingStep });
        Assert.Null(OnnxModel.Load(folder.File("step.onnx")).TrainingForward);
    }

    [Fact]
    public void Options_that_change_parameters_are_refused_and_a_damaged_computation_of_training_is_told()
    {
        Module model = Networks["dropout"]();
        model.InputShape = [1, 8, 8];
        Assert.Contains("no training step", Assert.Throws<ExportException>(() => model.Save(folder.File("model.onnx"), new() { FoldParameters = true })).Message, StringComparison.Ordinal);
        Assert.Contains("no training step", Assert.Throws<ExportException>(() => model.Save(folder.File("model.onnx"), new() { TrainingStep = model.Inference })).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("model.onnx")));
        model.Save(folder.File("model.onnx"));
        ModelProto file = ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder.File("model.onnx")));
        file.TrainingInfo[0].UpdateBinding.Clear();
        Assert.Contains("found 2", Assert.Throws<ImportException>(() => OnnxModel.Load(Google.Protobuf.MessageExtensions.ToByteArray(file))).Message, StringComparison.Ordinal);
    }

    private static Sequential Sequential(Func<RandomSource, Module[]> layers) => new(layers(new RandomSource(7)));

    private static Dataset Images() =>
        Dataset.FromLabels(SmallModels.Random(new Random(5), DType.Float32, 48, 64).ToArray<float>(), [1, 8, 8], [.. Enumerable.Range(0, 48).Select(i => i % 3)], 3);

    private static Trainer Trainer(Model model) => new()
    {
        Model = model,
        Loss = new SoftmaxCrossEntropy(),
        Optimizer = new Adam { LearningRate = 0.01 },
        Metrics = [new Accuracy()],
    };

    private static History Fit(Trainer trainer, Dataset data, int epochs) =>
        trainer.Fit(data, new FitOptions { Epochs = epochs, BatchSize = 16, Seed = 3 }, TestContext.Current.CancellationToken);

    private sealed class OneComputation(Signature signature) : ISignatureSource
    {
        public Signature Inference => signature;
    }
}
