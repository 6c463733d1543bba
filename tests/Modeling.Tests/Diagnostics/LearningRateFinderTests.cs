using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Tests.Training;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Diagnostics;

/// <summary>The range test on the squared error of one weight, whose course under gradient descent is a loop.</summary>
public sealed class LearningRateFinderTests
{
    [Fact]
    public void The_losses_are_those_of_a_loop()
    {
        var finder = new LearningRateFinder { First = 1e-3, Last = 1, Steps = 12, BatchSize = 1, Smoothing = 0.5 };
        LearningRateCurve curve = finder.Run(Line(), Data());
        double w = 0, mean = 0, share = 0;
        var points = new List<double[]>();
        for (int step = 0; step < 12; step++)
        {
            double rate = 1e-3 * Math.Pow(1000, step / 11.0), loss = (w - 3) * (w - 3);
            (mean, share) = ((0.5 * mean) + (0.5 * loss), (0.5 * share) + 0.5);
            points.Add([rate, loss, mean / share]);
            w -= rate * 2 * (w - 3);
        }

        Assert.Equal(points.Count, curve.Points.Count);
        Run.Close([.. points.SelectMany(p => p)], [.. curve.Points.SelectMany(p => new[] { p.LearningRate, p.Loss, p.Smoothed })], 1e-5);
        double[] slopes = [.. Enumerable.Range(1, 11).Select(i => (points[i][2] - points[i - 1][2]) / Math.Log(points[i][0] / points[i - 1][0]))];
        Assert.Equal(points[1 + Array.IndexOf(slopes, slopes.Min())][0], curve.Suggestion, 1e-9);
        Assert.Contains("suggested rate", curve.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Behind its least value the loss falls faster, from where it has jumped to.</summary>
    [Fact]
    public void The_suggestion_is_before_the_least_loss()
    {
        double[] smoothed = [5, 4, 1, 9, 3];
        Assert.Equal(100, new LearningRateCurve([.. smoothed.Select((loss, i) => new LearningRatePoint(Math.Pow(10, i), loss, loss))]).Suggestion);
    }

    [Fact]
    public void It_ends_when_the_loss_has_grown()
    {
        LearningRateCurve curve = new LearningRateFinder { First = 1e-3, Last = 1e3, Steps = 60, BatchSize = 1, Smoothing = 0, Divergence = 2 }.Run(Line(), Data());
        Assert.InRange(curve.Points.Count, 30, 50);
        Assert.InRange(curve.Points[^1].LearningRate, 1, 10);
        Assert.InRange(curve.Suggestion, 1e-3, 1);
    }

    [Fact]
    public void The_training_is_as_it_was()
    {
        Trainer searched = SmallTraining.Trainer(), other = SmallTraining.Trainer();
        CancellationToken token = TestContext.Current.CancellationToken;
        searched.Fit(SmallTraining.Data(), SmallTraining.Options(1), token);
        other.Fit(SmallTraining.Data(), SmallTraining.Options(1), token);
        LearningRateCurve curve = new LearningRateFinder { Steps = 30, BatchSize = 16 }.Run(searched, SmallTraining.Data());
        Assert.True(curve.Points.Count > 10);
        Assert.Equal(SmallTraining.Bits(other), SmallTraining.Bits(searched));
        searched.Fit(SmallTraining.Data(), SmallTraining.Options(2), token);
        other.Fit(SmallTraining.Data(), SmallTraining.Options(2), token);
        Assert.Equal(SmallTraining.Bits(other), SmallTraining.Bits(searched));
    }

    [Fact]
    public void A_training_that_has_not_begun_has_still_not_begun()
    {
        Trainer fresh = SmallTraining.Trainer(), other = SmallTraining.Trainer();
        new LearningRateFinder { Steps = 10, BatchSize = 16 }.Run(fresh, SmallTraining.Data());
        Assert.Equal(other.Model.InputFields, fresh.Model.InputFields);
        fresh.Fit(SmallTraining.Data(), SmallTraining.Options(1), TestContext.Current.CancellationToken);
        other.Fit(SmallTraining.Data(), SmallTraining.Options(1), TestContext.Current.CancellationToken);
        Assert.Equal(SmallTraining.Bits(other), SmallTraining.Bits(fresh));
    }

    [Fact]
    public void Impossible_ranges_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new LearningRateFinder { First = 1, Last = 1 }.Run(Line(), Data()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateFinder { Divergence = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateFinder { Steps = 9 });
    }

    private static Dataset Data() => Dataset.FromTargets([1f], [1], [3f], [1]);

    private static Trainer Line() => new()
    {
        Model = new Weight(),
        Loss = new MeanSquaredError(),
        Optimizer = new Momentum { LearningRate = 0.1, Decay = 0 },
        Execution = new ExecutionOptions { Threads = 1 },
    };

    /// <summary>w·x with w = 0 at first.</summary>
    private sealed class Weight : Module
    {
        private readonly Parameter w = new("weight", Value.Zeros(DType.Float32, 1, 1), ParameterRole.Weight);

        protected override IReadOnlyList<Parameter> CreateParameters() => [w];

        protected override Variable Build(Variable input, ForwardContext context) => input * w.Variable;
    }
}
