using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Tests.Export;
using Toolkit.OnnxExport.Training;

namespace Toolkit.OnnxExport.Tests.Sessions;

/// <summary>Hyper-parameters of an exported step that whoever runs it may set: what ONNX Runtime then trains is what the engine trains that was built with the other number.</summary>
public sealed class StepSettingTests
{
    private const int Steps = 3;

    private static readonly Dataset Data = GeneratedDigits.Create(96, seed: 3);

    private static readonly Dictionary<string, (double First, double Second, Func<double, Optimizer> Optimizer)> Optimizers = new()
    {
        ["momentum"] = (0.9, 0.5, v => new Momentum { LearningRate = 0.05, Decay = v }),
        ["momentum of Nesterov"] = (0.9, 0.5, v => new Nesterov { LearningRate = 0.05, Decay = v }),
        ["momentum that grows"] = (0.5, 0.25, v => new Momentum { LearningRate = 0.05, Decay = v == 0.5 ? new LinearDecay(0.5, 0.9, 10) : v }),
        ["first_decay"] = (0.9, 0.5, v => new Adam { FirstDecay = v }),
        ["second_decay"] = (0.999, 0.9, v => new Adam { SecondDecay = v }),
        ["stabilizer"] = (1e-8, 0.01, v => new Adam { Stabilizer = v }),
        ["stabilizer of AdaGrad"] = (1e-7, 0.01, v => new AdaGrad { Stabilizer = v }),
        ["stabilizer of RMSProp"] = (1e-6, 0.01, v => new RmsProp { Stabilizer = v }),
        ["decay"] = (0.9, 0.5, v => new RmsProp { Decay = v }),
        ["weight_decay"] = (0.01, 1, v => new AdamW { LearningRate = 0.01, WeightDecay = v }),
        ["clip_norm"] = (5, 0.1, v => new ClipByNorm(v, new Sgd { LearningRate = 0.1 })),
        ["clip_value"] = (5, 0.01, v => new ClipByValue(v, new Sgd { LearningRate = 0.1 })),
        ["proximal_l1"] = (0, 0.1, v => new ProximalL1(v, new Sgd { LearningRate = 0.1 })),
        ["average_decay"] = (0.9, 0.5, v => new Averaged(v, new Sgd { LearningRate = 0.1 })),
    };

    public static TheoryData<string> Names => [.. Optimizers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_number_of_the_optimizer_can_be_set(string name)
    {
        (double first, double second, Func<double, Optimizer> optimizer) = Optimizers[name];
        Check(name.Split(' ')[0], first, second, v => Learner(optimizer(v)));
    }

    [Theory]
    [InlineData("l1")]
    [InlineData("l2")]
    [InlineData("l2.dense1")]
    public void The_strength_of_a_penalty_can_be_set(string name) => Check(name, 0.001, 0.1, v => Learner(
        new Sgd { LearningRate = 0.1 },
        name == "l1" ? new L1(v) : new L2(v) { Layer = name == "l2" ? null : "dense1" },
        new L2(0.2) { Layer = "dense2" }));

    [Fact]
    public void The_seed_of_dropout_can_be_set()
    {
        Trainer own = Learner(new Sgd { LearningRate = 0.1 }), other = Learner(new Sgd { LearningRate = 0.1 });
        Parameter key = other.Model.Parameters.Single(parameter => parameter.Name == "dropout1.key");
        key.Value = Value.Of(99UL);
        Compare(own, "dropout1.key", Value.Of(99UL), other);
    }

    [Fact]
    public void Several_can_be_set_and_the_schedule_stays_in_the_step()
    {
        using var folder = new TemporaryFolder();
        Trainer Create(double momentum, double decay) => Learner(new Momentum { LearningRate = new ExponentialDecay(0.1, 0.5, 1), Decay = momentum }, new L2(decay));
        Trainer exported = Create(0.9, 0), other = Create(0.3, 0.5);
        exported.TrainingStep.WithSettings("momentum", "l2").ExportOnnx(folder.File("step.onnx"));
        using OnnxTrainer runtime = OnnxTrainer.Load(folder.File("step.onnx"), TrainingSteps.Quiet);
        runtime.Write(new Dictionary<string, Value> { ["momentum"] = Value.Of(0.3), ["l2"] = Value.Of(0.5) });
        Function native = Function.Compile(other.TrainingStep);
        for (int i = 0; i < Steps; i++)
            Assert.Equal(native.Run(Batch(i))[TrainingStepOutput("learning_rate", other)][0], runtime.Step(Batch(i))["learning_rate"], 1e-12);
        Same(other, runtime);
    }

    [Fact]
    public void What_cannot_be_a_setting_is_refused_by_name()
    {
        Signature step = Learner(new Momentum(), new L2(0.1), new L2(0.2)).TrainingStep;
        Assert.Contains("momentum", Assert.Throws<GraphException>(() => step.WithSetting("second_decay")).Message, StringComparison.Ordinal);
        Assert.Contains("changes", Assert.Throws<GraphException>(() => step.WithSetting("optimizer.step")).Message, StringComparison.Ordinal);
        Assert.Contains("0.1 and 0.2", Assert.Throws<GraphException>(() => step.WithSetting("l2")).Message, StringComparison.Ordinal);
    }

    private static int TrainingStepOutput(string name, Trainer trainer) => trainer.TrainingStep.Outputs.Select(output => output.Name).ToList().IndexOf(name);

    private static void Check(string name, double first, double second, Func<double, Trainer> create)
    {
        Trainer own = create(first), other = create(second), unchanged = create(first);
        Compare(own, name, Value.Of(second), other);
        Function.Compile(unchanged.TrainingStep).Run(Batch(0));
        Function.Compile(own.TrainingStep.WithSetting(name)).Run(Batch(0));
        Assert.All(own.TrainingStep.Updates.Zip(unchanged.TrainingStep.Updates), pair => Assert.True(TrainingSteps.Difference(pair.First.Parameter.Value, pair.Second.Parameter.Value) <= 1e-6));
    }

    /// <summary>Exports a step with a setting, sets it, and trains beside a trainer that was built with the other value.</summary>
    private static void Compare(Trainer exported, string name, Value value, Trainer other)
    {
        using var folder = new TemporaryFolder();
        exported.TrainingStep.WithSetting(name).ExportOnnx(folder.File("step.onnx"));
        using OnnxTrainer set = OnnxTrainer.Load(folder.File("step.onnx"), TrainingSteps.Quiet), asIs = OnnxTrainer.Load(folder.File("step.onnx"), TrainingSteps.Quiet);
        set.Write(new Dictionary<string, Value> { [name] = value });
        Function native = Function.Compile(other.TrainingStep);
        for (int i = 0; i < Steps; i++)
        {
            native.Run(Batch(i));
            set.Step(Batch(i));
            asIs.Step(Batch(i));
        }

        Assert.Equal(value[0], set.ReadState()[name][0]);
        Same(other, set);
        IReadOnlyDictionary<string, Value> before = asIs.ReadState(), after = set.ReadState();
        Assert.Contains(before.Keys.Except([name]), key => TrainingSteps.Difference(before[key], after[key]) > 1e-4);
    }

    private static void Same(Trainer expected, OnnxTrainer found)
    {
        IReadOnlyDictionary<string, Value> state = found.ReadState();
        foreach (Parameter parameter in expected.TrainingStep.Updates.Select(update => update.Parameter))
            Assert.True(TrainingSteps.Difference(parameter.Value, state[parameter.Name]) <= 1e-5, $"{parameter.Name}: {TrainingSteps.Difference(parameter.Value, state[parameter.Name]):E1}");
    }

    private static Value[] Batch(int number)
    {
        Batch batch = Data.Skip(number * 32).Take(32).Batches(new BatchOptions { Size = 32 }).First();
        return [batch.Features, batch.Target];
    }

    private static Trainer Learner(Optimizer optimizer, params Regularizer[] regularizers)
    {
        var random = new RandomSource(7);
        var trainer = new Trainer
        {
            Model = new Sequential(new Dense(784, 16, random), new Dropout(0.2, random), new Dense(16, 10, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = optimizer,
            Regularizers = regularizers,
        };
        trainer.Prepare(Data.Layout);
        return trainer;
    }
}
