using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.Samples.BookResults;

namespace Toolkit.BookResults.Tests;

/// <summary>A run that was broken off and resumed gives the same numbers as one that was not, to the last bit.</summary>
public sealed class ResumptionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("book-results").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Broken off with the first step, within an epoch of the first training, and within one of the second; whole epochs are not done again.</summary>
    [Theory]
    [InlineData(1, 240)]
    [InlineData(47, 200)]
    [InlineData(163, 80)]
    public void A_resumed_run_gives_the_same_figures(int steps, int batchesLeft)
    {
        double[] whole = Numbers(new TwoTrainings(), Options);
        using var cancelling = new CancellationTokenSource();
        var interrupted = new TwoTrainings { OnBatch = batch => Cancel(batch == steps, cancelling) };
        BreakOff(interrupted, Options with { Output = folder }, cancelling);
        var resumed = new TwoTrainings();
        Assert.Equal(whole, Numbers(resumed, Options with { Output = folder, Resume = true }));
        Assert.Equal(batchesLeft, resumed.Batches);
    }

    [Fact]
    public void A_finished_run_is_read_again_without_a_step()
    {
        double[] whole = Numbers(new TwoTrainings(), Options with { Output = folder });
        var again = new TwoTrainings();
        Assert.Equal(whole, Numbers(again, Options with { Output = folder, Resume = true }));
        Assert.Equal(0, again.Batches);
    }

    /// <summary>A checkpoint of another seed or length belongs to another run, and without the wish to resume none is looked at.</summary>
    [Fact]
    public void Other_settings_do_not_go_on_from_the_checkpoint()
    {
        LaboratoryOptions options = Options with { Output = folder };
        Numbers(new TwoTrainings(), options);
        foreach (LaboratoryOptions other in new[] { options with { Seed = 2, Resume = true }, options with { Epochs = TwoTrainings.Length + 1, Resume = true }, options })
        {
            var run = new TwoTrainings();
            Assert.Equal(Numbers(new TwoTrainings(), other with { Output = null }), Numbers(run, other));
            Assert.Equal(20 * (other.Epochs ?? TwoTrainings.Length), run.Batches);
        }
    }

    /// <summary>Where the output is a file, each epoch has its line, and a resumed run says where it goes on.</summary>
    [Fact]
    public void Progress_and_resumption_are_told()
    {
        TextWriter console = Console.Out;
        using var told = new StringWriter();
        Console.SetOut(told);
        try
        {
            LaboratoryOptions options = Options with { Output = folder, Quiet = false };
            using var cancelling = new CancellationTokenSource();
            BreakOff(new TwoTrainings { OnBatch = batch => Cancel(batch == 25, cancelling) }, options, cancelling);
            Numbers(new TwoTrainings(), options with { Resume = true });
        }
        finally
        {
            Console.SetOut(console);
        }

        string[] lines = told.ToString().Split(Environment.NewLine);
        Assert.Single(lines, line => line == "first: resumed after epoch 2.");
        for (int epoch = 1; epoch <= TwoTrainings.Length; epoch++)
            Assert.Single(lines, line => line.StartsWith($"first: epoch {epoch}/12, loss ", StringComparison.Ordinal) && line.Contains("test accuracy", StringComparison.Ordinal));
    }

    private static LaboratoryOptions Options => new() { Quiet = true, Threads = 1 };

    private static void Cancel(bool now, CancellationTokenSource cancelling)
    {
        if (now)
            cancelling.Cancel();
    }

    private static double[] Numbers(Experiment experiment, LaboratoryOptions options) =>
        [.. experiment.Run(new Laboratory(options, experiment, TestContext.Current.CancellationToken)).Select(figure => figure.Value)];

    private static void BreakOff(Experiment experiment, LaboratoryOptions options, CancellationTokenSource cancelling) =>
        Assert.Throws<OperationCanceledException>(() => experiment.Run(new Laboratory(options, experiment, cancelling.Token)));

    /// <summary>Two small networks with dropout and momentum, so that masks, velocities, order and steps must all go on where they stood.</summary>
    private sealed class TwoTrainings : Experiment
    {
        public const int Length = 12;

        public override string Name => "two-trainings";

        public override string Source => "";

        public override string Settings => "";

        public override int Epochs => Length;

        /// <summary>Is told the number of each batch, from 1.</summary>
        public Action<int> OnBatch { get; init; } = _ => { };

        public int Batches { get; private set; }

        public override IReadOnlyList<Figure> Run(Laboratory laboratory) => [.. Train(laboratory, "first"), .. Train(laboratory, "second")];

        private IEnumerable<Figure> Train(Laboratory laboratory, string part)
        {
            RandomSource random = laboratory.Random("weights").Fork(part);
            var trainer = new Trainer
            {
                Model = new Sequential(new Dense(4, 8, random) { Activation = Autograd.Operations.Ops.Tanh }, new Dropout(0.3, random), new Dense(8, 3, random)),
                Loss = new SoftmaxCrossEntropy(),
                Optimizer = new Momentum { LearningRate = 0.05 },
                Metrics = [new Accuracy()],
                Execution = laboratory.Execution,
            };
            Dataset data = Examples();
            History history = laboratory.Train(part, trainer, new Watched(data, () => OnBatch(++Batches)), new FitOptions { Epochs = laboratory.Epochs, BatchSize = 10, Validation = data });
            yield return new("loss", history.Epochs[^1].Loss);
            yield return new("validation loss", history.Epochs[^1].Validation!.Loss);
            yield return new("sum of weights", trainer.Parameters.Sum(p => Enumerable.Range(0, p.Value.Count).Sum(i => p.Value[i])));
        }

        private static Dataset Examples()
        {
            var random = new RandomSource(7);
            var x = new float[400];
            random.FillNormal(x, 0, 1);
            return Dataset.FromLabels(x, [4], [.. x.Chunk(4).Select(p => p[0] > p[1] ? 0L : p[2] > 0 ? 1L : 2L)], 3);
        }
    }

    private sealed class Watched(Dataset data, Action onBatch) : IDataSource
    {
        public DataLayout Layout => data.Layout;

        public int? ExampleCount => data.Count;

        public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0)
        {
            foreach (Batch batch in data.Batches(options, epoch))
            {
                onBatch();
                yield return batch;
            }
        }
    }
}
