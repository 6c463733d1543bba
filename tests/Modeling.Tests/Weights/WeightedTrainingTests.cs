using CsCheck;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Weights;

/// <summary>Weights in whole trainings and evaluations.</summary>
public sealed class WeightedTrainingTests
{
    private const int Count = 12;

    private static readonly Gen<float[]> Whole = Gen.Int[0, 3].Array[Count].Where(w => w.Sum() > 0).Select(w => w.Select(v => (float)v).ToArray());
    private static readonly Gen<float[]> Real = Gen.Float[0.1f, 5f].Array[Count];

    private static float[] Features { get; } = [.. Enumerable.Range(0, Count * 4).Select(i => (float)Math.Sin((i * 1.3) + 0.2))];

    private static Dataset Labelled => Dataset.FromLabels(Features, [4], [.. Enumerable.Range(0, Count).Select(i => (long)(i * 7 % 3))], 3);

    private static Dataset Measured => Dataset.FromTargets(Features, [4], [.. Enumerable.Range(0, Count).Select(i => (float)Math.Cos(i))], [1]);

    [Fact]
    public void Training_with_whole_weights_is_training_on_copies() => Whole.Sample(
        weights =>
        {
            (float[] weighted, History course) = Train(Labelled.WithWeights(weights), new SoftmaxCrossEntropy());
            (float[] copied, History expected) = Train(Copies.Repeated(Labelled, weights), new SoftmaxCrossEntropy());
            Run.Close([.. copied.Select(v => (double)v)], [.. weighted.Select(v => (double)v)], 2e-5);
            for (int epoch = 0; epoch < 4; epoch++)
            {
                Assert.Equal(expected.Epochs[epoch].Loss, course.Epochs[epoch].Loss, 2e-5);
                Assert.Equal(expected.Epochs[epoch].Objective, course.Epochs[epoch].Objective, 2e-5);
                Assert.Equal(expected.Epochs[epoch].Metrics["accuracy"], course.Epochs[epoch].Metrics["accuracy"], 1e-9);
                Assert.Equal(expected.Epochs[epoch].Metrics["top2"], course.Epochs[epoch].Metrics["top2"], 1e-9);
            }
        },
        iter: 8, threads: 1);

    /// <summary>Between epochs the same data may come with weights: what the optimizer remembers stays, and weights of 1 change nothing.</summary>
    [Fact]
    public void A_training_goes_on_when_its_data_get_weights()
    {
        float[] ones = [.. Enumerable.Repeat(1f, Count)];
        float[] throughout = Parameters(Measured.WithWeights(ones), Measured.WithWeights(ones), out int epochs), later = Parameters(Measured, Measured.WithWeights(ones), out int counted);
        Assert.Equal((4, 4), (epochs, counted));
        Run.Close([.. throughout.Select(v => (double)v)], [.. later.Select(v => (double)v)], 1e-6);

        static float[] Parameters(Dataset first, Dataset second, out int epochs)
        {
            var trainer = new Trainer { Model = Network(1), Loss = new MeanSquaredError(), Optimizer = new Adam { LearningRate = 0.05 } };
            trainer.Fit(first, new() { Epochs = 2, BatchSize = 5, Seed = 3 }, TestContext.Current.CancellationToken);
            trainer.Fit(second, new() { Epochs = 4, BatchSize = 5, Seed = 3 }, TestContext.Current.CancellationToken);
            epochs = trainer.EpochsDone;
            return [.. trainer.Model.Parameters.SelectMany(parameter => parameter.Value.ToArray<float>())];
        }
    }

    [Fact]
    public void An_evaluation_does_not_depend_on_the_size_of_batches_and_counts_weights_like_copies() => Gen.Select(Whole, Real).Sample(
        (whole, real) =>
        {
            var trainer = new Trainer { Model = Network(1), Loss = new MeanSquaredError(), Optimizer = new Sgd(), Metrics = [new MeanAbsoluteError()] };
            Evaluation copies = trainer.Evaluate(Copies.Repeated(Measured, whole));
            double[] predictions = Run.Numbers(trainer.Model.Predict(Measured));
            double[] errors = [.. predictions.Select((p, i) => Math.Abs(p - Measured.Targets.Span[i]))];
            double total = real.Sum(w => (double)w);
            foreach (int size in new[] { 1, 2, 5, 7, 64 })
            {
                Evaluation found = trainer.Evaluate(Measured.WithWeights(whole), size);
                Assert.Equal(copies.Loss, found.Loss, 1e-6);
                Assert.Equal(copies.Metrics["mean absolute error"], found.Metrics["mean absolute error"], 1e-6);
                Assert.Equal(Count, found.Examples);
                Evaluation other = trainer.Evaluate(Measured.WithWeights(real), size);
                Assert.Equal(errors.Select((e, i) => real[i] * e * e).Sum() / total, other.Loss, 1e-6);
                Assert.Equal(errors.Select((e, i) => real[i] * e).Sum() / total, other.Metrics["mean absolute error"], 1e-6);
            }
        },
        iter: 5, threads: 1);

    /// <summary>The rate is 0, so that each step sees the same model.</summary>
    [Fact]
    public void The_loss_of_an_epoch_does_not_depend_on_the_size_of_batches()
    {
        float[] weights = [.. Enumerable.Range(0, Count).Select(i => 0.25f + (i % 4))];
        double[] losses = [.. new[] { 1, 3, 5, 12 }.Select(size => Still(Network(1), new MeanSquaredError()).Fit(
            Measured.WithWeights(weights), new() { Epochs = 1, BatchSize = size }, TestContext.Current.CancellationToken).Epochs[0].Loss)];
        Assert.All(losses, loss => Assert.Equal(losses[0], loss, 1e-6));
        Assert.NotEqual(Still(Network(1), new MeanSquaredError()).Evaluate(Measured).Loss, losses[0], 1e-3);
    }

    [Fact]
    public void Labelled_examples_among_others_give_one_loss_for_any_size_of_batches()
    {
        const int Rows = 60;
        float[] features = [.. Enumerable.Range(0, Rows * 4).Select(i => (float)Math.Sin(i * 0.7))];
        long[] labels = [.. Enumerable.Range(0, Rows).Select(i => i % 6 == 1 ? i / 6 % 3 : -1L)];
        var data = Dataset.FromLabels(features, [4], labels, 3, allowUnlabelled: true);
        var model = Network(3);
        double[] z = Run.Numbers(model.Predict(data));
        int[] own = [.. Enumerable.Range(0, Rows).Where(i => labels[i] >= 0)];
        double expected = own.Average(i => Math.Log(Enumerable.Range(0, 3).Sum(c => Math.Exp(z[(3 * i) + c]))) - z[(3 * i) + (int)labels[i]]);
        double right = own.Average(i => Enumerable.Range(0, 3).MaxBy(c => z[(3 * i) + c]) == labels[i] ? 1.0 : 0.0);
        foreach (int size in new[] { 60, 32, 20, 10, 1 })
        {
            Trainer trainer = Still(model, new LabelledOnly(new SoftmaxCrossEntropy()), new Accuracy(), new TopK(3));
            EpochRecord epoch = trainer.Fit(
                data, new() { Epochs = 1, BatchSize = size, Validation = data, ValidationBatchSize = size }, TestContext.Current.CancellationToken).Epochs[0];
            foreach ((double loss, IReadOnlyDictionary<string, double> metrics) in new[] { (epoch.Loss, epoch.Metrics), (epoch.Validation!.Loss, epoch.Validation.Metrics) })
            {
                Assert.Equal(expected, loss, 1e-5);
                Assert.Equal(right, metrics["accuracy"], 1e-12);
                Assert.Equal(1.0, metrics["top3"], 1e-12);
            }
        }
    }

    [Fact]
    public void A_batch_whose_weights_are_all_0_changes_nothing()
    {
        var random = new RandomSource(3);
        var model = new Sequential(new Dense(4, 3, random), new BatchNormalization(3), new Dropout(0.5, random), new Dense(3, 1, random));
        var trainer = new Trainer { Model = model, Loss = new MeanSquaredError(), Optimizer = new Adam(), Regularizers = [new L2(0.1)] };
        float[] weights = [.. Enumerable.Range(0, Count).Select(i => i < 4 ? 1f : 0f)];
        trainer.Fit(Measured.Take(4).WithWeights([1, 1, 1, 1]), new() { Epochs = 2, BatchSize = 4, Shuffle = false }, TestContext.Current.CancellationToken);
        var other = new RandomSource(3);
        var same = new Sequential(new Dense(4, 3, other), new BatchNormalization(3), new Dropout(0.5, other), new Dense(3, 1, other));
        var longer = new Trainer { Model = same, Loss = new MeanSquaredError(), Optimizer = new Adam(), Regularizers = [new L2(0.1)] };
        History history = longer.Fit(Measured.WithWeights(weights), new() { Epochs = 2, BatchSize = 4, Shuffle = false }, TestContext.Current.CancellationToken);
        Assert.Equal(StopReason.Completed, history.StopReason);
        Assert.All(history.Epochs, epoch => Assert.True(double.IsFinite(epoch.Loss) && double.IsFinite(epoch.Objective)));
        Assert.Equal(trainer.Parameters.SelectMany(p => Run.Numbers(p.Value)), longer.Parameters.SelectMany(p => Run.Numbers(p.Value)));
    }

    [Fact]
    public void Outliers_of_weight_0_leave_no_trace()
    {
        float[] features = Measured.Features.ToArray(), targets = Measured.Targets.ToArray();
        float[] weights = [.. Enumerable.Range(0, Count).Select(i => i % 3 == 0 ? 0f : 1f)];
        for (int i = 0; i < Count; i += 3)
        {
            features.AsSpan(4 * i, 4).Fill(3e38f);
            targets[i] = -3e38f;
        }

        Dataset clean = Measured.Select([.. Enumerable.Range(0, Count).Where(i => i % 3 != 0)]);
        (float[] found, History course) = Train(Dataset.FromTargets(features, [4], targets, [1]).WithWeights(weights), new MeanSquaredError());
        (float[] expected, History plain) = Train(clean, new MeanSquaredError());
        Run.Close([.. expected.Select(v => (double)v)], [.. found.Select(v => (double)v)], 2e-5);
        Assert.Equal(plain.Epochs[^1].Loss, course.Epochs[^1].Loss, 2e-5);
        Assert.Equal(plain.Epochs[^1].Validation!.Loss, course.Epochs[^1].Validation!.Loss, 2e-5);
    }

    [Fact]
    public void A_pass_without_weight_is_an_error()
    {
        Dataset nothing = Measured.WithWeights(new float[Count]);
        var trainer = Still(Network(1), new MeanSquaredError());
        Assert.Contains("weight above 0, found zeros for all 12 examples", Assert.Throws<DataException>(() => trainer.Evaluate(nothing)).Message);
        Assert.Contains("weight above 0", Assert.Throws<DataException>(() => trainer.Fit(nothing, null, TestContext.Current.CancellationToken)).Message);
        Assert.Equal(0, trainer.EpochsDone);
        var stream = new StreamSource(DataLayout.Values([4], [1]).WithWeights(), () => [new Example(new float[4], new float[1]) { Weight = 0 }]);
        Assert.Contains("none of the pass counts", Assert.Throws<DataException>(() => trainer.Evaluate(stream)).Message);
        var unlabelled = Dataset.FromLabels(Features, [4], [.. Enumerable.Repeat(-1L, Count)], 3, allowUnlabelled: true);
        Assert.Contains(
            "with a label", Assert.Throws<DataException>(() => Still(Network(3), new LabelledOnly(new SoftmaxCrossEntropy())).Evaluate(unlabelled)).Message);
    }

    [Fact]
    public void Validation_may_have_weights_where_training_has_none_and_the_other_way_round()
    {
        float[] weights = [.. Enumerable.Range(0, Count).Select(i => (float)i)];
        foreach ((Dataset train, Dataset validation) in new[] { (Measured, Measured.WithWeights(weights)), (Measured.WithWeights(weights), Measured) })
        {
            var trainer = new Trainer { Model = Network(1), Loss = new MeanSquaredError(), Optimizer = new Sgd() };
            double before = trainer.Evaluate(validation).Loss;
            History history = trainer.Fit(train, new() { Epochs = 2, Validation = validation }, TestContext.Current.CancellationToken);
            Assert.Equal(trainer.Evaluate(validation).Loss, history.Epochs[^1].Validation!.Loss, 1e-12);
            Assert.NotEqual(before, history.Epochs[^1].Validation!.Loss);
        }
    }

    [Fact]
    public void A_step_without_weights_has_no_trace_of_them()
    {
        Trainer trainer = Still(Network(3), new SoftmaxCrossEntropy(), new Accuracy());
        trainer.Prepare(Labelled.Layout);
        Assert.Equal(["input", "target"], trainer.TrainingStep.Inputs.Select(v => v.Name!));
        Assert.Equal(["loss", "objective", "learning_rate", "accuracy"], trainer.TrainingStep.Outputs.Select(o => o.Name));
        Assert.Equal(["loss", "accuracy"], trainer.EvaluationStep.Outputs.Select(o => o.Name));
        Trainer weighted = Still(Network(3), new SoftmaxCrossEntropy(), new Accuracy());
        weighted.Prepare(Labelled.Layout.WithWeights());
        Assert.Equal(["input", "target", "weight"], weighted.TrainingStep.Inputs.Select(v => v.Name!));
        Assert.Equal(["loss", "accuracy", "loss.weight", "accuracy.weight"], weighted.EvaluationStep.Outputs.Select(o => o.Name));
    }

    [Fact]
    public void A_diagnosis_counts_weights_like_copies()
    {
        float[] weights = [2, 0, 1, 3, 1, 1, 0, 2, 1, 1, 4, 1];
        Diagnosis weighted = Still(Network(1), new MeanSquaredError()).Diagnose(Measured.WithWeights(weights));
        Diagnosis copied = Still(Network(1), new MeanSquaredError()).Diagnose(Copies.Repeated(Measured, weights));
        Assert.Equal(copied.Objective, weighted.Objective, 1e-6);
        Assert.Equal(copied.GradientNorm, weighted.GradientNorm, 1e-6);
        Assert.Equal(copied.CurvatureAlongGradient, weighted.CurvatureAlongGradient, 1e-5);
        Run.Close([.. copied.Units.Select(u => u.MeanActivation)], [.. weighted.Units.Select(u => u.MeanActivation)], 1e-6);
    }

    private static Sequential Network(int outputs)
    {
        var random = new RandomSource(5);
        return new Sequential(new Dense(4, 6, random) { Activation = Ops.Tanh }, new Dense(6, outputs, random));
    }

    private static Trainer Still(Module model, Loss loss, params Metric[] metrics) =>
        new() { Model = model, Loss = loss, Optimizer = new Sgd { LearningRate = 0.0 }, Metrics = metrics };

    /// <summary>Four steps on all examples at once, with batch statistics and penalties of every kind.</summary>
    private static (float[] Parameters, History History) Train(Dataset data, Loss loss)
    {
        var random = new RandomSource(5);
        int outputs = data.Layout.HasLabels ? 3 : 1;
        var model = new Sequential(
            new Dense(4, 6, random), new BatchNormalization(6), new Activation(Ops.Tanh) { Name = "code" }, new Dense(6, outputs, random));
        var trainer = new Trainer
        {
            Model = model,
            Loss = loss,
            Optimizer = new Momentum { LearningRate = 0.1 },
            Regularizers = [new L2(0.01), new HiddenL1(0.01, "code"), new HiddenMean(0.1, "code", 0.1), new DoubleBackprop(0.1), new Contractive(0.01, "code")],
            Metrics = data.Layout.HasLabels ? [new Accuracy(), new TopK(2)] : [new MeanAbsoluteError()],
        };
        History history = trainer.Fit(
            data, new() { Epochs = 4, BatchSize = 1000, Shuffle = false, Validation = data }, TestContext.Current.CancellationToken);
        return ([.. model.Parameters.Where(p => p.Name != "batchnorm1.examples").SelectMany(p => Run.Numbers(p.Value)).Select(v => (float)v)], history);
    }
}
