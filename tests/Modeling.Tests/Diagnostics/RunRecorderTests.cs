using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Tests.Training;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Diagnostics;

/// <summary>The course of a training, symmetries of weights, and what a diagnosis says of them.</summary>
public sealed class RunRecorderTests
{
    /// <summary>Full-batch descent on a linear model: between two points, the objective changes by −εgᵀg + ½ε²gᵀHg (equation 8.10), and weights by ε‖g‖.</summary>
    [Fact]
    public void The_course_of_descent_on_a_quadratic_follows_equation_8_10()
    {
        Trainer trainer = Linear(0.05, out Dataset data);
        var recorder = new RunRecorder(trainer, data);
        trainer.Fit(data, new() { Epochs = 6, BatchSize = data.Count, Shuffle = false, Progress = recorder }, TestContext.Current.CancellationToken);
        Assert.Equal([0L, 1, 2, 3, 4, 5, 6], recorder.Points.Select(p => p.Step));
        foreach ((RunPoint a, RunPoint b) in recorder.Points.Zip(recorder.Points.Skip(1)))
        {
            double expected = (-0.05 * a.GradientSquare) + (0.5 * 0.05 * 0.05 * a.CurvatureAlongGradient);
            Assert.Equal(expected, b.Objective - a.Objective, 1e-5);
            Assert.Equal(0.05 * a.Layers[0].GradientNorm / b.Layers[0].Norm, b.Layers[0].UpdateRatio, 1e-4);
            Assert.Equal(0.05, b.LearningRate);
        }

        Diagnosis d = recorder.Diagnose();
        Assert.Equal(0.05, d.LearningRate);
        Assert.Equal(recorder.Points[^1].Objective, d.Objective, 1e-9);
        Assert.Equal(recorder.Points[0].Objective, d.FromOther[0].Loss, 1e-9);
        LinePoint here = Assert.Single(d.FromOther, p => Math.Abs(p.At - 1) < 1e-9);
        Assert.Equal(d.Objective, here.Loss, 1e-9);
        Assert.InRange(d.FromOther[^1].At, 1.4, 1.6);
        Assert.Contains(d.Findings, f => f.StartsWith("From step 0 to 6", StringComparison.Ordinal));
        Assert.Contains(d.Findings, f => f.Contains("there is no barrier", StringComparison.Ordinal));
        Assert.DoesNotContain(d.Findings, f => f.Contains("ill-conditioning", StringComparison.Ordinal));
    }

    [Fact]
    public void Watching_leaves_the_training_as_it_is_and_reports_go_on()
    {
        int handed = 0;
        Trainer plain = SmallTraining.Trainer(), watched = SmallTraining.Trainer();
        plain.Fit(SmallTraining.Data(), SmallTraining.Options(2), TestContext.Current.CancellationToken);
        var recorder = new RunRecorder(watched, SmallTraining.Data(20), curvature: false) { Next = new Report(_ => handed++) };
        watched.Fit(SmallTraining.Data(), SmallTraining.Options(2) with { Progress = recorder, ProgressSteps = 2 }, TestContext.Current.CancellationToken);
        Assert.Equal(SmallTraining.Bits(plain), SmallTraining.Bits(watched));
        // Five steps an epoch: after 2 and 4 and at the end of each, and before the first.
        Assert.Equal([0L, 2, 4, 5, 7, 9, 10], recorder.Points.Select(p => p.Step));
        Assert.Equal(6, handed);
        Assert.All(recorder.Points, p => Assert.True(double.IsNaN(p.CurvatureAlongGradient)));
        string page = recorder.Diagnose().ToHtml("Run");
        Assert.Contains("Course of the training", page, StringComparison.Ordinal);
        Assert.Contains("update of dense1.weight", page, StringComparison.Ordinal);
        Assert.Contains("Weight space symmetry", page, StringComparison.Ordinal);
        Assert.True(page.Split("<svg").Length > 5, page);
        Assert.DoesNotContain("NaN", page[..page.IndexOf("<h2>Units", StringComparison.Ordinal)], StringComparison.Ordinal);
    }

    [Fact]
    public void A_trainer_diagnoses_itself_with_its_last_rate_and_penalties()
    {
        Trainer trainer = SmallTraining.Trainer(rate: 0.02);
        Assert.Equal(0.01, trainer.Diagnose(SmallTraining.Data()).LearningRate);
        History history = trainer.Fit(SmallTraining.Data(), SmallTraining.Options(1), TestContext.Current.CancellationToken);
        Diagnosis d = trainer.Diagnose(SmallTraining.Data(), examples: 70);
        Assert.Equal(history.Epochs[0].LearningRate, d.LearningRate);
        double penalty = trainer.Model.Parameters.Where(p => p.Name.EndsWith("weight", StringComparison.Ordinal)).Sum(p => Run.Numbers(p.Value).Sum(v => v * v)) * 0.5e-3;
        Assert.Equal(trainer.Evaluate(SmallTraining.Data()).Loss + penalty, d.Objective, 1e-5);
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Diagnose(SmallTraining.Data(), examples: 0));
    }

    /// <summary>Section 8.2.2: exchanging units never changes a chain of dense layers; scaling does not where units are rectified.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Units_can_change_places_and_rectified_ones_can_be_scaled(bool rectified)
    {
        var random = new RandomSource(2);
        Dense first = new(3, 5, random) { Activation = rectified ? Ops.Relu : Ops.Tanh, BiasInitializer = new Toolkit.Modeling.Initializers.Normal(0.3) }, second = new(5, 2, random);
        var model = new Sequential(first, new Dropout(0.2, random), second);
        Assert.Equal([(first, second)], WeightSymmetry.Pairs(model));
        float[] x = [0.3f, -0.8f, 1.2f, 0.5f, 0.1f, -0.4f];
        double[] before = Run.Numbers(Run.Forward(model, Mode.Inference, x, 2, 3)), weight = Run.Numbers(first.Weight.Value);
        WeightSymmetry.Exchange(first, second, 1, 4);
        Assert.Equal(weight[1], first.Weight.Value[4]);
        Run.Close(before, Run.Numbers(Run.Forward(model, Mode.Inference, x, 2, 3)), 1e-6);
        WeightSymmetry.Scale(first, second, 3);
        double[] scaled = Run.Numbers(Run.Forward(model, Mode.Inference, x, 2, 3));
        Assert.Equal(rectified, before.Zip(scaled, (a, b) => Math.Abs(a - b)).Max() < 1e-5);

        Diagnosis d = Diagnosis.Of(model, new SoftmaxCrossEntropy(), Value.Of(x, 2, 3), Value.Of([0L, 1], 2));
        SymmetryReport report = Assert.Single(d.Symmetries);
        Assert.Equal(("dense1", 5), (report.Name, report.Units));
        Assert.Equal(0.0, report.ExchangeChange, 1e-6);
        Assert.Contains(d.Findings, f => f.Contains("5! equal", StringComparison.Ordinal));
        Assert.Equal(rectified, d.Findings.Any(f => f.Contains("hyperbola", StringComparison.Ordinal)));
        Assert.Contains("found 5", Assert.Throws<ArgumentOutOfRangeException>(() => WeightSymmetry.Exchange(first, second, 0, 5)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => WeightSymmetry.Scale(second, first, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightSymmetry.Scale(first, second, 0));
    }

    [Fact]
    public void Steps_that_are_too_large_and_layers_that_hardly_move_are_found_out()
    {
        Trainer trainer = Linear(0.6, out Dataset data);
        var recorder = new RunRecorder(trainer, data);
        trainer.Fit(data, new() { Epochs = 3, BatchSize = data.Count, Shuffle = false, Progress = recorder }, TestContext.Current.CancellationToken);
        Assert.Contains(recorder.Diagnose().Findings, f => f.Contains("points of the course", StringComparison.Ordinal));
        Assert.Contains(recorder.Diagnose(new() { SmallUpdate = 1e9, LargeUpdate = 1e10 }).Findings, f => f.Contains("hardly learns", StringComparison.Ordinal));
        Assert.Contains(recorder.Diagnose(new() { LargeUpdate = 1e-9, SmallUpdate = 1e-12 }).Findings, f => f.Contains("smaller learning rate may help", StringComparison.Ordinal));
    }

    /// <summary>f = (w² − 1)² has solutions at −1 and 1 with a barrier of height 1 between them.</summary>
    [Fact]
    public void A_barrier_between_two_solutions_is_found()
    {
        var model = new DoubleModel((x, p, _) => x * p[0].Variable.Square(), DoubleModel.Weight("w", [1], 1));
        Diagnosis d = Diagnosis.Of(
            model, new MeanSquaredError(), Value.Of([1.0], 1, 1), Value.Of([1.0], 1, 1), options: new() { Other = [-1], Points = 31 });
        Assert.Equal(31, d.FromOther.Count);
        Assert.Equal(1.0, d.FromOther.Where(p => p.At <= 1).Max(p => p.Loss), 1e-12);
        Assert.Contains(d.Findings, f => f.Contains("a barrier lies between", StringComparison.Ordinal));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DiagnosisOptions { LargeUpdate = 0 });
    }

    private static Trainer Linear(double rate, out Dataset data)
    {
        data = Dataset.FromTargets([1, 0, 0, 2, 1, 1, -1, 0.5f], [2], [1, 2, 2, -0.5f], [1]);
        return new Trainer { Model = new Dense(2, 1, new RandomSource(3)), Loss = new MeanSquaredError(), Optimizer = new Sgd { LearningRate = rate }, Regularizers = [new L2(0.01)] };
    }
}
