using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Tests.Linear;

namespace Toolkit.Modeling.Tests.Identities;

/// <summary>Norm penalties, constraints and early stopping of linear regression, trained as networks are, against figures of an independent program.</summary>
public sealed class RegressionPathTests
{
    private const int Columns = 10;
    private readonly Parameter w = DoubleModel.Weight("w", new double[Columns], Columns, 1);

    public static TheoryData<string> Sources => RegressionData.Sources;

    /// <summary>A3.3.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public void Least_squares_and_the_spectrum_of_the_predictors(string source)
    {
        (Objective objective, RegressionFigures expected, double[] y) = Load(source);
        Assert.Equal(expected.Squares, y.Sum(v => v * v), 1e-6);
        var f = new ScalarFunction(objective.Loss, [w]);
        Run.Close(expected.Spectrum, [.. Lanczos.Eigenpairs(v => f.HessianProduct(v), Columns, Columns, new RandomSource(1)).Select(p => p.Value)], 1e-8);
        new NewtonConjugateGradient { Tolerance = 1e-12 }.Minimize(f);
        Assert.Equal(expected.LeastSquares, Squares(objective), 1e-5);
        Assert.Equal(expected.LeastThird, w.Value[2], 1e-5);
    }

    /// <summary>A3.4.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public void Ridge_regression(string source)
    {
        (Objective objective, RegressionFigures expected, _) = Load(source);
        foreach ((double strength, double norm, double squares, _) in expected.Ridge)
        {
            w.Value = Value.Zeros(DType.Float64, Columns, 1);
            new LimitedMemoryBfgs { Tolerance = 1e-12 }.Minimize(new ScalarFunction(objective.Loss + new L2(strength).Penalty(objective), [w]));

            // Along the flattest direction of the made data values near 2·10⁵ differ, in double precision, only from 10⁻⁵ on.
            Assert.Equal(norm, Norm(), source == RegressionData.Made ? 1e-5 : 1e-6);
            Assert.Equal(squares, Squares(objective), 1e-3);
        }
    }

    /// <summary>A3.5.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public void The_lasso_by_proximal_steps_has_exact_zeros(string source)
    {
        (Objective objective, RegressionFigures expected, _) = Load(source);
        Function step = Step(new ProximalL1(500, new Sgd { LearningRate = 0.24 }), objective, objective.Loss);
        Repeat(step, 2000);
        Run.Close(expected.At500, Run.Numbers(w.Value), 1e-8);
        Assert.Equal(expected.At500.Select(v => v == 0), Run.Numbers(w.Value).Select(v => v == 0));
        Assert.Equal(expected.Lasso[0].Objective, (0.5 * Squares(objective)) + (500 * Run.Numbers(w.Value).Sum(Math.Abs)), 1e-4);
        Repeat(Step(new ProximalL1(100, new Sgd { LearningRate = 0.24 }), objective, objective.Loss), 3000);
        Run.Close(expected.At100, Run.Numbers(w.Value), 1e-7);
        Assert.Equal(expected.At100.Select(v => v == 0), Run.Numbers(w.Value).Select(v => v == 0));
    }

    /// <summary>A3.8: projection onto the ball and dual ascent of the multiplier end at the same point, with the known multiplier.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public void Projection_and_multiplier_agree_on_the_constrained_minimum(string source)
    {
        (Objective objective, RegressionFigures expected, _) = Load(source);
        Repeat(Step(new Sgd { LearningRate = 0.2 }, objective, objective.Loss, new L2Ball(300)), 400);
        double[] projected = Run.Numbers(w.Value);
        Assert.Equal(300.0, Norm(), 1e-9);
        Assert.Equal(expected.Constrained, Squares(objective), 1e-4);
        double[] gradient = Run.Numbers(Gradient.Of(objective.Loss, w.Variable));
        Run.Close([.. projected.Select(v => -expected.Multiplier * v)], gradient, 1e-6);

        w.Value = Value.Zeros(DType.Float64, Columns, 1);
        Variable multiplied = new NormMultiplier(0.5 * 300 * 300) { Rate = 2e-5 }.Penalty(objective);
        Repeat(Step(new Sgd { LearningRate = 0.1 }, objective, objective.Loss + multiplied), 3000);
        Run.Close(projected, Run.Numbers(w.Value), 1e-6);
        Assert.Equal(expected.Multiplier, objective.Remember("multiplier", Value.Of(0.0)).Value.Scalar(), 1e-7);
    }

    /// <summary>A3.8: beyond the length of least squares the multiplier goes to 0.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public void An_inactive_constraint_has_no_multiplier(string source)
    {
        (Objective objective, RegressionFigures expected, _) = Load(source);
        double beyond = 1.02 * expected.LeastNorm;
        Variable multiplied = new NormMultiplier(0.5 * beyond * beyond) { Rate = 1e-6 }.Penalty(objective);
        Repeat(Step(new Sgd { LearningRate = 0.2 }, objective, objective.Loss + multiplied), 200);
        Assert.Equal(0.0, objective.Remember("multiplier", Value.Of(0.0)).Value.Scalar());
    }

    /// <summary>A4.2: early stopping as regularization.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public void Descent_from_zero_passes_the_norms_of_equation_7_40(string source)
    {
        (Objective objective, RegressionFigures expected, _) = Load(source);
        Function step = Step(new Sgd { LearningRate = 0.2 }, objective, objective.Loss);
        int done = 0;
        foreach ((int steps, double norm, double squares) in expected.Descent)
        {
            Repeat(step, steps - done);
            done = steps;
            Assert.Equal(norm, Norm(), 1e-7);
            Assert.Equal(squares, Squares(objective), 1e-4);
        }
    }

    private static void Repeat(Function step, int times)
    {
        for (int i = 0; i < times; i++)
            step.Run();
    }

    private double Norm() => Math.Sqrt(Run.Numbers(w.Value).Sum(v => v * v));

    private static double Squares(Objective objective) => 2 * Run.Number(objective.Loss);

    private readonly ForwardContext context = new(Mode.Training);

    private Function Step(Optimizer optimizer, Objective objective, Variable total, Constraint? constraint = null)
    {
        var state = new OptimizerState();
        IReadOnlyList<Update> updates = optimizer.Updates([new(w, Gradient.Of(total, w.Variable))], state);
        return Function.Compile(
            [],
            [objective.Loss],
            [.. updates.Select(u => constraint is null ? u : u with { NewValue = constraint.Project(u.NewValue, u.Parameter) }), .. context.Updates],
            new ExecutionOptions { Threads = 1 });
    }

    private (Objective Objective, RegressionFigures Expected, double[] Y) Load(string source)
    {
        (double[] x, double[] y) = RegressionData.Load(source);
        var model = new DoubleModel((input, p, _) => input.MatMul(p[0]), w);
        var objective = new Objective(
            model, new HalfSquares(y.Length), DoubleModel.Tensor(x, y.Length, Columns), DoubleModel.Tensor(y, y.Length, 1), context);
        return (objective, RegressionFigures.Of(source), y);
    }

    /// <summary>½‖Xw − y‖² as the mean over examples of n times ½e².</summary>
    private sealed record HalfSquares(int Rows) : Loss
    {
        public override Variable PerExample(Variable prediction, Variable target) => (0.5 * Rows * (prediction - target).Square()).Sum([1]);
    }
}
