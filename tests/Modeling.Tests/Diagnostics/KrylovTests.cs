using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Diagnostics;

/// <summary>What products with a Hessian tell of it (book section 6.5.10).</summary>
public sealed class KrylovTests
{
    /// <summary>A float64 network of 21 parameters: the Hessian from 21 products with unit vectors, its eigenvalues by plane rotations.</summary>
    [Fact]
    public void Eigenvalues_of_a_small_network_are_those_of_its_dense_Hessian()
    {
        ScalarFunction f = SmallNetwork();
        double[,] dense = Dense(f);
        double[] expected = Jacobi.Eigen(dense).Values;
        double[] found = [.. Lanczos.Eigenpairs(v => f.HessianProduct(v), f.Size, f.Size, new RandomSource(3)).Select(pair => pair.Value)];
        Run.Close(expected, found, 1e-8);
        Assert.True(expected[0] < -1e-3 && expected[^1] > 0.1, "the Hessian is indefinite");
    }

    [Fact]
    public void Damped_conjugate_gradients_solve_the_dense_system()
    {
        ScalarFunction f = SmallNetwork();
        double[,] dense = Dense(f);
        double damping = 0.1 - Jacobi.Eigen(dense).Values[0];
        double[] b = [.. Enumerable.Range(0, f.Size).Select(i => Math.Sin(1.0 + i))];
        double[] x = ConjugateGradient.Solve(v => f.HessianProduct(v), b, 10 * f.Size, 1e-12, damping);
        Run.Close(b, [.. Enumerable.Range(0, f.Size).Select(i => (damping * x[i]) + Enumerable.Range(0, f.Size).Sum(j => dense[i, j] * x[j]))], 1e-9);
        Assert.Throws<ArgumentOutOfRangeException>(() => ConjugateGradient.Solve(v => v, b, 1, 0.1, -1));
    }

    /// <summary>With as many steps as the matrix is large each vector's quadrature is exact: Σ wₖ λₖᵐ = vᵀAᵐv. So the mean over many vectors is close to the dense spectrum.</summary>
    [Fact]
    public void The_spectrum_has_the_trace_and_the_shares_of_the_dense_one()
    {
        ScalarFunction f = SmallNetwork();
        double[,] dense = Dense(f);
        double[] values = Jacobi.Eigen(dense).Values;
        Spectrum spectrum = Lanczos.Spectrum(v => f.HessianProduct(v), f.Size, f.Size, 200, new RandomSource(8));
        Assert.Equal(1, spectrum.Points.Sum(point => point.Share), 1e-10);
        Assert.InRange(Math.Abs(spectrum.Trace - values.Sum()), 0, 4 * spectrum.TraceError);
        Assert.InRange(spectrum.TraceError, 0, 0.1 * values.Sum(Math.Abs));
        foreach (double border in new[] { -1e-6, 0.05, 0.5 })
            Assert.Equal(values.Count(value => value < border) / (double)f.Size, spectrum.Below(border), 0.05);
        double low = values[0] - 1, step = (values[^1] - values[0] + 2) / 4000;
        Assert.Equal(1, Enumerable.Range(0, 4001).Sum(i => spectrum.Density(low + (i * step), 0.1)) * step, 1e-6);
    }

    [Fact]
    public void A_multiple_of_the_identity_has_one_point()
    {
        Spectrum spectrum = Lanczos.Spectrum(v => [.. v.Select(x => 3 * x)], 7, 5, 2, new RandomSource(1));
        Assert.All(spectrum.Points, point => Assert.Equal(3, point.Eigenvalue, 1e-12));
        Assert.Equal(21, spectrum.Trace, 1e-10);
        Assert.Equal(0, spectrum.TraceError, 1e-10);
    }

    /// <summary>Factors near the ends of the range, more steps than the matrix has rows: as many eigenvalues as rows, each with its vector.</summary>
    [Theory]
    [InlineData(1.0)]
    [InlineData(1e-150)]
    [InlineData(1e150)]
    public void The_size_of_the_numbers_does_not_matter(double factor)
    {
        const int Size = 24;
        double[] Product(double[] v) => [.. v.Select((x, i) => factor * (i + 1.0) * (i + 1.0) * x)];
        IReadOnlyList<Eigenpair> pairs = Lanczos.Eigenpairs(Product, Size, 1000, new RandomSource(4));
        Run.Close([.. Enumerable.Range(1, Size).Select(i => (double)i * i)], [.. pairs.Select(pair => pair.Value / factor)], 1e-9);
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j <= i; j++)
                Assert.Equal(i == j ? 1 : 0, pairs[i].Vector.Zip(pairs[j].Vector, (p, q) => p * q).Sum(), 1e-12);
        }

        Spectrum spectrum = Lanczos.Spectrum(Product, Size, 1000, 3, new RandomSource(5));
        Assert.Equal(3 * Size, spectrum.Points.Count);
        Assert.Equal(1, spectrum.Points.Sum(point => point.Share), 1e-10);
    }

    [Fact]
    public void A_residual_is_how_far_a_pair_is_from_an_eigenpair()
    {
        double[] Product(double[] v) => [.. v.Select((x, i) => (i + 1.0) * x)];
        IReadOnlyList<Eigenpair> pairs = Lanczos.Eigenpairs(Product, 12, 4, new RandomSource(6));
        Assert.Equal(4, pairs.Count);
        foreach (Eigenpair pair in pairs)
        {
            double distance = Math.Sqrt(Product([.. pair.Vector]).Zip(pair.Vector, (image, v) => Math.Pow(image - (pair.Value * v), 2)).Sum());
            Assert.True(distance > 1e-3);
            Assert.Equal(distance, pair.Residual, 1e-10);
        }
    }

    /// <summary>Of two vectors the error of the trace is half their distance; of one nobody knows it.</summary>
    [Fact]
    public void The_error_of_the_trace_is_that_of_a_mean()
    {
        double[] Product(double[] v) => [.. v.Select((x, i) => (i + 1.0) * x)];
        Spectrum Of(int vectors, RandomSource random) => Lanczos.Spectrum(Product, 6, 6, vectors, random);
        var random = new RandomSource(7);
        (Spectrum first, Spectrum second, Spectrum both) = (Of(1, random), Of(1, random), Of(2, new RandomSource(7)));
        Assert.Equal((first.Trace + second.Trace) / 2, both.Trace, 1e-10);
        Assert.Equal(Math.Abs(first.Trace - second.Trace) / 2, both.TraceError, 1e-10);
        Assert.True(both.TraceError > 0.01);
        Assert.Equal(double.NaN, first.TraceError);
    }

    [Fact]
    public void Below_a_point_is_without_it()
    {
        Spectrum one = Lanczos.Spectrum(v => [3 * v[0]], 1, 5, 1, new RandomSource(1));
        Assert.Equal([0.0, 1.0], [one.Below(3), one.Below(3.5)]);
        Assert.Equal(1 / (0.2 * Math.Sqrt(2 * Math.PI)), one.Density(3, 0.2), 1e-12);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_product_that_is_not_finite_or_of_another_length_is_refused(double number)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Lanczos.Eigenpairs(v => [.. v.SkipLast(1), number], 4, 3, new RandomSource(1)));
        Assert.Contains("Expected 4 finite numbers as product 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("found 3", Assert.Throws<ArgumentException>(() => Lanczos.Spectrum(v => v[1..], 4, 3, 1, new RandomSource(1))).Message, StringComparison.Ordinal);
    }

    /// <summary>25,450 parameters in float32, after some training on digits: whatever vector it begins with, the greatest eigenvalues are the same.</summary>
    [Fact]
    public void The_five_greatest_eigenvalues_of_a_digit_network_do_not_depend_on_the_vector_to_begin_with()
    {
        var random = new RandomSource(2);
        Dataset digits = GeneratedDigits.Create(200, 4);
        var model = new Sequential(new Dense(784, 32, random) { Activation = Ops.Tanh }, new Dense(32, 10, random));
        new Trainer { Model = model, Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam { LearningRate = 1e-3 } }.Fit(digits, new FitOptions { Epochs = 5, BatchSize = 50 });
        Batch all = digits.Batches(new BatchOptions { Size = 200 }).First();
        Variable x = Variable.Input("x", DType.Float32, [200, 784]), y = Variable.Input("y", DType.Int64, [200]);
        Variable loss = new SoftmaxCrossEntropy().PerExample(model.Forward(x, new ForwardContext(Mode.Inference)), y).Mean();
        var f = new ScalarFunction(loss, model.Parameters, [(x, all.Features), (y, all.Target)]);
        double[] Greatest(ulong seed) => [.. Lanczos.Eigenpairs(v => f.HessianProduct(v), f.Size, 50, new RandomSource(seed)).Select(pair => pair.Value).TakeLast(5)];
        (double[] first, double[] second) = (Greatest(1), Greatest(2));
        Assert.All(first.Zip(second), pair => Assert.Equal(1, pair.First / pair.Second, 1e-3));
        Assert.True(first[^1] > 1.01 * first[0]);
    }

    private static ScalarFunction SmallNetwork()
    {
        Parameter Of(string name, int seed, params int[] sizes) =>
            new(name, Value.Of([.. Enumerable.Range(0, sizes.Aggregate((a, b) => a * b)).Select(i => Math.Sin((1.7 * i) + seed))], sizes));
        Parameter w = Of("w", 1, 2, 5), b = Of("b", 2, 5), v = Of("v", 3, 5, 1), c = Of("c", 4, 1);
        Variable x = Variable.Of(Value.Of([0.5, -1, 1.5, 0.3, -0.7, 0.9, 1.1, 2, -1.2, 0.1, 0.4, -0.6], 6, 2));
        Variable t = Variable.Of(Value.Of([1.0, -1, 0.5, 2, 0, 1], 6, 1));
        Variable y = (x.MatMul(w) + b).Tanh().MatMul(v) + c;
        return new ScalarFunction((y - t).Square().Mean(), [w, b, v, c], execution: new ExecutionOptions { Threads = 1 });
    }

    private static double[,] Dense(ScalarFunction f)
    {
        var dense = new double[f.Size, f.Size];
        for (int j = 0; j < f.Size; j++)
        {
            double[] unit = new double[f.Size], at = f.Point, above = new double[f.Size], below = new double[f.Size], moved = [.. at];
            unit[j] = 1;
            double[] column = f.HessianProduct(unit);
            for (int i = 0; i < f.Size; i++)
                dense[i, j] = column[i];

            // The product itself against differences of gradients.
            moved[j] = at[j] + 1e-5;
            f.Evaluate(moved, above);
            moved[j] = at[j] - 1e-5;
            f.Evaluate(moved, below);
            f.Point = at;
            Run.Close([.. above.Zip(below, (p, q) => (p - q) / 2e-5)], column, 1e-7);
        }

        return dense;
    }
}
