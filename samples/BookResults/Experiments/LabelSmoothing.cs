using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class LabelSmoothing : DigitClassifier
{
    private const int Bins = 15;

    public override string Name => "label-smoothing";

    public override string Source => "MNIST with smoothed labels, book 7.5.1: error (Pereyra et al. 2017, table 1) and calibration";

    public override string Settings =>
        "784-1024-1024-10 rectifiers, ε = 0.1 in the uniform form; batches of 100; rate 0.1 → 0, momentum 0.5; calibration error: mean |confidence − accuracy| of 15 bins";

    protected override string Published => "1.23 ± 0.06 (2 × 1024, dropout), 1.47 (30 epochs)";

    protected override Loss Loss => new SoftmaxCrossEntropy { Smoothing = 0.1 };

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.Digits();
        Trainer hard = Train(laboratory, "hard", Model(laboratory.Random("weights")), [], train, test, new SoftmaxCrossEntropy());
        Trainer smooth = Train(laboratory, "smooth", Model(laboratory.Random("weights")), [], train, test);
        (double hardCalibration, double hardConfidence, double hardNats) = Calibration((Module)hard.Model, test, laboratory);
        (double smoothCalibration, double smoothConfidence, double smoothNats) = Calibration((Module)smooth.Model, test, laboratory);
        return
        [
            new("test error % without", Percent(hard, test), "1.64 (2 × 1024, 30 epochs)"),
            new("test error % with", Percent(smooth, test), Published),
            new("mean confidence % without", hardConfidence),
            new("mean confidence % with", smoothConfidence, "about 90 + error: targets of 0.91"),
            new("mean confidence % of errors without", ConfidenceOfErrors((Module)hard.Model, test, laboratory)),
            new("mean confidence % of errors with", ConfidenceOfErrors((Module)smooth.Model, test, laboratory)),
            new("calibration error % without", hardCalibration),
            new("calibration error % with", smoothCalibration),
            new("test nats without", hardNats),
            new("test nats with", smoothNats),
        ];
    }

    protected override Module Model(RandomSource random) => Rectifiers(random, units: 1024);

    private static (double Calibration, double Confidence, double Nats) Calibration(Module model, Dataset test, Laboratory laboratory)
    {
        double[] count = new double[Bins], right = new double[Bins], confidence = new double[Bins];
        double nats = 0;
        foreach ((double[] p, long label) in Probabilities(model, test, laboratory))
        {
            double greatest = p.Max();
            int bin = Math.Min(Bins - 1, (int)(greatest * Bins));
            count[bin]++;
            confidence[bin] += greatest;
            right[bin] += p[label] == greatest ? 1 : 0;
            nats -= Math.Log(Math.Max(p[label], 1e-30));
        }

        double error = Enumerable.Range(0, Bins).Sum(i => Math.Abs(confidence[i] - right[i]));
        return (100.0 * error / test.Count, 100.0 * confidence.Sum() / test.Count, nats / test.Count);
    }

    private static double ConfidenceOfErrors(Module model, Dataset test, Laboratory laboratory)
    {
        double[] greatest = [.. Probabilities(model, test, laboratory).Where(e => e.P.Max() != e.P[e.Label]).Select(e => e.P.Max())];
        return greatest.Length == 0 ? 0 : 100.0 * greatest.Average();
    }

    private static IEnumerable<(double[] P, long Label)> Probabilities(Module model, Dataset test, Laboratory laboratory)
    {
        Value all = new Sequential(model, new Activation(z => Autograd.Operations.Ops.Softmax(z))) { InputShape = [784] }.Predict(test, laboratory.Execution);
        for (int i = 0; i < test.Count; i++)
            yield return ([.. Enumerable.Range(0, 10).Select(c => all[(i * 10) + c])], test.Labels.Span[i]);
    }
}
