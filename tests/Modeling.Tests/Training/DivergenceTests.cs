using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;
using Example = Toolkit.Modeling.Data.Example;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>NaN and infinity never become what is kept, saved or handed out, wherever they come up.</summary>
public sealed class DivergenceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File => folder.PathOf("training.ckpt");

    public void Dispose() => folder.Dispose();

    /// <summary>The loss is judged before the step that ruins the weights: with one step per epoch nothing else sees them.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_step_that_makes_weights_infinite_is_undone_however_many_epochs_follow(int epochs)
    {
        Trainer trainer = Squares(new Sgd { LearningRate = 1e38 });
        trainer.Prepare(Data().Layout);
        byte[][] before = SmallTraining.Bits(trainer);
        History history = trainer.Fit(Data(), new() { Epochs = epochs, BatchSize = 8, CheckpointPath = File }, Token);
        Diverged(history, "weight");
        Assert.Empty(history.Epochs);
        Assert.Equal(before, SmallTraining.Bits(trainer));
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void A_gradient_that_is_not_a_number_under_a_finite_loss_is_noticed()
    {
        Trainer trainer = Squares(new Sgd { LearningRate = 0.01 }, new RootOfNothing());
        trainer.Prepare(Data().Layout);
        byte[][] before = SmallTraining.Bits(trainer);
        Diverged(trainer.Fit(Data(), new() { Epochs = 1, BatchSize = 8 }, Token), "NaN");
        Assert.Equal(before, SmallTraining.Bits(trainer));
    }

    /// <summary>In float16 a step with such a gradient is passed over, and the loss is scaled down; if that does not help, it is no matter of scale.</summary>
    [Fact]
    public void A_gradient_that_is_not_a_number_however_the_loss_is_scaled_is_noticed()
    {
        Trainer trainer = Squares(new Sgd { LearningRate = 0.01 }, new RootOfNothing());
        trainer = new Trainer { Model = trainer.Model, Loss = trainer.Loss, Optimizer = trainer.Optimizer, Regularizers = trainer.Regularizers, Precision = TrainingPrecision.Float16 };
        trainer.Prepare(Data().Layout);
        byte[][] before = [.. trainer.Model.Parameters.Select(parameter => parameter.Value.Bytes.ToArray())];
        History history = trainer.Fit(Data(), new() { Epochs = 100, BatchSize = 8, CheckpointPath = File }, Token);
        Diverged(history, "however the loss is scaled");
        Assert.InRange(history.Epochs.Count, 38, 42);
        Assert.Equal(before, trainer.Model.Parameters.Select(parameter => parameter.Value.Bytes.ToArray()));
    }

    [Fact]
    public void What_the_optimizer_remembers_is_checked_too()
    {
        // The weights stay finite: the step is divided by infinity.
        Trainer trainer = Squares(new Adam(), new Huge());
        Diverged(trainer.Fit(Data(), new() { Epochs = 1, BatchSize = 8 }, Token), "optimizer.second");
        Assert.All(trainer.Parameters, parameter => Assert.All(Run.Numbers(parameter.Value), number => Assert.True(double.IsFinite(number))));
    }

    [Fact]
    public void Running_statistics_are_checked_too()
    {
        // The variance is infinite, so the normalized features are 0 and the loss is finite.
        Dataset data = Dataset.FromTargets([1e25f, -1e25f, 3e25f, 0], [1], [1, 2, 3, 4], [1]);
        var trainer = new Trainer
        {
            Model = new Sequential(new BatchNormalization(1), new Dense(1, 1, new RandomSource(1))),
            Loss = new MeanSquaredError(),
            Optimizer = new Sgd(),
        };
        Diverged(trainer.Fit(data, new() { Epochs = 1 }, Token), "variance");
    }

    [Fact]
    public void A_validation_loss_that_is_not_a_number_takes_the_epoch_back()
    {
        Trainer good = Squares(new Sgd { LearningRate = 0.01 }), failing = Squares(new Sgd { LearningRate = 0.01 });
        good.Fit(Data(), Options(2), Token);
        failing.Fit(Data(), Options(2), Token);
        Dataset far = Dataset.FromTargets([3e38f, -3e38f], [2], [1], [1]);
        History history = failing.Fit(Data(), Options(4) with { Validation = far, CheckpointPath = File }, Token);
        Diverged(history, "validation loss");
        Assert.Equal(2, history.Epochs.Count);
        Assert.Equal(SmallTraining.Bits(good), SmallTraining.Bits(failing));
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void A_validation_metric_that_is_not_a_number_is_noticed()
    {
        Trainer trainer = Squares(new Sgd { LearningRate = 0.01 }, metrics: [new Root()]);
        History history = trainer.Fit(
            Data(), Options(3) with { Validation = Data(), EarlyStopping = new() { Monitor = "root", Patience = 2 } }, Token);
        Diverged(history, "validation root is NaN");
    }

    [Fact]
    public void A_cancellation_does_not_hand_out_what_the_last_step_has_ruined()
    {
        Trainer trainer = Squares(new Sgd { LearningRate = 1e38 });
        trainer.Prepare(Data().Layout);
        byte[][] before = SmallTraining.Bits(trainer);
        using var source = new CancellationTokenSource();
        var cancel = new Report(_ => source.Cancel());
        History history = trainer.Fit(Data(), new() { Epochs = 3, BatchSize = 2, ProgressSteps = 1, Progress = cancel, CheckpointPath = File }, source.Token);
        Diverged(history, "weight");
        Assert.Equal(before, SmallTraining.Bits(trainer));
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void A_checkpoint_of_ruined_weights_is_refused_and_the_old_file_stays()
    {
        Trainer trainer = Squares(new Sgd { LearningRate = 1e38 });
        trainer.Prepare(Data().Layout);
        Checkpoint.Save(File, trainer);
        byte[] saved = System.IO.File.ReadAllBytes(File);
        var save = new Report(_ => Checkpoint.Save(File, trainer));
        var error = Assert.Throws<CheckpointException>(() => trainer.Fit(Data(), new() { Epochs = 1, BatchSize = 2, ProgressSteps = 1, Progress = save }, Token));
        Assert.Contains("weight", error.Message, StringComparison.Ordinal);
        Assert.Equal(saved, System.IO.File.ReadAllBytes(File));
        // The exception has passed through the training, which did not leave them either.
        Assert.All(trainer.Parameters, parameter => Assert.All(Run.Numbers(parameter.Value), number => Assert.True(double.IsFinite(number))));

        trainer.Model.Parameters[0].Value.Span<float>()[1] = float.NaN;
        Assert.Contains("element 1 of 2", Assert.Throws<CheckpointException>(() => Checkpoint.Save(File, trainer.Model)).Message, StringComparison.Ordinal);
        Assert.Equal(saved, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void A_training_does_not_begin_with_a_weight_that_is_not_a_number()
    {
        Trainer trainer = Squares(new Sgd());
        trainer.Model.Parameters[0].Value.Span<float>()[0] = float.PositiveInfinity;
        var error = Assert.Throws<InvalidOperationException>(() => trainer.Fit(Data(), Options(1), Token));
        Assert.Contains("\"weight\" holds Infinity (element 0 of 2)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_that_fail_do_not_leave_ruined_weights_behind()
    {
        Trainer trainer = Squares(new Sgd { LearningRate = 1e38 });
        trainer.Prepare(Data().Layout);
        byte[][] before = SmallTraining.Bits(trainer);
        var failing = new StreamSource(Data().Layout, Rows);
        Assert.Throws<IOException>(() => trainer.Fit(failing, new() { Epochs = 1, BatchSize = 1, Shuffle = false }, Token));
        Assert.Equal(before, SmallTraining.Bits(trainer));

        static IEnumerable<Example> Rows()
        {
            yield return new Example(new[] { 1f, 2f }, new[] { 3f });
            throw new IOException("The disk is gone.");
        }
    }

    private static FitOptions Options(int epochs) => new() { Epochs = epochs, BatchSize = 4 };

    private static void Diverged(History history, string what)
    {
        Assert.Equal(StopReason.Diverged, history.StopReason);
        Assert.Contains(what, history.StopMessage, StringComparison.Ordinal);
    }

    private static Dataset Data() => Dataset.FromTargets(
        [.. Enumerable.Range(0, 16).Select(i => (float)Math.Sin(i))], [2], [.. Enumerable.Range(0, 8).Select(i => 10f + i)], [1]);

    private static Trainer Squares(Optimizer optimizer, Loss? loss = null, Metric[]? metrics = null) => new()
    {
        Model = new Dense(2, 1, new RandomSource(3)) { UseBias = false },
        Loss = loss ?? new MeanSquaredError(),
        Optimizer = optimizer,
        Metrics = metrics ?? [],
        Execution = new ExecutionOptions { Threads = 1 },
    };

    /// <summary>√(0·ŷ): 0, with the derivative 0·∞.</summary>
    private sealed record RootOfNothing : Loss
    {
        public override Variable PerExample(Variable prediction, Variable target) => (0.0 * prediction).Sqrt().Reshape([prediction.Shape[0]]);
    }

    /// <summary>A finite loss whose gradients are finite and have squares that are not.</summary>
    private sealed record Huge : Loss
    {
        public override Variable PerExample(Variable prediction, Variable target) => (1e25 * prediction).Reshape([prediction.Shape[0]]);
    }

    /// <summary>NaN for every example.</summary>
    private sealed record Root : MeanMetric
    {
        public override string Name => "root";

        public override Variable PerExample(Variable prediction, Variable target) => ((0.0 * prediction) - 1.0).Sqrt().Reshape([prediction.Shape[0]]);
    }
}
