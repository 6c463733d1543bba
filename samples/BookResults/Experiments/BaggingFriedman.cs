using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Ensembles;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>y = 10 sin(πx₁x₂) + 20(x₃ − ½)² + 10x₄ + 5x₅ + e, ten predictors: the error of a bag over the number of its members.</summary>
internal sealed class BaggingFriedman : Experiment
{
    private const int Inputs = 10, TrainCount = 200, TestCount = 1000, Members = 25, Draws = 3;

    public override string Name => "bagging";

    public override string Source => "The bagging curve, book 7.11, equations 7.50 and 7.51 (Breiman 1996, Friedman #1)";

    public override string Settings => "200 examples, noise of variance 1, inputs of mean 0 and deviation 1, 10-30-1 tanh, weights N(0, 1/n), Adam 0.01, 2,000 full-batch steps, 25 bootstrap members; the same with inputs as they are, 0 to 1, and the usual weights of the layers, which is kinder to a single network; squared error on 1,000 fresh examples, mean over 3 draws";

    public override int Epochs => 2000;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        int[] counts = [2, 5, 10, Members];
        (double single, double member, double[] bags) = Mean(standardized: true);
        (double easySingle, double easyMember, double[] easyBags) = Mean(standardized: false);
        return
        [
            new("one network on all examples", single, "9.04"),
            new("a member, mean", member, "9.34"),
            .. counts.Select((k, i) => new Figure($"mean of {k}", bags[i], k == Members ? "5.07" : null)),
            new("gain of the bag over one network %", 100 * (1 - (bags[^1] / single)), "44 (trees: 46)"),
            new("gain of the bag over a member %", 100 * (1 - (bags[^1] / member)), "46"),
            new("one network on all examples, inputs as they are", easySingle),
            new("a member, mean, inputs as they are", easyMember),
            .. counts.Select((k, i) => new Figure($"mean of {k}, inputs as they are", easyBags[i])),
            new("gain of the bag over one network %, inputs as they are", 100 * (1 - (easyBags[^1] / easySingle))),
        ];

        (double One, double Member, double[] Bags) Mean(bool standardized)
        {
            double one = 0, each = 0;
            var together = new double[counts.Length];
            for (int draw = 0; draw < Draws; draw++)
            {
                (double One, double Member, double[] Bags) found = Once(draw, standardized);
                laboratory.Say(FormattableString.Invariant($"draw {draw}{(standardized ? "" : ", inputs as they are")}: one {found.One:F2}, member {found.Member:F2}, bag {found.Bags[^1]:F2}"));
                one += found.One / Draws;
                each += found.Member / Draws;
                for (int i = 0; i < counts.Length; i++)
                    together[i] += found.Bags[i] / Draws;
            }

            return (one, each, together);
        }

        (double One, double Member, double[] Bags) Once(int draw, bool standardized)
        {
            Dataset train = Draw(TrainCount, laboratory.Random("train").Fork(draw)), test = Draw(TestCount, laboratory.Random("test").Fork(draw));
            double mean = train.Targets.Span.ToArray().Average(v => (double)v);
            double spread = Math.Sqrt(train.Targets.Span.ToArray().Average(v => (v - mean) * (v - mean)));
            Dataset scaled = Scale(train, mean, spread, standardized), scaledTest = Scale(test, mean, spread, standardized);
            double Error(Module model)
            {
                Value y = model.Predict(scaledTest, laboratory.Execution);
                return Enumerable.Range(0, TestCount).Average(i => Math.Pow((y[i] * spread) + mean - test.Targets.Span[i], 2));
            }

            Trainer one = Create(laboratory, laboratory.Random("single").Fork(draw), standardized);
            var fit = new FitOptions { Epochs = laboratory.Epochs, BatchSize = TrainCount };
            laboratory.Train($"single-{draw}{(standardized ? "" : "-as-is")}", one, scaled, fit);
            TrainedEnsemble bag = new Bagging { Create = random => Create(laboratory, random, standardized), Members = Members, Seed = laboratory.Seed + (ulong)draw }
                .Fit(scaled, fit, laboratory.Cancellation);
            laboratory.ThrowIfCancelled();
            return (Error((Module)one.Model), bag.Members.Average(Error), [.. counts.Select(k => Error(bag.First(k)))]);
        }
    }

    private static Trainer Create(Laboratory laboratory, RandomSource random, bool standardized) => new()
    {
        Model = standardized
            ? new Sequential(
                new Dense(Inputs, 30, random) { Activation = Ops.Tanh, WeightInitializer = new Normal(1 / Math.Sqrt(Inputs)) },
                new Dense(30, 1, random) { WeightInitializer = new Normal(1 / Math.Sqrt(30)) })
            : new Sequential(new Dense(Inputs, 30, random) { Activation = Ops.Tanh }, new Dense(30, 1, random)),
        Loss = new MeanSquaredError(),
        Optimizer = new Adam { LearningRate = 0.01 },
        Execution = laboratory.Execution,
    };

    /// <summary>Inputs, uniform from 0 to 1, as they are or to mean 0 and deviation 1, and the target by that of the training examples.</summary>
    private static Dataset Scale(Dataset data, double mean, double spread, bool standardized) => Dataset.FromTargets(
        [.. data.Features.ToArray().Select(v => standardized ? (float)((v - 0.5) * Math.Sqrt(12)) : v)],
        [Inputs],
        [.. data.Targets.Span.ToArray().Select(v => (float)((v - mean) / spread))],
        [1]);

    private static Dataset Draw(int count, RandomSource random)
    {
        var x = new float[count * Inputs];
        random.FillUniform(x, 0, 1);
        return Dataset.FromTargets(
            x,
            [Inputs],
            [
                .. x.Chunk(Inputs).Select(p => (float)((10 * Math.Sin(Math.PI * p[0] * p[1])) + (20 * (p[2] - 0.5) * (p[2] - 0.5)) + (10 * p[3]) + (5 * p[4]) +
                    random.NextNormal())),
            ],
            [1]);
    }
}
