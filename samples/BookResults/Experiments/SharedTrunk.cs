using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>Four tasks tanh(xV)C that share V, each with examples of its own.</summary>
internal sealed class SharedTrunk : Experiment
{
    private const int Inputs = 20, Factors = 3, Tasks = 4, Rows = 60, TestRows = 1000, Seeds = 6;

    public override string Name => "multi-task";

    public override string Source => "Several tasks on one trunk, book 7.7";

    public override string Settings =>
        "tanh(xV)C + 0.1 noise, V 20 × 3 of deviation 0.3, 60 examples of its own for each task; 10 tanh units a net, weight decay 0.001, Adam 0.01, full batches; 6 seeds; epochs are steps";

    public override int Epochs => 1500;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        double[] shared = new double[Seeds], apart = new double[Seeds];
        for (int seed = 0; seed < Seeds; seed++)
        {
            RandomSource random = laboratory.Random("tasks").Fork(seed);
            double[] v = [.. Enumerable.Range(0, Inputs * Factors).Select(_ => 0.3 * random.NextNormal())];
            double[] c = [.. Enumerable.Range(0, Factors * Tasks).Select(_ => random.NextNormal())];
            (float[] X, float[] Y)[] train = [.. Enumerable.Range(0, Tasks).Select(task => Draw(Rows, task, v, c, random))];
            (float[] X, float[] Y)[] test = [.. Enumerable.Range(0, Tasks).Select(task => Draw(TestRows, task, v, c, random))];
            shared[seed] = Fit(laboratory, random, Join(train), Join(test));
            apart[seed] = Enumerable.Range(0, Tasks).Average(task => Fit(laboratory, random, Join(train[task]), Join(test[task])));
            laboratory.Say(FormattableString.Invariant($"seed {seed}: shared {shared[seed]:F3}, apart {apart[seed]:F3}"));
        }

        return
        [
            new("squared error, shared trunk", shared.Average(), "0.182"),
            new("squared error, four nets", apart.Average(), "0.352"),
            new("gain %", 100 * (1 - (shared.Average() / apart.Average())), "48"),
            new("seeds on which the shared trunk is better", shared.Zip(apart).Count(p => p.First < p.Second), "5 of 6"),
        ];
    }

    private static Dataset Join(params (float[] X, float[] Y)[] tasks) =>
        Dataset.FromTargets([.. tasks.SelectMany(t => t.X)], [Inputs], [.. tasks.SelectMany(t => t.Y)], [Tasks + 1]);

    private static double Fit(Laboratory laboratory, RandomSource random, Dataset train, Dataset test)
    {
        var trainer = new Trainer
        {
            Model = new Sequential(new Dense(Inputs, 10, random) { Activation = Ops.Tanh }, new Dense(10, Tasks, random)),
            Loss = new OwnTask(),
            Optimizer = new Adam { LearningRate = 0.01 },
            Regularizers = [new L2(1e-3)],
            Execution = laboratory.Execution,
        };
        trainer.Fit(train, new FitOptions { Epochs = laboratory.Epochs, BatchSize = train.Count, Shuffle = false }, laboratory.Cancellation);
        laboratory.ThrowIfCancelled();
        return trainer.Evaluate(test).Loss;
    }

    /// <summary>Targets are 1 in the place of the task, 0 in those of the others, and the number itself.</summary>
    private static (float[] X, float[] Y) Draw(int count, int task, double[] v, double[] c, RandomSource random)
    {
        float[] x = new float[count * Inputs], y = new float[count * (Tasks + 1)];
        random.FillNormal(x, 0, 1);
        for (int row = 0; row < count; row++)
        {
            double[] factors = [.. Enumerable.Range(0, Factors).Select(f => Math.Tanh(Enumerable.Range(0, Inputs).Sum(i => x[(row * Inputs) + i] * v[(i * Factors) + f])))];
            y[(row * (Tasks + 1)) + task] = 1;
            y[(row * (Tasks + 1)) + Tasks] = (float)(factors.Select((h, f) => h * c[(f * Tasks) + task]).Sum() + (0.1 * random.NextNormal()));
        }

        return (x, y);
    }

    /// <summary>The squared error of the head of an example's own task.</summary>
    private sealed record OwnTask : Loss
    {
        public override Variable PerExample(Variable prediction, Variable target) =>
            ((prediction * target.Slice(1, 0, Tasks)).Sum([1]) - target.Slice(1, Tasks, Tasks + 1).Reshape([target.Shape[0]])).Square();
    }
}
