using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.MLNetIntegration.Tests.Training;

/// <summary>The course of a training, and trainers in the hands of those who try many.</summary>
public sealed class CourseTests
{
    private MLContext Ml { get; } = new(seed: 1);

    private static NeuralNetworkOptions Options => new()
    {
        FeatureColumns = ["Pair"],
        LabelColumn = "IsRight",
        HiddenUnits = [16],
        Optimizer = new Adam { LearningRate = 0.02 },
        Epochs = 40,
        Seed = 3,
    };

    [Fact]
    public void Training_stops_early_by_rows_of_ones_own_and_reports_each_epoch()
    {
        IDataView train = Ml.Data.LoadFromEnumerable(TrainingData.Rows(60)), validation = Ml.Data.LoadFromEnumerable(TrainingData.Rows(200, seed: 8));
        var reports = new Reports();
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(
            Options with { LabelColumn = "Noisy", HiddenUnits = [64, 64], Epochs = 500, Patience = 5, Validation = validation, Progress = reports }).Fit(train);
        Assert.Equal(StopReason.EarlyStopped, model.History.StopReason);
        Assert.InRange(model.History.Epochs.Count, 6, 400);
        Assert.Equal(model.History.Epochs.Count, reports.All.Count);
        Assert.All(model.History.Epochs, e => Assert.NotNull(e.Validation));

        // The weights are those of the best epoch: the loss on the validation rows is the squared error of standardized labels.
        float[] labels = [.. validation.GetColumn<float>("Noisy")], scores = [.. model.Transform(validation).GetColumn<float>("Score")];
        double[] learned = [.. train.GetColumn<float>("Noisy").Select(l => (double)l)];
        double mean = learned.Average(), variance = learned.Average(l => (l - mean) * (l - mean));
        double error = labels.Zip(scores).Average(p => (p.First - p.Second) * (p.First - p.Second)) / variance;
        Assert.Equal(model.History.Epochs.Min(e => e.Validation!.Loss), error, 1e-3);
    }

    /// <summary>Steps too small to change a weight improve nothing: the first epoch is the best, and so many follow as patience says.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void Training_waits_as_many_epochs_as_patience_says(int patience)
    {
        using NeuralNetworkTransformer model = Ml.BinaryClassification.NeuralNetwork(Options with { Optimizer = new Sgd { LearningRate = 1e-30 }, Patience = patience })
            .Fit(Ml.Data.LoadFromEnumerable(TrainingData.Rows(60)));
        Assert.Equal(StopReason.EarlyStopped, model.History.StopReason);
        Assert.Equal(1 + patience, model.History.Epochs.Count);
    }

    [Fact]
    public void The_log_has_each_epoch_warnings_and_the_end_and_a_callback_may_stop()
    {
        var lines = new List<string>();
        Ml.Log += (_, message) =>
        {
            if (message.Source.Contains("NeuralNetwork", StringComparison.Ordinal))
                lines.Add($"{message.Kind}: {message.RawMessage}");
        };
        using NeuralNetworkTransformer model = Ml.BinaryClassification.NeuralNetwork(Options with
        {
            Optimizer = new Sgd { LearningRate = 1e-13 },
            Callbacks = [Callback.AfterEpoch((training, epoch) =>
            {
                if (epoch.Epoch == 2)
                    training.Stop("two are enough");
            })],
        }).Fit(Ml.Data.LoadFromEnumerable(TrainingData.Rows(60)));
        Assert.Equal(StopReason.Stopped, model.History.StopReason);
        Assert.Contains(lines, line => line.StartsWith("Info: Epoch 1: loss ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Info: Epoch 2: loss ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Warning: The first step, with the learning rate 1E-13", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Info: Stopped: Stopped in epoch 3 after 0 steps: two are enough", StringComparison.Ordinal));
    }

    [Fact]
    public void CrossValidate_takes_binary_classifiers_and_regressions()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(TrainingData.Rows());
        Assert.All(
            Ml.BinaryClassification.CrossValidate(data, Ml.BinaryClassification.NeuralNetwork(Options), 3, "IsRight"),
            f => Assert.True(f.Metrics.Accuracy > 0.9, $"{f.Metrics.Accuracy}"));
        Assert.All(
            Ml.Regression.CrossValidate(data, Ml.Transforms.NormalizeMinMax("Pair").Append(Ml.Regression.NeuralNetwork(Options with { LabelColumn = "Target", Epochs = 80 })), 3, "Target"),
            f => Assert.True(f.Metrics.RSquared > 0.8, $"{f.Metrics.RSquared}"));
    }

    [Fact]
    public void A_sweep_over_options_finds_what_is_best_by_cross_validation()
    {
        // No layer tells a product from nothing; a hidden one does.
        IDataView data = Ml.Data.LoadFromEnumerable(TrainingData.Rows());
        IEstimator<ITransformer> Candidate(int[] units, double rate) => Ml.Transforms.CopyColumns("Features", "Pair").Append(Ml.Regression.NeuralNetwork(new NeuralNetworkOptions
        {
            LabelColumn = "Target",
            HiddenUnits = units,
            Optimizer = new Adam { LearningRate = rate },
            Epochs = 40,
        }));
        (int[] Units, double Rate)[] space = [([], 0.02), ([], 0.001), ([32], 1e-6), ([32], 0.02)];
        double[] quality = [.. space.Select(s => Ml.Regression.CrossValidate(data, Candidate(s.Units, s.Rate), 2, "Target").Average(f => f.Metrics.RSquared))];
        Assert.Equal(3, Array.IndexOf(quality, quality.Max()));
        Assert.True(quality[3] > 0.8, $"{quality[3]}");
        Assert.All(quality[..3], q => Assert.True(q < 0.3, $"{q}"));
    }

    [Fact]
    public void A_cached_view_and_any_budget_give_the_same_network()
    {
        TrainingData.Row[] rows = TrainingData.Rows();
        int reads = 0;
        IEnumerable<TrainingData.Row> Counted()
        {
            reads++;
            foreach (TrainingData.Row row in rows)
            {
                yield return row;
            }
        }

        NeuralNetworkOptions options = Options with { Epochs = 4, ValidationFraction = 0 };
        IDataView stream = Ml.Data.LoadFromEnumerable(Counted());
        float[] copied = Scores(options, stream);
        int forCopy = reads;
        float[] streamed = Scores(options with { MemoryBudget = 0 }, stream);
        int forStream = reads - forCopy;
        reads = 0;
        float[] cached = Scores(options with { MemoryBudget = 0 }, Ml.Data.Cache(stream));
        Assert.Equal(streamed, cached);
        Assert.Equal(forCopy + 3, forStream);
        Assert.InRange(reads, 1, forCopy);
        Assert.Equal(copied, streamed);

        float[] Scores(NeuralNetworkOptions settings, IDataView data)
        {
            using NeuralNetworkTransformer model = Ml.BinaryClassification.NeuralNetwork(settings).Fit(data);
            return [.. model.Transform(Ml.Data.LoadFromEnumerable(rows)).GetColumn<float>("Score")];
        }
    }

    private sealed class Reports : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> All { get; } = [];

        public void Report(TrainingProgress value) => All.Add(value);
    }
}
