using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Ensembles;
using Toolkit.Modeling.Modules;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class BoostedStumps : Experiment
{
    private const int Features = 9, TrainCount = 455;

    public override string Name => "boosting";

    public override string Source => "AdaBoost of decision stumps on the breast cancer data, book 7.11 (Freund, Schapire 1996)";

    public override string Settings => "683 complete rows, 455 for training, the rest for the test error; mean over 10 splits; epochs are rounds";

    public override int Epochs => 100;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        double[][] rows = laboratory.Data.Rows("breast-cancer", "breast-cancer-withheader.txt", '\t', 1);
        Dataset all = Dataset.FromLabels([.. rows.SelectMany(r => r[1..].Select(v => (float)v))], [Features], [.. rows.Select(r => (long)r[0])], 2);
        double[] one = new double[10], ten = new double[10], many = new double[10];
        int violations = 0;
        for (int split = 0; split < 10; split++)
        {
            laboratory.ThrowIfCancelled();
            (Dataset train, Dataset test) = all.Split((double)TrainCount / all.Count, laboratory.Random("split").Fork(split));
            Boosted boosted = new AdaBoost { Rounds = laboratory.Epochs }.Fit(train, (_, weights) => Stump(train, weights));
            one[split] = Error(boosted.Ensemble.First(1), test);
            ten[split] = Error(boosted.Ensemble.First(Math.Min(10, boosted.Rounds.Count)), test);
            many[split] = Error(boosted.Ensemble.Model, test);
            double bound = boosted.Rounds.Aggregate(1.0, (product, r) => product * 2 * Math.Sqrt(r.Error * (1 - r.Error)));
            violations += Error(boosted.Ensemble.Model, train) / 100 > bound + 1e-9 ? 1 : 0;
        }

        return
        [
            new("test error % of one stump", one.Average(), "7.8"),
            new("test error % of 10 rounds", ten.Average(), "5.0"),
            new("test error % of 100 rounds", many.Average(), "4.5"),
            new("violations of the bound ∏ 2√(ε(1 − ε))", violations, "0"),
        ];
    }

    /// <summary>The threshold on one feature with the least weighted error.</summary>
    private static Activation Stump(Dataset data, IReadOnlyList<double> weights)
    {
        (double least, int feature, double threshold, double sign) = (double.PositiveInfinity, 0, 0, 1);
        for (int f = 0; f < Features; f++)
        {
            for (double at = 0.5; at <= 10.5; at++)
            {
                double error = 0;
                for (int i = 0; i < data.Count; i++)
                    error += (data.Features.Span[(i * Features) + f] > at ? 1 : 0) != data.Labels.Span[i] ? weights[i] : 0;
                foreach ((double value, double direction) in new[] { (error, 1.0), (1 - error, -1.0) })
                {
                    if (value < least)
                        (least, feature, threshold, sign) = (value, f, at, direction);
                }
            }
        }

        (int chosen, double border, double side) = (feature, threshold, sign);
        return new Activation(x =>
        {
            Variable above = side * (x.Slice(1, chosen, chosen + 1) - border);
            return Ops.Concat(1, -above, above);
        });
    }

    private static double Error(Module model, Dataset data)
    {
        Value votes = new Predictor(model, [Features]).Predict(data);
        return 100 * Enumerable.Range(0, data.Count).Average(i => (votes[(2 * i) + 1] > votes[2 * i] ? 1 : 0) != data.Labels.Span[i] ? 1.0 : 0.0);
    }
}
