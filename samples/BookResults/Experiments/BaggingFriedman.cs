using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Ensembles;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>y = 10 sin(πx₁x₂) + 20(x₃ − ½)² + 10x₄ + 5x₅ + e, ten predictors: the error of a bag over the number of its members.</summary>
internal sealed class BaggingFriedman : Experiment
{
    private const int TrainCount = 200, TestCount = 1000, Members = 25;

    public override string Name => "bagging";

    public override string Source => "The bagging curve, book 7.11, equations 7.50 and 7.51 (Breiman 1996, Friedman #1)";

    public override string Settings => "200 examples, noise of variance 1, 10-30-1 tanh, Adam 0.01, 2,000 full-batch steps, 25 bootstrap members; squared error on 1,000 fresh examples";

    public override int Epochs => 2000;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        Dataset train = Draw(TrainCount, laboratory.Random("train")), test = Draw(TestCount, laboratory.Random("test"));
        double mean = train.Targets.Span.ToArray().Average(v => (double)v);
        double spread = Math.Sqrt(train.Targets.Span.ToArray().Average(v => (v - mean) * (v - mean)));
        Dataset scaled = Scale(train, mean, spread);
        var fit = new FitOptions { Epochs = laboratory.Epochs, BatchSize = TrainCount };
        Trainer Create(RandomSource random) => new()
        {
            Model = new Sequential(new Dense(10, 30, random) { Activation = Ops.Tanh }, new Dense(30, 1, random)),
            Loss = new MeanSquaredError(),
            Optimizer = new Adam { LearningRate = 0.01 },
            Execution = laboratory.Execution,
        };
        double Error(Module model)
        {
            Value y = model.Predict(test, laboratory.Execution);
            return Enumerable.Range(0, TestCount).Average(i => Math.Pow((y[i] * spread) + mean - test.Targets.Span[i], 2));
        }

        Trainer single = Create(laboratory.Random("single"));
        laboratory.Train("single", single, scaled, fit);
        laboratory.Say($"{Members} members");
        TrainedEnsemble bag = new Bagging { Create = Create, Members = Members, Seed = laboratory.Seed }.Fit(scaled, fit, laboratory.Cancellation);
        return
        [
            new("one network on all examples", Error(single.Model), "9.04"),
            new("a member, mean", bag.Members.Average(Error), "9.34"),
            .. new[] { 2, 5, 10, 25 }.Select(k => new Figure($"mean of {k}", Error(bag.First(k)), k == Members ? "5.07" : null)),
            new("gain of the bag over one network %", 100 * (1 - (Error(bag.Model) / Error(single.Model))), "46 (trees: 46)"),
        ];
    }

    private static Dataset Scale(Dataset data, double mean, double spread) => Dataset.FromTargets(
        data.Features.ToArray(), [10], [.. data.Targets.Span.ToArray().Select(v => (float)((v - mean) / spread))], [1]);

    private static Dataset Draw(int count, RandomSource random)
    {
        var x = new float[count * 10];
        random.FillUniform(x, 0, 1);
        return Dataset.FromTargets(
            x,
            [10],
            [
                .. x.Chunk(10).Select(p => (float)((10 * Math.Sin(Math.PI * p[0] * p[1])) + (20 * (p[2] - 0.5) * (p[2] - 0.5)) + (10 * p[3]) + (5 * p[4]) +
                    random.NextNormal())),
            ],
            [1]);
    }
}
