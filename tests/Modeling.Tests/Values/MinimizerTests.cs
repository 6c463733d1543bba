using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Optimizers.FullBatch;
using static Toolkit.Modeling.Tests.Values.Loops;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Full-batch minimizers on ½xᵀAx − bᵀx, whose minimum solves Ax = b, and whose directions can be computed by hand.</summary>
public sealed class MinimizerTests
{
    private const int N = 4;

    private static readonly double[] A = [4, 1, 0, 0.5, 1, 3, 0.7, 0, 0, 0.7, 2, 0.3, 0.5, 0, 0.3, 1], Solution = [0.3, -0.2, 0.4, 0.1], B = Product(A, Solution, N, N, 1);

    [Fact]
    public void Every_minimizer_is_tested() => Options.Complete(
        typeof(Minimizer), [nameof(LimitedMemoryBfgs), nameof(NewtonConjugateGradient), nameof(NonlinearConjugateGradient)]);

    [Fact]
    public void The_minimum_of_a_quadratic_is_the_solution_of_its_system()
    {
        foreach (Minimizer minimizer in new Minimizer[] { new LimitedMemoryBfgs(), new NewtonConjugateGradient(), new NonlinearConjugateGradient() })
        {
            (MinimizerResult result, double[] x) = Minimize(minimizer with { Tolerance = 1e-9 });
            Assert.True(result.Converged);
            Run.Close(Solution, x, 1e-8);
            Assert.Equal(Value(Solution), result.Value, 1e-12);
            Assert.InRange(result.GradientNorm, 0, 1e-9);
            // It is enough when the gradient is small compared with the first one.
            (MinimizerResult rough, double[] near) = Minimize(minimizer with { Tolerance = 0.5 });
            Assert.True(rough.Converged && rough.Iterations < result.Iterations);
            Assert.Equal(Norm(Slope(near)), rough.GradientNorm, 1e-12);
            Assert.InRange(rough.GradientNorm, 1e-9, 0.5 * Norm(Slope(new double[N])));
            MinimizerResult far = Minimize(minimizer with { Tolerance = 0.5 }, 100).Result;
            Assert.True(far.Converged);
            Assert.InRange(far.GradientNorm, 0.5, 0.5 * 100 * Norm(B));
            MinimizerResult small = Minimize(minimizer with { Tolerance = 0.5 }, 1e-3).Result;
            Assert.True(small.Converged);
            Assert.InRange(small.GradientNorm, 1e-9, 0.5 * 1e-3 * Norm(B));
            (MinimizerResult cut, double[] early) = Minimize(minimizer with { Iterations = 1, Tolerance = 0 });
            Assert.True(cut.Iterations == 1 && !cut.Converged);
            Assert.True(Value(early) < 0);
        }
    }

    /// <summary>d ← −g + βd with β = (g − g′)ᵀg/g′ᵀg′.</summary>
    [Fact]
    public void Nonlinear_conjugate_gradients_go_along_the_direction_of_algorithm_8_9()
    {
        // With a fourth power, so that line searches end before the minimum and gradients are not orthogonal.
        const double Fourth = 300;
        double[] first = Minimize(new NonlinearConjugateGradient { Iterations = 1 }, fourth: Fourth).Point, second = Minimize(new NonlinearConjugateGradient { Iterations = 2 }, fourth: Fourth).Point;
        double[] g0 = Slope(new double[N]), g1 = Slope(first, Fourth);
        Parallel(Times(-1, g0), first);
        Assert.True(Math.Abs(Dot(g0, g1)) > 0.01 * Dot(g0, g0));
        double beta = Dot(Minus(g1, g0), g1) / Dot(g0, g0);
        Assert.True(beta > 0);
        Parallel(Minus(Times(-beta, g0), g1), Minus(second, first));
    }

    /// <summary>With as many pairs as it remembers, the direction is −Hg with the BFGS update H ← (I − ρsyᵀ)H(I − ρysᵀ) + ρssᵀ, as a matrix, from γI.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    public void L_bfgs_goes_along_the_direction_of_its_remembered_pairs(int memory)
    {
        double[][] x = [new double[N], .. Enumerable.Range(1, 4).Select(k => Minimize(new LimitedMemoryBfgs { Memory = memory, Iterations = k, Tolerance = 0 }).Point)];
        int[] remembered = [.. Enumerable.Range(0, 3).TakeLast(memory)];
        double[] s = Minus(x[3], x[2]), y = Minus(Slope(x[3]), Slope(x[2]));
        var h = new double[N * N];
        for (int i = 0; i < N; i++)
            h[(i * N) + i] = Dot(s, y) / Dot(y, y);
        foreach (int k in remembered)
            h = Updated(h, Minus(x[k + 1], x[k]), Minus(Slope(x[k + 1]), Slope(x[k])));
        Parallel(Times(-1, Product(h, Slope(x[3]), N, N, 1)), Minus(x[4], x[3]));
    }

    /// <summary>A single inner step is steepest descent of the exact length; inner steps go on until the residual of Hd = −g is half the gradient, or less: √(‖g‖/‖g₀‖).</summary>
    [Fact]
    public void Newton_steps_take_as_many_inner_steps_as_they_may()
    {
        double[] x = new double[N];
        for (int step = 1; step <= 4; step++)
        {
            double[] g = Slope(x);
            x = Minus(x, Times(Dot(g, g) / Dot(g, Product(A, g, N, N, 1)), g));
            Run.Close(x, Minimize(new NewtonConjugateGradient { InnerIterations = 1, Iterations = step, Tolerance = 0 }).Point, 1e-12);
        }

        double first = Norm(B);
        x = new double[N];
        for (int step = 1; Norm(Slope(x)) > 1e-6 * first; step++)
        {
            Assert.InRange(step, 1, 10);
            double[] next = Minimize(new NewtonConjugateGradient { Iterations = step, Tolerance = 0 }).Point;
            // On a quadratic the residual of the system is the gradient at the next point.
            double share = Norm(Slope(next)) / Norm(Slope(x));
            Assert.InRange(share, 0, Math.Min(0.5, Math.Sqrt(Norm(Slope(x)) / first)));
            x = next;
        }
    }

    /// <summary>f in other units, and x in other units, take the same way to the same minimum.</summary>
    [Theory]
    [InlineData(1.0, 1.0)]
    [InlineData(1e30, 1.0)]
    [InlineData(1e-30, 1.0)]
    [InlineData(1.0, 1e16)]
    [InlineData(1.0, 1e-16)]
    [InlineData(1e-16, 1e16)]
    [InlineData(1e20, 1e-16)]
    public void Minimizers_have_no_units(double ofValue, double ofPoint)
    {
        double[] start = [-1.2, 1, -0.5, 0.8];
        foreach (Minimizer minimizer in new Minimizer[] { new LimitedMemoryBfgs(), new NewtonConjugateGradient(), new NonlinearConjugateGradient() })
        {
            foreach (bool fromZero in new[] { false, true })
            {
                var x = new Parameter("x", Autograd.Tensors.Value.Of(fromZero ? new double[4] : Times(ofPoint, start), 4), ParameterRole.Weight);
                Variable unit = x.Variable / ofPoint, left = unit.Slice(0, 0, 3), right = unit.Slice(0, 1, 4);
                Variable valley = ofValue * ((5.0 * (right - left.Square()).Square()) + (1.0 - left).Square()).Sum();
                MinimizerResult result = (minimizer with { Iterations = 1000, Tolerance = 1e-9 }).Minimize(new ScalarFunction(valley, [x]));
                Assert.True(result.Converged, $"{minimizer} from {(fromZero ? "0" : "afar")}: {result}");
                Run.Close([1, 1, 1, 1], Times(1 / ofPoint, Run.Numbers(x.Value)), 1e-6);
            }
        }
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1e-200)]
    [InlineData(1e200)]
    public void Conjugate_gradients_have_no_units(double size)
    {
        double[] right = Times(size, B);
        Run.Close(Solution, Times(1 / size, ConjugateGradient.Solve(v => Product(A, v, N, N, 1), right, 2 * N, 1e-10)), 1e-8);
        Assert.Equal(right, ConjugateGradient.Solve(v => Times(-1, v), right, N, 1e-10));
    }

    private static (MinimizerResult Result, double[] Point) Minimize(Minimizer minimizer, double scale = 1, double fourth = 0)
    {
        var x = new Parameter("x", Autograd.Tensors.Value.Of(new double[N], N, 1), ParameterRole.Weight);
        Variable a = Variable.Of(Autograd.Tensors.Value.Of(A, N, N)), b = Variable.Of(Autograd.Tensors.Value.Of(B, N, 1));
        MinimizerResult result = minimizer.Minimize(new ScalarFunction((0.5 * (x * a.MatMul(x)).Sum()) - (scale * b * x.Variable).Sum() + (fourth / 4 * x.Variable.Square().Square()).Sum(), [x]));
        return (result, Run.Numbers(x.Value));
    }

    private static double[] Updated(double[] h, double[] s, double[] y)
    {
        double rho = 1 / Dot(s, y);
        double[] left = [.. Enumerable.Range(0, N * N).Select(i => (i / N == i % N ? 1 : 0) - (rho * s[i / N] * y[i % N]))];
        double[] right = [.. Enumerable.Range(0, N * N).Select(i => left[(i % N * N) + (i / N)])];
        return [.. Product(Product(left, h, N, N, N), right, N, N, N).Select((v, i) => v + (rho * s[i / N] * s[i % N]))];
    }

    private static void Parallel(double[] expected, double[] found)
    {
        Assert.True(Dot(expected, found) > 0);
        Run.Close(Times(1 / Norm(expected), expected), Times(1 / Norm(found), found), 1e-7);
    }

    private static double Value(double[] x) => (0.5 * Dot(x, Product(A, x, N, N, 1))) - Dot(B, x);

    private static double[] Slope(double[] x, double fourth = 0) => Minus([.. Product(A, x, N, N, 1).Zip(x, (g, v) => g + (fourth * v * v * v))], B);

    private static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();

    private static double Norm(double[] a) => Math.Sqrt(Dot(a, a));

    private static double[] Minus(double[] a, double[] b) => [.. a.Zip(b, (p, q) => p - q)];

    private static double[] Times(double factor, double[] a) => [.. a.Select(v => factor * v)];
}
