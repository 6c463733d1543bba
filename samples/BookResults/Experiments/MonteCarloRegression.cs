using System.Globalization;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.Samples.BookResults.Data;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>Regression with dropout on the 20 fixed splits of a data set, and the mean of masks at inference.</summary>
internal abstract class MonteCarloRegression : Experiment
{
    private const double Rate = 0.05;
    private const int Masks = 100;

    public override string Settings => FormattableString.Invariant(
        $"the 20 fixed splits; 50 rectifiers, dropout 0.05 before each layer, Adam 0.001, batches of 128; precision τ = {Precision} for the likelihood; 100 masks at inference");

    public override int Epochs => 400;

    /// <summary>The rows, with the target in the first column.</summary>
    protected abstract double[][] Rows(DataFolder data);

    /// <summary>The file of the splits.</summary>
    protected abstract string Splits(DataFolder data);

    /// <summary>τ.</summary>
    protected abstract double Precision { get; }

    protected abstract string PublishedError { get; }

    protected abstract string PublishedOne { get; }

    protected abstract string PublishedLikelihood { get; }

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        double[][] rows = Rows(laboratory.Data);
        int[][] splits =
        [
            .. File.ReadLines(Splits(laboratory.Data)).Skip(1)
                .Select(line => line.Split(',')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray()),
        ];
        var results = splits.Select((test, i) => Split(laboratory, rows, [.. test], i)).ToList();
        double mean = results.Average(r => r.Masks);
        return
        [
            new("rmse, mean of 100 masks", mean, PublishedError),
            new("standard error over splits", Math.Sqrt(results.Sum(r => (r.Masks - mean) * (r.Masks - mean)) / (results.Count - 1) / results.Count)),
            new("rmse by weight scaling", results.Average(r => r.Scaling)),
            new("rmse of one mask", results.Average(r => r.One), PublishedOne),
            new("log-likelihood, nats", results.Average(r => r.Likelihood), PublishedLikelihood),
        ];
    }

    private (double Masks, double Scaling, double One, double Likelihood) Split(Laboratory laboratory, double[][] rows, HashSet<int> held, int number)
    {
        double[][] train = [.. rows.Where((_, i) => !held.Contains(i))], test = [.. rows.Where((_, i) => held.Contains(i))];
        int columns = rows[0].Length;
        double[] mean = [.. Enumerable.Range(0, columns).Select(c => train.Average(r => r[c]))];
        double[] spread = [.. Enumerable.Range(0, columns).Select(c => Math.Sqrt(train.Average(r => (r[c] - mean[c]) * (r[c] - mean[c]))))];
        Dataset Scale(double[][] part) => Dataset.FromTargets(
            [.. part.SelectMany(r => Enumerable.Range(1, columns - 1).Select(c => (float)((r[c] - mean[c]) / spread[c])))],
            [columns - 1],
            [.. part.Select(r => (float)((r[0] - mean[0]) / spread[0]))],
            [1]);
        RandomSource random = laboratory.Random("weights").Fork(number);
        var model = new Sequential(
            new Dropout(Rate, random), new Dense(columns - 1, 50, random) { Activation = Ops.Relu }, new Dropout(Rate, random), new Dense(50, 1, random));
        var trainer = new Trainer
        {
            Model = model,
            Loss = new MeanSquaredError(),
            Optimizer = new Adam { LearningRate = 0.001 },
            Execution = laboratory.Execution,
        };
        laboratory.Train($"split{number}", trainer, Scale(train), new FitOptions { Epochs = laboratory.Epochs, BatchSize = 128 });

        Dataset inputs = Scale(test);
        double[] y = [.. test.Select(r => r[0])];
        double[] Numbers(Module m)
        {
            Value v = new Predictor(m, [columns - 1], laboratory.Execution).Predict(inputs);
            return [.. Enumerable.Range(0, v.Count).Select(i => v[i])];
        }

        double Rmse(double[] p) => Math.Sqrt(p.Zip(y, (a, t) => Math.Pow((a * spread[0]) + mean[0] - t, 2)).Average());
        double[] both = Numbers(new MonteCarlo(model, Masks) { WithVariance = true });
        double[] means = [.. both.Where((_, i) => i % 2 == 0)], variances = [.. both.Where((_, i) => i % 2 == 1)];
        double likelihood = Enumerable.Range(0, y.Length).Average(i =>
        {
            double variance = (variances[i] * spread[0] * spread[0]) + (1 / Precision);
            return -0.5 * (Math.Log(2 * Math.PI * variance) + (Math.Pow((means[i] * spread[0]) + mean[0] - y[i], 2) / variance));
        });
        return (Rmse(means), Rmse(Numbers(model)), Rmse(Numbers(new MonteCarlo(model, 1))), likelihood);
    }
}
