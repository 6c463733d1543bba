using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>What several threads, or a report of progress, may do with a module, a predictor or a trainer that is at work.</summary>
public sealed class ConcurrencyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_module_first_used_by_several_threads_makes_its_parameters_once()
    {
        const int Threads = 6;
        for (int round = 0; round < 40; round++)
        {
            var random = new RandomSource(5);
            var model = new Sequential(new Dense(30, 40, random), new Sequential(new Dense(40, 20, random)) { Name = "inner" }, new Dense(20, 3, random));
            using var start = new Barrier(Threads);
            var found = new IReadOnlyList<Parameter>[Threads];
            await Task.WhenAll(Enumerable.Range(0, Threads).Select(i => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(Token);
                    found[i] = i % 2 == 0 ? model.Parameters : model.InferenceFor([30]).Parameters;
                },
                Token,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));
            Assert.Equal(6, model.Parameters.Count);
            Assert.Equal("inner.dense1.weight", model.Parameters[2].Name);
            Assert.All(found, own => Assert.Equal(6, own.Intersect(model.Parameters).Count()));
        }
    }

    [Fact]
    public async Task A_predictor_gives_each_thread_its_own_results()
    {
        var model = (Module)SmallTraining.Trainer().Model;
        var predictor = new Predictor(model, [6]);
        Dataset[] data = [.. Enumerable.Range(1, 4).Select(seed => SmallTraining.Data(90, seed))];
        double[][] expected = [.. data.Select(d => Run.Numbers(predictor.Predict(d, 32)))];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(
            () =>
            {
                for (int round = 0; round < 30; round++)
                    Assert.Equal(expected[i], Run.Numbers(predictor.Predict(data[i], 32)));
            },
            Token)));
    }

    [Fact]
    public void A_trainer_at_work_refuses_a_second_training_and_a_checkpoint_to_load()
    {
        Trainer whole = SmallTraining.Trainer(), trainer = SmallTraining.Trainer();
        whole.Fit(SmallTraining.Data(), SmallTraining.Options(2), Token);
        string file = folder.PathOf("other.ckpt");
        Checkpoint.Save(file, whole);
        int refused = 0;
        void Refused(Action action)
        {
            Assert.Contains("is running", Assert.Throws<InvalidOperationException>(action).Message, StringComparison.Ordinal);
            refused++;
        }

        var report = new Report(p =>
        {
            if (p.Step != 2)
                return;
            Refused(() => trainer.Fit(SmallTraining.Data(), SmallTraining.Options(2), Token));
            Refused(() => Checkpoint.Load(file, trainer));
            Task.Run(() => Refused(() => trainer.Fit(SmallTraining.Data(), SmallTraining.Options(2), Token)), Token).Wait(Token);
        });
        trainer.Fit(SmallTraining.Data(), SmallTraining.Options(2) with { ProgressSteps = 1, Progress = report }, Token);
        Assert.Equal(6, refused);
        Assert.Equal(SmallTraining.Bits(whole), SmallTraining.Bits(trainer));
        // Afterwards it is free again.
        Checkpoint.Load(file, trainer);
        Assert.Equal(3, trainer.Fit(SmallTraining.Data(), SmallTraining.Options(3), Token).Epochs.Count);
    }

    [Fact]
    public void A_checkpoint_from_any_report_of_progress_resumes_bit_for_bit()
    {
        Trainer whole = SmallTraining.Trainer();
        var files = new List<string>();
        var save = new Report(p =>
        {
            files.Add(folder.PathOf($"{files.Count}.ckpt"));
            Checkpoint.Save(files[^1], whole);
        });
        whole.Fit(SmallTraining.Data(), SmallTraining.Options(3) with { ProgressSteps = 2, Progress = save }, Token);
        Assert.Equal(9, files.Count);
        Assert.All(files, file => Assert.Equal(SmallTraining.Bits(whole), SmallTraining.Bits(Resumed(file, 3))));
    }

    [Fact]
    public async Task Checkpoints_and_evaluations_of_another_thread_see_the_training_between_two_steps()
    {
        Trainer whole = SmallTraining.Trainer();
        whole.Prepare(SmallTraining.Data().Layout);
        Task<History> training = Task.Run(() => whole.Fit(SmallTraining.Data(), SmallTraining.Options(60), Token), Token);
        var files = new List<string>();
        while (!training.IsCompleted && files.Count < 12)
        {
            files.Add(folder.PathOf($"{files.Count}.ckpt"));
            Checkpoint.Save(files[^1], whole);
            Assert.True(double.IsFinite(whole.Evaluate(SmallTraining.Data(33, 2)).Loss));
        }

        Assert.Equal(StopReason.Completed, (await training).StopReason);
        Assert.All(files, file => Assert.Equal(SmallTraining.Bits(whole), SmallTraining.Bits(Resumed(file, 60))));
    }

    private static Trainer Resumed(string file, int epochs)
    {
        Trainer trainer = SmallTraining.Trainer();
        trainer.Prepare(SmallTraining.Data().Layout);
        Checkpoint.Load(file, trainer);
        trainer.Fit(SmallTraining.Data(), SmallTraining.Options(epochs), Token);
        return trainer;
    }
}
