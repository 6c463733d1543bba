using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Example = Toolkit.Modeling.Data.Example;

namespace Toolkit.Modeling.Tests.Training;

public sealed class TrainerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_any_number_of_threads()
    {
        byte[][]? expected = null;
        foreach (int threads in new[] { 1, 1, 2, 3 })
        {
            Trainer trainer = SmallTraining.Trainer(threads);
            trainer.Fit(SmallTraining.Data(), SmallTraining.Options(4), Token);
            Assert.Equal(expected ??= SmallTraining.Bits(trainer), SmallTraining.Bits(trainer));
        }

        Trainer other = SmallTraining.Trainer();
        other.Fit(SmallTraining.Data(), SmallTraining.Options(4) with { Seed = 4 }, Token);
        Assert.NotEqual(expected, SmallTraining.Bits(other));
    }

    [Fact]
    public void Training_lowers_the_loss_and_the_history_tells_each_epoch()
    {
        Trainer trainer = SmallTraining.Trainer();
        History history = trainer.Fit(SmallTraining.Data(), SmallTraining.Options(12), Token);
        Assert.Equal(StopReason.Completed, history.StopReason);
        Assert.Equal(Enumerable.Range(1, 12), history.Epochs.Select(e => e.Epoch));
        Assert.All(history.Epochs, e => Assert.Equal(70, e.Examples));
        Assert.All(history.Epochs, e => Assert.Equal(33, e.Validation!.Examples));
        Assert.True(history.Epochs[^1].Loss < 0.7 * history.Epochs[0].Loss, history.ToString());
        Assert.All(history.Epochs, e => Assert.True(e.Objective > e.Loss));
        Assert.True(history.Epochs[^1].LearningRate < history.Epochs[0].LearningRate);
        Assert.Contains("All 12 epochs are done", history.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Validation_weighs_a_last_partial_batch_by_its_examples()
    {
        Trainer trainer = SmallTraining.Trainer();
        trainer.Fit(SmallTraining.Data(), SmallTraining.Options(1), Token);
        Dataset data = SmallTraining.Data(33, 2);
        Evaluation whole = trainer.Evaluate(data, 33), parts = trainer.Evaluate(data, 8);
        Assert.Equal(whole.Loss, parts.Loss, 1e-6);
        Assert.Equal(whole["accuracy"], parts["accuracy"], 1e-12);
    }

    [Fact]
    public void Progress_is_reported_in_order()
    {
        var seen = new List<(int Epoch, long Step, bool Done)>();
        SmallTraining.Trainer().Fit(
            SmallTraining.Data(),
            SmallTraining.Options(2) with { ProgressSteps = 2, Progress = new Report(p => seen.Add((p.Epoch, p.Step, p.Completed is not null))) },
            Token);
        Assert.Equal([(1, 2, false), (1, 4, false), (1, 5, true), (2, 2, false), (2, 4, false), (2, 5, true)], seen);
    }

    [Fact]
    public void Cancelling_ends_the_training_and_going_on_gives_the_bits_of_an_unbroken_one()
    {
        Trainer whole = SmallTraining.Trainer(), broken = SmallTraining.Trainer();
        History expected = whole.Fit(SmallTraining.Data(), SmallTraining.Options(5), Token);
        using var source = new CancellationTokenSource();
        FitOptions options = SmallTraining.Options(5) with
        {
            ProgressSteps = 1,
            Progress = new Report(p => { if (p is { Epoch: 3, Step: 2 }) source.Cancel(); }),
        };
        History cancelled = broken.Fit(SmallTraining.Data(), options, source.Token);
        Assert.Equal(StopReason.Cancelled, cancelled.StopReason);
        Assert.Contains("epoch 3 after 2 steps", cancelled.StopMessage, StringComparison.Ordinal);
        Assert.Equal(2, cancelled.Epochs.Count);
        History resumed = broken.Fit(SmallTraining.Data(), SmallTraining.Options(5), Token);
        Assert.Equal(SmallTraining.Bits(whole), SmallTraining.Bits(broken));
        Assert.Equal(expected.Epochs.Select(e => e.Loss), resumed.Epochs.Select(e => e.Loss));
    }

    [Fact]
    public void An_interrupted_epoch_goes_on_only_in_the_same_order()
    {
        Trainer trainer = SmallTraining.Trainer();
        using var source = new CancellationTokenSource();
        trainer.Fit(
            SmallTraining.Data(),
            SmallTraining.Options(5) with { ProgressSteps = 1, Progress = new Report(p => { if (p.Step == 2) source.Cancel(); }) },
            source.Token);
        var error = Assert.Throws<ArgumentException>(() => trainer.Fit(SmallTraining.Data(), SmallTraining.Options(5) with { Seed = 9 }, Token));
        Assert.Contains("seed 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("seed 9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_the_training_and_restores_the_last_good_epoch()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("training.ckpt");
        Trainer good = SmallTraining.Trainer(), diverging = SmallTraining.Trainer();
        good.Fit(SmallTraining.Data(), SmallTraining.Options(2), Token);
        diverging.Fit(SmallTraining.Data(), SmallTraining.Options(2) with { CheckpointPath = file }, Token);
        byte[] saved = File.ReadAllBytes(file);

        // From the third epoch on one example holds numbers as a faulty sensor would give them.
        var faulty = new StreamSource(SmallTraining.Data().Layout, Rows);
        History history = diverging.Fit(faulty, SmallTraining.Options(9) with { CheckpointPath = file, Shuffle = false }, Token);
        Assert.Equal(StopReason.Diverged, history.StopReason);
        Assert.Contains("epoch 3, step 2", history.StopMessage, StringComparison.Ordinal);
        Assert.Equal(SmallTraining.Bits(good), SmallTraining.Bits(diverging));
        Assert.Equal(saved, File.ReadAllBytes(file));

        static IEnumerable<Example> Rows()
        {
            Dataset data = SmallTraining.Data();
            for (int i = 0; i < data.Count; i++)
            {
                float[] row = data.Features.Slice(i * 6, 6).ToArray();
                if (i == 20)
                    Array.Fill(row, 3e38f);
                yield return new Example(row, data.Labels.Span[i]);
            }
        }
    }

    [Fact]
    public void A_parameter_that_the_loss_does_not_depend_on_is_refused_by_name()
    {
        var random = new RandomSource(1);
        var trainer = new Trainer { Model = new Forgetful(random), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd() };
        var error = Assert.Throws<GraphException>(() => trainer.Fit(SmallTraining.Data(), SmallTraining.Options(1), Token));
        Assert.Contains("dense2", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Layers_that_do_not_fit_are_named_with_both_shapes()
    {
        var random = new RandomSource(1);
        var trainer = new Trainer
        {
            Model = new Sequential(new Dense(6, 40, random), new Dense(41, 3, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Sgd(),
        };
        var error = Assert.ThrowsAny<ToolkitException>(() => trainer.Fit(SmallTraining.Data(), SmallTraining.Options(1), Token));
        Assert.Contains("41", error.Message, StringComparison.Ordinal);
        Assert.Contains("40", error.Message, StringComparison.Ordinal);
        Assert.Contains("dense2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_allocates_nothing_once_it_has_run()
    {
        Trainer trainer = SmallTraining.Trainer();
        Dataset data = SmallTraining.Data();
        trainer.Prepare(data.Layout);
        Function step = Function.Compile(trainer.TrainingStep, new ExecutionOptions { Threads = 1 });
        Batch batch = data.Batches(new BatchOptions { Size = 70 }).Single();
        Value[] inputs = [batch.Features, batch.Target], outputs = new Value[trainer.TrainingStep.Outputs.Count];
        // The runtime itself allocates once in a while when it compiles a method anew, so a stretch without it is waited for. A step that allocates
        // does so in every stretch.
        long least = long.MaxValue;
        for (int stretch = 0; stretch < 8 && least > 0; stretch++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 50; i++)
                step.RunInto(inputs, outputs);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private sealed class Forgetful(RandomSource random) : Module
    {
        private readonly Dense used = new(6, 3, random);
        private readonly Dense unused = new(6, 3, random);

        public override IReadOnlyList<Module> Children => [used, unused];

        protected override Variable Build(Variable input, ForwardContext context)
        {
            unused.Forward(input, context);
            return used.Forward(input, context);
        }
    }
}
