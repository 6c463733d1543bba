using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>Linear regression with more noise than examples can average out: descent from 0 stopped at its best step, against the best weight decay.</summary>
internal sealed class EarlyStoppingRidge : Experiment
{
    private const int Rows = 50, Columns = 30;

    public override string Name => "early-stopping-ridge";

    public override string Source => "Early stopping acts as weight decay, book 7.8, equations 7.33 to 7.45";

    public override string Settings =>
        "50 examples of 30 normal predictors, w ~ N(0, 0.09), noise 1; squared distance to the true w; gradient descent from 0, best of 400 steps; ridge, best of 40 strengths; epochs are draws";

    public override int Epochs => 200;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        double[] leastSquares = new double[laboratory.Epochs], stopped = new double[laboratory.Epochs], ridge = new double[laboratory.Epochs];
        var w = new Parameter("w", Value.Zeros(DType.Float64, Columns, 1), ParameterRole.Weight);
        Variable x = Variable.Input("x", DType.Float64, [Rows, Columns]), y = Variable.Input("y", DType.Float64, [Rows, 1]);
        Variable loss = 0.5 * (x.MatMul(w) - y).Square().Sum();
        for (int draw = 0; draw < laboratory.Epochs; draw++)
        {
            laboratory.ThrowIfCancelled();
            (double[] features, double[] truth, double[] targets) = Draw(laboratory.Random("draw").Fork(draw));
            Value xs = Value.Of(features, Rows, Columns), ys = Value.Of(targets, Rows, 1);
            var plain = new ScalarFunction(loss, [w], [(x, xs), (y, ys)], laboratory.Execution);
            stopped[draw] = Descend(plain, truth);
            leastSquares[draw] = Ridge(features, targets, truth, 0);
            ridge[draw] = Enumerable.Range(0, 40).Min(i => Ridge(features, targets, truth, 0.1 * Math.Pow(10, i / 10.0)));
        }

        return
        [
            new("least squares", leastSquares.Average(), "1.540"),
            new("best stop", stopped.Average(), "0.736"),
            new("best ridge", ridge.Average(), "0.718"),
            new("mean ratio stop/ridge", stopped.Zip(ridge, (s, r) => s / r).Average(), "1.03, within 1.10"),
        ];
    }

    private static double Descend(ScalarFunction function, double[] truth)
    {
        double[] point = new double[Columns], gradient = new double[Columns];
        double best = double.PositiveInfinity;
        for (int step = 0; step < 400; step++)
        {
            function.Evaluate(point, gradient);
            best = Math.Min(best, Distance(point, truth));
            for (int i = 0; i < Columns; i++)
                point[i] -= 0.005 * gradient[i];
        }

        return best;
    }

    /// <summary>(XᵀX + aI)w = Xᵀy by elimination; the matrix is positive definite.</summary>
    private static double Ridge(double[] x, double[] y, double[] truth, double strength)
    {
        var a = new double[Columns, Columns + 1];
        for (int i = 0; i < Columns; i++)
        {
            for (int j = 0; j < Columns; j++)
            {
                for (int r = 0; r < Rows; r++)
                    a[i, j] += x[(r * Columns) + i] * x[(r * Columns) + j];
            }

            a[i, i] += strength;
            for (int r = 0; r < Rows; r++)
                a[i, Columns] += x[(r * Columns) + i] * y[r];
        }

        for (int k = 0; k < Columns; k++)
        {
            for (int i = k + 1; i < Columns; i++)
            {
                double factor = a[i, k] / a[k, k];
                for (int j = k; j <= Columns; j++)
                    a[i, j] -= factor * a[k, j];
            }
        }

        var w = new double[Columns];
        for (int i = Columns - 1; i >= 0; i--)
        {
            w[i] = a[i, Columns];
            for (int j = i + 1; j < Columns; j++)
                w[i] -= a[i, j] * w[j];
            w[i] /= a[i, i];
        }

        return Distance(w, truth);
    }

    private static double Distance(double[] w, double[] truth) => w.Zip(truth, (a, b) => (a - b) * (a - b)).Sum();

    private static (double[] X, double[] W, double[] Y) Draw(RandomSource random)
    {
        double[] x = [.. Enumerable.Range(0, Rows * Columns).Select(_ => random.NextNormal())];
        double[] w = [.. Enumerable.Range(0, Columns).Select(_ => 0.3 * random.NextNormal())];
        double[] y = [.. Enumerable.Range(0, Rows).Select(r => w.Select((v, j) => v * x[(r * Columns) + j]).Sum() + random.NextNormal())];
        return (x, w, y);
    }
}
