using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Identities;

/// <summary>Bagging and dropout as averages over models.</summary>
public sealed class EnsembleTests
{
    private const int Inputs = 10, Classes = 3;
    private static readonly double[] W = [.. Enumerable.Range(0, Inputs * Classes).Select(i => Math.Sin(1.7 * i))];
    private static readonly double[] V = [.. Enumerable.Range(0, Inputs).Select(i => Math.Cos(0.9 * i))];
    private static readonly double[] B = [0.2, -0.1, 0.4];

    /// <summary>A5.3, equations 7.56 to 7.66: for softmax regression the geometric mean over all masks, renormalized, is weight scaling.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void Weight_scaling_is_the_geometric_mean_for_softmax_regression(double keep)
    {
        (double[] geometric, double[] arithmetic) = Averages(keep, masked => Run.Numbers((masked.MatMul(Wide(W, Inputs, Classes)) + Wide(B, Classes)).LogSoftmax()));
        double[] scaled = Run.Numbers(((keep * Wide(V, 1, Inputs)).MatMul(Wide(W, Inputs, Classes)) + Wide(B, Classes)).Softmax());
        Run.Close(scaled, geometric, 1e-15);
        Module model = Dropping(keep, x => x.MatMul(Wide(W, Inputs, Classes)) + Wide(B, Classes));
        Run.Close(scaled, Run.Numbers(model.Forward(keep * Wide(V, 1, Inputs), new ForwardContext(Mode.Inference)).Softmax()), 1e-15);
        Run.Close(geometric, Run.Numbers(new GeometricEnsemble(model).Forward(keep * Wide(V, 1, Inputs), new ForwardContext(Mode.Inference)).Exp()), 1e-12);
        Run.Close(arithmetic, Run.Numbers(new GeometricEnsemble(model) { Arithmetic = true }.Forward(keep * Wide(V, 1, Inputs), new ForwardContext(Mode.Inference)).Exp()), 1e-12);
        Assert.True(scaled.Zip(arithmetic, (a, b) => Math.Abs(a - b)).Max() > 0.005);
    }

    /// <summary>Section D's floor against false success: with one layer of rectifiers weight scaling is not exact.</summary>
    [Fact]
    public void Weight_scaling_is_not_exact_behind_a_rectifier()
    {
        Variable inner = Wide(W, Inputs, Classes), outer = Wide([1, -0.5, 0.3, 0.8, 0.2, -1, 0.6, 0.4, -0.7], 3, 3);
        Variable Net(Variable x) => x.MatMul(inner).Relu().MatMul(outer);
        (double[] geometric, _) = Averages(0.5, masked => Run.Numbers(Net(masked).LogSoftmax()));
        double[] scaled = Run.Numbers(Net(0.5 * Wide(V, 1, Inputs)).Softmax());
        Assert.True(scaled.Zip(geometric, (a, b) => Math.Abs(a - b)).Max() > 1e-3);
        Run.Close(geometric, Run.Numbers(new GeometricEnsemble(Dropping(0.5, Net)).Forward(0.5 * Wide(V, 1, Inputs), new ForwardContext(Mode.Inference)).Exp()), 1e-12);
    }

    /// <summary>A5.4: the expected squared error under dropout is that of the scaled weights plus p(1 − p)·Σ w²x².</summary>
    [Fact]
    public void Dropout_on_a_linear_model_is_a_data_dependent_ridge()
    {
        const double Keep = 0.7, Target = 1.3;
        double[] w = W[..Inputs];
        double expected = 0;
        for (int mask = 0; mask < 1 << Inputs; mask++)
        {
            double probability = 1, output = 0;
            for (int i = 0; i < Inputs; i++)
            {
                bool on = (mask >> i & 1) == 1;
                probability *= on ? Keep : 1 - Keep;
                output += on ? w[i] * V[i] : 0;
            }

            expected += probability * (Target - output) * (Target - output);
        }

        Variable scaled = (Keep * Wide(V, 1, Inputs)).MatMul(Wide(w, Inputs, 1));
        Variable closed = (Target - scaled).Square().Sum() + (Keep * (1 - Keep) * (Wide(w, Inputs).Square() * Wide(V, Inputs).Square()).Sum());
        Assert.Equal(expected, Run.Number(closed), 1e-13);

        // The layer divides what it keeps by the keeping probability: on inputs times that it drops as above.
        const int Draws = 40_000;
        double[] rows = [.. Enumerable.Range(0, Draws).SelectMany(_ => V.Select(v => Keep * v))];
        double[] errors = Run.Numbers((Target - new Dropout(1 - Keep, new RandomSource(8)).Forward(Wide(rows, Draws, Inputs), new ForwardContext(Mode.Training)).MatMul(Wide(w, Inputs, 1))).Square());
        double spread = Math.Sqrt(errors.Average(e => (e - expected) * (e - expected)));
        Assert.Equal(expected, errors.Average(), 4 * spread / Math.Sqrt(Draws));
    }

    /// <summary>A5.1, equation 7.51: v/k + (k − 1)c/k = 0.475 for errors of variance v = 1 and covariance c = 0.3 of k = 4 members. The error of member i is
    /// √c·s₀ + √(v − c)·sᵢ; over all signs s the mean is the expectation.</summary>
    [Fact]
    public void The_squared_error_of_a_mean_follows_equation_7_51()
    {
        const int Members = 4, Rows = 1 << (Members + 1);
        double[] signs = [.. Enumerable.Range(0, Rows * (Members + 1)).Select(i => (i / (Members + 1) >> (i % (Members + 1)) & 1) == 0 ? 1.0 : -1.0)];
        Module[] members = [.. Enumerable.Range(1, Members).Select(i => new Activation(s =>
            s.MatMul(Wide([.. Enumerable.Range(0, Members + 1).Select(j => j == 0 ? Math.Sqrt(0.3) : j == i ? Math.Sqrt(0.7) : 0)], Members + 1, 1))))];
        Assert.All(members, member => Assert.Equal(1.0, SquaredError(member), 1e-14));
        Assert.Equal(0.475, SquaredError(new Ensemble(members)), 1e-14);

        double SquaredError(Module model) =>
            Run.Numbers(model.Forward(Wide(signs, Rows, Members + 1), new ForwardContext(Mode.Inference))).Average(error => error * error);
    }

    /// <summary>A6.6: how often the eigenvalues of a random symmetric matrix are all positive: saddle points dominate in many dimensions.</summary>
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 0.146447)]
    [InlineData(3, 0.024921)]
    [InlineData(4, 0.0025)]
    [InlineData(5, 1.3e-4)]
    public void Random_hessians_are_seldom_positive(int size, double probability)
    {
        var random = new RandomSource(6);
        const int Draws = 40_000;
        int positive = 0;
        for (int draw = 0; draw < Draws; draw++)
        {
            var a = new double[size, size];
            for (int i = 0; i < size; i++)
            {
                for (int j = 0; j <= i; j++)
                    a[i, j] = a[j, i] = random.NextNormal() * (i == j ? Math.Sqrt(2) : 1);
            }

            positive += Jacobi.Eigen(a).Values[0] > 0 ? 1 : 0;
        }

        Assert.Equal(probability, positive / (double)Draws, 4 * Math.Sqrt(probability / Draws));
    }

    /// <summary>A model whose inputs are dropped, in float64. What is kept is divided by the keeping probability.</summary>
    private static Sequential Dropping(double keep, Func<Variable, Variable> model) => new(new Dropout(1 - keep, new RandomSource(7)), new Activation(model));

    private static (double[] Geometric, double[] Arithmetic) Averages(double keep, Func<Variable, double[]> logProbabilities)
    {
        var rows = new double[(1 << Inputs) * Inputs];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = (i / Inputs >> (i % Inputs) & 1) * V[i % Inputs];
        double[] log = logProbabilities(Wide(rows, 1 << Inputs, Inputs));
        double[] geometric = new double[Classes], arithmetic = new double[Classes], lost = new double[Classes];
        for (int mask = 0; mask < 1 << Inputs; mask++)
        {
            int on = int.PopCount(mask);
            double probability = Math.Pow(keep, on) * Math.Pow(1 - keep, Inputs - on);
            for (int c = 0; c < Classes; c++)
            {
                // Compensated (Kahan 1965): a plain sum of 1,024 terms loses more than the 1e-15 that is asked for.
                double term = (probability * log[(mask * Classes) + c]) - lost[c], sum = geometric[c] + term;
                lost[c] = sum - geometric[c] - term;
                geometric[c] = sum;
                arithmetic[c] += probability * Math.Exp(log[(mask * Classes) + c]);
            }
        }

        double total = geometric.Sum(Math.Exp);
        return ([.. geometric.Select(g => Math.Exp(g) / total)], arithmetic);
    }

    private static Variable Wide(double[] content, params int[] sizes) => Variable.Of(Value.Of(content, sizes));
}
