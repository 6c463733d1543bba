using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Modeling.Tests.Optimizers;

public sealed class FullBatchTests
{
    private const int Size = 8;

    public static TheoryData<string> Methods => ["lbfgs", "cg", "newton"];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Each_method_finds_the_bottom_of_the_rosenbrock_valley(string method)
    {
        Parameter x = DoubleModel.Weight("x", [-1.2, 1, -0.5, 0.8], 4);
        Variable left = x.Variable.Slice(0, 0, 3), right = x.Variable.Slice(0, 1, 4);
        Variable valley = ((100.0 * (right - left.Square()).Square()) + (1.0 - left).Square()).Sum();
        MinimizerResult result = Make(method, 2000).Minimize(new ScalarFunction(valley, [x]));
        Assert.True(result.Converged, result.ToString());
        Run.Close([1, 1, 1, 1], Run.Numbers(x.Value), 1e-5);
        Assert.InRange(result.Iterations, 5, 500);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_gradient_that_is_not_finite_at_the_beginning_is_an_error(string method)
    {
        // √(0·x) is 0, and its derivative 0·∞.
        Parameter x = DoubleModel.Weight("x", [1, 2], 2);
        var f = new ScalarFunction((x.Variable.Square() + (0.0 * x.Variable).Sqrt()).Sum(), [x]);
        Assert.Contains("gradient", Assert.Throws<ArgumentException>(() => Make(method, 10).Minimize(f)).Message, StringComparison.Ordinal);
        Assert.Equal([1, 2], Run.Numbers(x.Value));
    }

    /// <summary>1/(1 + x²) falls for ever, so a method may go as far as it likes: float32 parameters must not become infinite though the value would be finite.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void Parameters_stay_finite_in_their_own_type(string method)
    {
        var x = new Parameter("x", Value.Of([3e37f, -2e38f], 2));
        Minimizer minimizer = Make(method, 200) with { Tolerance = 0.0 };
        MinimizerResult result = minimizer.Minimize(new ScalarFunction(-(1e-10 * x.Variable.Abs()).Sum(), [x]));
        Assert.All(Run.Numbers(x.Value), number => Assert.True(double.IsFinite(number), $"{number}"));
        Assert.True(double.IsFinite(result.Value) && double.IsFinite(result.GradientNorm), result.ToString());
    }

    [Fact]
    public void A_product_that_is_not_finite_is_an_error_of_conjugate_gradients()
    {
        Assert.Throws<ArithmeticException>(() => ConjugateGradient.Solve(v => [double.NaN, v[1]], [1, 1], 5, 0));
        Assert.Throws<ArithmeticException>(() => ConjugateGradient.Solve(v => v, [1, double.NaN], 5, 0));
    }

    [Fact]
    public void Newton_directions_solve_a_quadratic_in_a_few_steps()
    {
        (ScalarFunction f, Parameter x, double[,] a, double[] b) = Quadratic();
        Assert.InRange(Make("newton", 100).Minimize(f).Iterations, 1, 12);
        double[] at = Run.Numbers(x.Value);
        for (int i = 0; i < Size; i++)
            Assert.Equal(b[i], Enumerable.Range(0, Size).Sum(j => a[i, j] * at[j]), 1e-8);
    }

    /// <summary>A2.5: on a quadratic Hv = Av, and u'Hv = v'Hu.</summary>
    [Fact]
    public void Hessian_products_of_a_quadratic_are_those_of_its_matrix()
    {
        (ScalarFunction f, _, double[,] a, _) = Quadratic();
        double[] u = [.. Enumerable.Range(0, Size).Select(i => Math.Sin(i))], v = [.. Enumerable.Range(0, Size).Select(i => Math.Cos(2.0 * i))];
        double[] hv = f.HessianProduct(v), hu = f.HessianProduct(u);
        Run.Close([.. Enumerable.Range(0, Size).Select(i => Enumerable.Range(0, Size).Sum(j => a[i, j] * v[j]))], hv, 1e-13);
        Assert.Equal(u.Zip(hv, (p, q) => p * q).Sum(), v.Zip(hu, (p, q) => p * q).Sum(), 1e-11);
    }

    /// <summary>A2.5 on a network: against central differences of gradients.</summary>
    [Fact]
    public void Hessian_products_of_a_network_agree_with_differences_of_gradients()
    {
        Parameter w = DoubleModel.Weight("w", [0.3, -0.7, 0.5, 0.9, 0.1, -0.4], 2, 3), top = DoubleModel.Weight("top", [0.5, -1, 0.8], 3, 1);
        Variable x = DoubleModel.Tensor([0.5, -1.2, 0.8, 0.3, 1.5, -0.7], 3, 2);
        var f = new ScalarFunction((x.MatMul(w).Tanh().MatMul(top) - 0.3).Square().Mean(), [w, top]);
        double[] at = f.Point, v = [.. Enumerable.Range(0, 9).Select(i => Math.Sin(i + 1))], up = new double[9], down = new double[9];
        double[] found = f.HessianProduct(v);
        f.Evaluate([.. at.Zip(v, (p, d) => p + (1e-5 * d))], up);
        f.Evaluate([.. at.Zip(v, (p, d) => p - (1e-5 * d))], down);
        Run.Close([.. up.Zip(down, (p, q) => (p - q) / 2e-5)], found, 1e-6);
    }

    /// <summary>A2.7: f(x − εg) = f − εg'g + ½ε²g'Hg exactly on a quadratic (equation 8.10), with the best step g'g/g'Hg.</summary>
    [Fact]
    public void A_gradient_step_on_a_quadratic_changes_it_by_equation_8_10()
    {
        (ScalarFunction f, _, _, _) = Quadratic();
        double[] x = f.Point, g = new double[Size], other = new double[Size];
        double value = f.Evaluate(x, g);
        double gg = g.Sum(d => d * d), ghg = f.HessianProduct(g).Zip(g, (p, q) => p * q).Sum();
        double At(double step) => f.Evaluate([.. x.Zip(g, (p, d) => p - (step * d))], other);
        foreach (double step in new[] { 0.01, 0.1, 1.0 })
            Assert.Equal(value - (step * gg) + (0.5 * step * step * ghg), At(step), 1e-10 * (1 + (step * step * ghg)));
        double best = gg / ghg;
        Assert.True(At(best) < At(0.99 * best) && At(best) < At(1.01 * best));
        Assert.True(At(1.999 * best) < value && At(2.001 * best) > value);
    }

    /// <summary>A2.6: conjugate gradients and Lanczos end after as many steps as there are distinct eigenvalues.</summary>
    [Fact]
    public void Krylov_methods_end_with_the_distinct_eigenvalues()
    {
        double[] spectrum = [1, 1, 2, 2, 5, 5, 5, 9];
        int products = 0;
        double[] Product(double[] v)
        {
            products++;
            return [.. Reflect([.. Reflect(v).Zip(spectrum, (p, s) => p * s)])];
        }

        double[] b = [.. Enumerable.Range(0, Size).Select(i => 1.0 + (0.3 * i))];
        double[] x = ConjugateGradient.Solve(Product, b, Size, 1e-10);
        Assert.Equal(4, products);
        Run.Close(b, Product(x), 1e-8);
        IReadOnlyList<Eigenpair> pairs = Lanczos.Eigenpairs(Product, Size, Size, new RandomSource(4));
        Run.Close([1, 2, 5, 9], [.. pairs.Select(p => p.Value)], 1e-8);
        foreach (Eigenpair pair in pairs)
            Run.Close([.. pair.Vector.Select(c => c * pair.Value)], Product([.. pair.Vector]), 1e-7);

        static double[] Reflect(double[] v)
        {
            // A Householder reflection: orthogonal, and its own inverse.
            double[] h = [.. Enumerable.Range(0, Size).Select(i => Math.Sin(1.0 + (i * i)))];
            double factor = 2 * h.Zip(v, (p, q) => p * q).Sum() / h.Sum(p => p * p);
            return [.. v.Zip(h, (p, q) => p - (factor * q))];
        }
    }

    [Fact]
    public void Bad_settings_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LimitedMemoryBfgs { Memory = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new NonlinearConjugateGradient { Iterations = 0 });
        Assert.Throws<ArgumentException>(() => new ScalarFunction(Run.Tensor([1], []), []));
        Assert.Throws<ArgumentException>(() => Quadratic().Function.HessianProduct([1.0]));
    }

    private static Minimizer Make(string method, int iterations) => method switch
    {
        "lbfgs" => new LimitedMemoryBfgs { Iterations = iterations, Tolerance = 1e-10 },
        "cg" => new NonlinearConjugateGradient { Iterations = iterations, Tolerance = 1e-10 },
        _ => new NewtonConjugateGradient { Iterations = iterations, Tolerance = 1e-10 },
    };

    private static (ScalarFunction Function, Parameter X, double[,] A, double[] B) Quadratic()
    {
        var a = new double[Size, Size];
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Size; j++)
                a[i, j] = (i == j ? 2.0 + i : 0.0) + Math.Cos(i - j);
        }

        double[] b = [.. Enumerable.Range(0, Size).Select(i => Math.Sin(3.0 * i))];
        Parameter x = DoubleModel.Weight("x", [.. Enumerable.Range(0, Size).Select(i => 0.5 - (0.1 * i))], Size, 1);
        Variable matrix = DoubleModel.Tensor([.. a.Cast<double>()], Size, Size);
        Variable f = (0.5 * (x * matrix.MatMul(x)).Sum()) - (DoubleModel.Tensor(b, Size, 1) * x).Sum();
        return (new ScalarFunction(f, [x]), x, a, b);
    }
}
