using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>Measures are found as people type them, and print what a person wants to see.</summary>
public sealed class MeasureNameTests
{
    private static readonly Dataset Data = Dataset.FromTargets([1, 2, 3, 4], [1], [2, 4, 6, 9], []);

    [Fact]
    public void A_measure_is_found_with_spaces_or_underscores()
    {
        Trainer trainer = Create();
        trainer.Fit(Data, new() { Epochs = 2, Validation = Data, EarlyStopping = new() { Monitor = "Mean_Absolute_Error" } });
        Evaluation evaluation = trainer.Evaluate(Data);
        Assert.Equal(evaluation["mean absolute error"], evaluation["mean_absolute_error"]);
        Assert.Equal(evaluation.Metrics["mean absolute error"], evaluation.Metrics["MEAN_absolute error"]);
        Assert.Contains("mean absolute error", Assert.Throws<ArgumentException>(() => evaluation["mean-absolute-error"]).Message, StringComparison.Ordinal);
    }

    /// <summary>Epochs read back from a checkpoint know the same names.</summary>
    [Fact]
    public void Names_of_a_loaded_history_are_as_forgiving()
    {
        string path = Path.GetTempFileName();
        Trainer trainer = Create();
        trainer.Fit(Data, new() { Epochs = 1, Validation = Data });
        Checkpoint.Save(path, trainer);
        Trainer loaded = Create();
        loaded.Prepare(Data.Layout);
        Checkpoint.Load(path, loaded);
        EpochRecord epoch = loaded.Fit(Data, new() { Epochs = 1, Validation = Data }).Epochs[0];
        File.Delete(path);
        Assert.Equal(epoch.Metrics["mean absolute error"], epoch.Metrics["mean_absolute_error"]);
        Assert.Equal(epoch.Validation!["mean absolute error"], epoch.Validation["mean_absolute_error"]);
    }

    [Fact]
    public void An_evaluation_prints_its_measures() => Assert.Equal(
        "loss 0.25000, accuracy 0.9750, top5 1.0000 (40 examples)",
        new Evaluation(0.25, new Dictionary<string, double> { ["accuracy"] = 0.975, ["top5"] = 1 }, 40).ToString());

    private static Trainer Create() => new()
    {
        Model = new Dense(1, 1, new RandomSource(1)),
        Loss = new MeanSquaredError(),
        Optimizer = new Sgd(),
        Metrics = [new MeanAbsoluteError()],
    };
}
