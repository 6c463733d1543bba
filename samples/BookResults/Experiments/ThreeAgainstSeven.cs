using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class ThreeAgainstSeven : Experiment
{
    public override string Name => "three-seven";

    public override string Source => "Logistic regression of 3 against 7 under the fast gradient sign attack, and trained against it, book 7.13 (Goodfellow, Shlens, Szegedy 2015)";

    public override string Settings => "two logits (the score is their difference); ε = 0.25, no clipping; momentum 0.9, rate 0.02, batches of 100; the attack is exact on a linear score";

    public override int Epochs => 20;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.Digits();
        train = Only(train);
        test = Only(test);
        (double Clean, double Attacked, double Norm) Fit(string part, params Regularizer[] regularizers)
        {
            var model = new Dense(784, 2, laboratory.Random("weights"));
            Trainer trainer = SmallTraining.Of(laboratory, model, new Momentum { LearningRate = 0.02, Decay = 0.9 }, null, regularizers);
            laboratory.Train(part, trainer, train, new FitOptions { Epochs = laboratory.Epochs, BatchSize = 100 });
            double norm = Enumerable.Range(0, 784).Sum(i => Math.Abs(model.Weight.Value[2 * i] - model.Weight.Value[(2 * i) + 1]));
            return (SmallTraining.Error(trainer, test), new FastGradientSign(model, model, 784, 0.25, laboratory.Execution).On(test).Error, norm);
        }

        (double clean, double attacked, double norm) = Fit("plain");
        (double hardClean, double hardAttacked, double hardNorm) = Fit("adversarial", new AdversarialTraining(0.25) { Share = 1 });
        return
        [
            new("clean error %", clean, "1.6 (paper), 1.8"),
            new("adversarial error %", attacked, "99 (paper), 99.95"),
            new("‖w‖₁", norm, "75"),
            new("clean error % after", hardClean, "7.9"),
            new("adversarial error % after", hardAttacked, "30.7"),
            new("‖w‖₁ after", hardNorm, "12"),
        ];
    }

    private static Dataset Only(Dataset data)
    {
        int[] rows = [.. Enumerable.Range(0, data.Count).Where(i => data.Labels.Span[i] is 3 or 7)];
        Dataset chosen = data.Select(rows);
        return Dataset.FromLabels(chosen.Features.ToArray(), [784], [.. chosen.Labels.ToArray().Select(l => l == 7 ? 1L : 0L)], 2);
    }
}
