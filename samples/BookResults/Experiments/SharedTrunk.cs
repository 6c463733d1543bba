using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>Four tasks tanh(xV)C that share V.</summary>
internal sealed class SharedTrunk : Experiment
{
    private const int Inputs = 20, Factors = 3, Tasks = 4, Rows = 60, TestRows = 1000, Seeds = 6;

    public override string Name => "multi-task";

    public override string Source => "Several tasks on one trunk, book 7.7";

    public override string Settings => "tanh(xV)C + 0.1 noise, V 20 × 3, 60 examples; 10 tanh units a net, weight decay 0.001, Adam 0.01, full batches; 6 seeds; epochs are steps";

    public override int Epochs => 1500;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        double[] shared = new double[Seeds], apart = new double[Seeds];
        for (int seed = 0; seed < Seeds; seed++)
        {
            RandomSource random = laboratory.Random("tasks").Fork(seed);
            double[] v = [.. Enumerable.Range(0, Inputs * Factors).Select(_ => random.NextNormal() / Math.Sqrt(Inputs))];
            double[] c = [.. Enumerable.Range(0, Factors * Tasks).Select(_ => random.NextNormal())];
            (float[] x, float[] y) = Draw(Rows, v, c, random);
            (float[] X, float[] Y) test = Draw(TestRows, v, c, random);
            shared[seed] = Fit(laboratory, random, x, y, test.X, test.Y, Tasks);
            apart[seed] = Enumerable.Range(0, Tasks).Average(task => Fit(laboratory, random, x, Column(y, task), test.X, Column(test.Y, task), 1));
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

    private static float[] Column(float[] y, int task) => [.. y.Where((_, i) => i % Tasks == task)];

    private static double Fit(Laboratory laboratory, RandomSource random, float[] x, float[] y, float[] testX, float[] testY, int outputs)
    {
        var trainer = new Trainer
        {
            Model = new Sequential(new Dense(Inputs, 10, random) { Activation = Ops.Tanh }, new Dense(10, outputs, random)),
            Loss = new MeanSquaredError(),
            Optimizer = new Adam { LearningRate = 0.01 },
            Regularizers = [new L2(1e-3)],
            Execution = laboratory.Execution,
        };
        trainer.Fit(Dataset.FromTargets(x, [Inputs], y, [outputs]), new FitOptions { Epochs = laboratory.Epochs, BatchSize = Rows, Shuffle = false }, laboratory.Cancellation);
        laboratory.ThrowIfCancelled();
        return trainer.Evaluate(Dataset.FromTargets(testX, [Inputs], testY, [outputs])).Loss;
    }

    private static (float[] X, float[] Y) Draw(int count, double[] v, double[] c, RandomSource random)
    {
        float[] x = new float[count * Inputs], y = new float[count * Tasks];
        random.FillNormal(x, 0, 1);
        for (int row = 0; row < count; row++)
        {
            double[] factors = [.. Enumerable.Range(0, Factors).Select(f => Math.Tanh(Enumerable.Range(0, Inputs).Sum(i => x[(row * Inputs) + i] * v[(i * Factors) + f])))];
            for (int task = 0; task < Tasks; task++)
                y[(row * Tasks) + task] = (float)(factors.Select((h, f) => h * c[(f * Tasks) + task]).Sum() + (0.1 * random.NextNormal()));
        }

        return (x, y);
    }
}
