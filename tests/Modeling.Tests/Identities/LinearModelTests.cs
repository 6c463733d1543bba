using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Linear;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Tests.Linear;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Identities;

/// <summary>Penalties, constraints, early stopping and tying on quadratics, where minima have closed forms.</summary>
public sealed class LinearModelTests
{
    private static readonly double[] X = [0.5, -1.2, 0.8, 0.3, 1.5, -0.7, -0.2, 0.9], Y = [1, -0.5, 0.7, 2];

    /// <summary>A3.2: with a diagonal Hessian the L2 penalty scales each weight by H/(H + α), and never to 0.</summary>
    [Fact]
    public void Weight_decay_scales_each_weight_by_its_own_factor()
    {
        const double Alpha = 0.7;
        double[] curvature = [1, 2, 4], goal = [0.5, -0.3, 2];
        Parameter w = DoubleModel.Weight("w", [1, 1, 1], 3, 1);
        var model = new DoubleModel((x, p, _) => x.MatMul(p[0]), w);
        Objective o = DoubleModel.Objective(model, new MeanSquaredError(), Wide([0, 0, 0], 1, 3), Wide([0], 1, 1));
        Variable loss = (0.5 * Wide(curvature, 3, 1) * (w - Wide(goal, 3, 1)).Square()).Sum() + new L2(Alpha).Penalty(o);
        new NewtonConjugateGradient { Tolerance = 1e-14 }.Minimize(new ScalarFunction(loss, [w]));
        Run.Close([.. curvature.Zip(goal, (h, g) => h / (h + Alpha) * g)], Run.Numbers(w.Value), 1e-13);
    }

    /// <summary>A3.8: at the constrained minimum X'(Xw − y) + αw = 0 with one α, which ends at the length of least squares.</summary>
    [Theory]
    [MemberData(nameof(RegressionData.Sources), MemberType = typeof(RegressionData))]
    public void The_multiplier_is_zero_from_the_length_of_least_squares_on(string source)
    {
        (double[] x, double[] y) = RegressionData.Load(source);
        RegressionFigures expected = RegressionFigures.Of(source);
        var solver = new LinearLeastSquares(x, 10);
        Assert.Equal(expected.LeastNorm, Length(solver.PseudoInverse(y)), 1e-8);
        // Ridge regression with α is the minimum within a ball of its own length: KKT.
        double[] w = solver.Ridge(y, expected.Multiplier);
        Assert.Equal(300.0, Length(w), 1e-7);
        double[] residual = [.. Enumerable.Range(0, y.Length).Select(r => Enumerable.Range(0, 10).Sum(c => x[(10 * r) + c] * w[c]) - y[r])];
        for (int c = 0; c < 10; c++)
            Assert.Equal(0.0, residual.Select((e, r) => e * x[(10 * r) + c]).Sum() + (expected.Multiplier * w[c]), 1e-9);
        Assert.Equal(expected.Constrained, residual.Sum(e => e * e), 1e-3);
    }

    /// <summary>A3.9: the projection onto a ball is w/(1 + α) with the multiplier α = ‖w‖/c − 1, and 0 inside.</summary>
    [Fact]
    public void The_projection_of_a_ball_has_its_multiplier()
    {
        double[] w = [3, -4, 1.2, 0.5];
        double multiplier = (Length(w) / 2) - 1;
        var parameter = new Parameter("w", Value.Of(w, 2, 2));
        double[] projected = Run.Numbers(new L2Ball(2).Project(parameter, parameter));
        Run.Close([.. w.Select(v => v / (1 + multiplier))], projected, 1e-15);
        // KKT of the nearest point: (p − w) + α·p = 0, with the constraint active.
        Run.Close(new double[4], [.. projected.Zip(w, (p, v) => p - v + (multiplier * p))], 1e-14);
        Assert.Equal(2.0, Length(projected), 1e-14);
        Assert.Equal(w, Run.Numbers(new L2Ball(6).Project(parameter, parameter)));
    }

    /// <summary>A3.9: once per update, after the optimizer: the projection of the unconstrained step is what is stored, and biases stay free.</summary>
    [Fact]
    public void A_constraint_projects_the_new_value_once_per_update()
    {
        Dataset data = Dataset.FromTargets([.. X.Select(v => (float)v)], [2], [.. Y.SelectMany(v => new[] { (float)v, (float)-v })], [2]);
        Dense free = Step(), bound = Step(new MaxColumnNorm(0.4));
        float[] expected = [.. Run.Numbers(new MaxColumnNorm(0.4).Project(free.Weight, free.Weight)).Select(v => (float)v)];
        Assert.Equal(expected, bound.Weight.Value.ToArray<float>());
        Assert.NotEqual(expected, free.Weight.Value.ToArray<float>());
        Assert.Equal(free.Bias!.Value.ToArray<float>(), bound.Bias!.Value.ToArray<float>());

        Dense Step(params Constraint[] constraints)
        {
            var layer = new Dense(2, 2, new RandomSource(3));
            new Trainer { Model = layer, Loss = new MeanSquaredError(), Optimizer = new Sgd { LearningRate = 0.5 }, Constraints = constraints }
                .Fit(data, new() { Epochs = 1, BatchSize = 4 }, TestContext.Current.CancellationToken);
            return layer;
        }
    }

    /// <summary>Equation 7.1: what a step makes small is the loss plus every penalty.</summary>
    [Fact]
    public void The_objective_of_a_step_is_the_loss_and_the_penalties()
    {
        var layer = new Dense(2, 1, new RandomSource(3));
        double[] w = Run.Numbers(layer.Weight.Value);
        var trainer = new Trainer { Model = layer, Loss = new MeanSquaredError(), Optimizer = new Sgd { LearningRate = 0.1 }, Regularizers = [new L2(0.3), new L1(0.2)] };
        Dataset data = Dataset.FromTargets([.. X.Select(v => (float)v)], [2], [.. Y.Select(v => (float)v)], [1]);
        EpochRecord step = trainer.Fit(data, new() { Epochs = 1, BatchSize = 4 }, TestContext.Current.CancellationToken).Epochs[0];
        Assert.Equal((0.15 * w.Sum(v => v * v)) + (0.2 * w.Sum(Math.Abs)), step.Objective - step.Loss, 1e-6);
    }

    /// <summary>A4.2, equations 7.40 and 7.44: descent from 0 reaches Q[I − (I − εΛ)^τ]Q'w*, which is weight decay of α = λ(1 − ελ)^τ/(1 − (1 − ελ)^τ)
    /// along each eigenvector; the book's 1/(ετ) is its limit for small ελτ.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(60)]
    public void Early_stopping_of_a_quadratic_is_weight_decay_along_each_eigenvector(int steps)
    {
        const double Rate = 0.05;
        Parameter w = DoubleModel.Weight("w", [0, 0], 2, 1);
        Variable loss = 0.5 * (Wide(X, 4, 2).MatMul(w) - Wide(Y, 4, 1)).Square().Sum();
        var step = Function.Compile([], [], [new Update(w, w - (Rate * Gradient.Of(loss, w.Variable)))], new ExecutionOptions { Threads = 1 });
        for (int i = 0; i < steps; i++)
            step.Run();
        var gram = new double[2, 2];
        for (int i = 0; i < 4; i++)
            gram[i / 2, i % 2] = Enumerable.Range(0, 4).Sum(r => X[(2 * r) + (i / 2)] * X[(2 * r) + (i % 2)]);
        (double[] values, double[,] q) = Jacobi.Eigen(gram);
        double[] best = new LinearLeastSquares(X, 2).PseudoInverse(Y), stopped = new double[2], decayed = new double[2];
        for (int e = 0; e < 2; e++)
        {
            double left = Math.Pow(1 - (Rate * values[e]), steps), alpha = values[e] * left / (1 - left);
            double along = (q[0, e] * best[0]) + (q[1, e] * best[1]);
            for (int i = 0; i < 2; i++)
            {
                stopped[i] += q[i, e] * (1 - left) * along;
                decayed[i] += q[i, e] * values[e] / (values[e] + alpha) * along;
            }
        }

        Run.Close(stopped, Run.Numbers(w.Value), 1e-12);
        Run.Close(decayed, Run.Numbers(w.Value), 1e-12);
        // The same from the penalty itself: with the strength of an eigenvector the minimum agrees along it.
        for (int e = 0; e < 2; e++)
        {
            double left = Math.Pow(1 - (Rate * values[e]), steps);
            Parameter v = DoubleModel.Weight("v", [0, 0], 2, 1);
            Objective objective = DoubleModel.Objective(new DoubleModel((x, p, _) => x.MatMul(p[0]), v), new MeanSquaredError(), Wide(X, 4, 2), Wide(Y, 4, 1));
            // Half the sum of squares is twice the mean of four.
            Variable total = (2.0 * objective.Loss) + new L2(values[e] * left / (1 - left)).Penalty(objective);
            new NewtonConjugateGradient { Tolerance = 1e-13 }.Minimize(new ScalarFunction(total, [v]));
            Assert.Equal((q[0, e] * stopped[0]) + (q[1, e] * stopped[1]), (q[0, e] * v.Value[0]) + (q[1, e] * v.Value[1]), 1e-9);
        }

        double small = 1e-6, remains = Math.Pow(1 - (small * values[0]), steps);
        Assert.Equal(1.0, values[0] * remains / (1 - remains) * small * steps, 1e-3);
    }

    /// <summary>A4.4: for two tasks with losses ½(w − m)'H(w − m) the tying penalty solves [H_A + 2λ, −2λ; −2λ, H_B + 2λ](w_A; w_B) = (H_A·m_A; H_B·m_B), and
    /// goes to the pooled fit (H_A + H_B)⁻¹(H_A·m_A + H_B·m_B) like 1/λ.</summary>
    [Fact]
    public void Tied_tasks_solve_the_block_system_and_end_in_the_pooled_fit()
    {
        double[] a = [2, 0.5, 0.5, 1], b = [1, -0.3, -0.3, 3], atA = [1, -2], atB = [0.5, 1.5];
        double[] right = [.. Times(a, atA), .. Times(b, atB)];
        double[] pooled = Solve2([.. a.Zip(b, (p, q) => p + q)], [right[0] + right[2], right[1] + right[3]]);
        foreach (double strength in new[] { 0.0, 0.7, 50 })
        {
            double[] w = Tie(strength);
            double[] tied = [.. w.Select((v, i) => 2 * strength * (v - w[(i + 2) % 4]))];
            double[] left = [.. Times(a, w[..2]), .. Times(b, w[2..])];
            Run.Close(right, [.. left.Zip(tied, (p, q) => p + q)], 1e-10);
        }

        double Off(double strength) => Tie(strength).Select((v, i) => Math.Abs(v - pooled[i % 2])).Max();
        Assert.Equal(10.0, Off(1e3) / Off(1e4), 0.02);
        Assert.True(Off(1e6) < 1e-5);

        double[] Tie(double strength)
        {
            Parameter wa = DoubleModel.Weight("a", [0, 0], 2, 1), wb = DoubleModel.Weight("b", [0, 0], 2, 1);
            Objective o = DoubleModel.Objective(
                new DoubleModel((x, p, _) => x.MatMul(p[0]) + x.MatMul(p[1]), wa, wb), new MeanSquaredError(), Wide([0, 0], 1, 2), Wide([0], 1, 1));
            Variable Half(Parameter w, double[] h, double[] at) =>
                0.5 * ((w - Wide(at, 2, 1)) * Wide(h, 2, 2).MatMul(w - Wide(at, 2, 1))).Sum();
            Variable total = Half(wa, a, atA) + Half(wb, b, atB) + new TiedParameters(strength, "a", "b").Penalty(o);
            new NewtonConjugateGradient { Tolerance = 1e-12, Iterations = 500 }.Minimize(new ScalarFunction(total, [wa, wb]));
            return [.. Run.Numbers(wa.Value), .. Run.Numbers(wb.Value)];
        }
    }

    /// <summary>A6.4: tangent prop of linear regression has its minimum at (X'X + λ Σ vv')⁻¹X'y, with the sum over examples and tangents; the penalty is 0
    /// exactly where w is orthogonal to every tangent.</summary>
    [Fact]
    public void Tangent_prop_of_linear_regression_is_ridge_along_the_tangents()
    {
        const double Strength = 0.8;
        double[][] tangents = [[0.6, -1.1], [0.2, 0.4]];
        Parameter w = DoubleModel.Weight("w", [0, 0], 2, 1);
        Objective o = DoubleModel.Objective(new DoubleModel((x, p, _) => x.MatMul(p[0]), w), new MeanSquaredError(), Wide(X, 4, 2), Wide(Y, 4, 1));
        var regularizer = new TangentProp(Strength, x => [.. tangents.Select(v => Wide(v, 2) + (0.0 * x))]);
        new NewtonConjugateGradient { Tolerance = 1e-14 }.Minimize(new ScalarFunction(o.Loss + regularizer.Penalty(o), [w]));
        // As least squares: for each of the four examples, √λ·v is a row with the target 0.
        double[] rows = [.. tangents.SelectMany(v => v.Select(t => Math.Sqrt(4 * Strength) * t))];
        Run.Close(new LinearLeastSquares([.. X, .. rows], 2).PseudoInverse([.. Y, 0, 0]), Run.Numbers(w.Value), 1e-12);

        var one = new TangentProp(1, x => [Wide(tangents[0], 2) + (0.0 * x)]);
        w.Value = Value.Of([1.1, 0.6], 2, 1);
        Assert.Equal(0.0, Run.Number(one.Penalty(o)), 1e-15);
        Assert.True(Run.Number(regularizer.Penalty(o)) > 0.01);
    }

    private static double Length(double[] w) => Math.Sqrt(w.Sum(v => v * v));

    private static double[] Times(double[] m, double[] v) => [(m[0] * v[0]) + (m[1] * v[1]), (m[2] * v[0]) + (m[3] * v[1])];

    private static double[] Solve2(double[] m, double[] v)
    {
        double det = (m[0] * m[3]) - (m[1] * m[2]);
        return [((m[3] * v[0]) - (m[1] * v[1])) / det, ((m[0] * v[1]) - (m[2] * v[0])) / det];
    }

    private static Variable Wide(double[] content, params int[] sizes) => Variable.Of(Value.Of(content, sizes));
}
