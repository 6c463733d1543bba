using System.Globalization;
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

namespace Toolkit.Modeling.Tests.Identities;

/// <summary>Norm penalties, constraints and early stopping on the diabetes data of Efron et al. (2004), columns centred and of length 1: figures of an
/// independent program in double precision.</summary>
public sealed class DiabetesTests
{
    private const int Rows = 442, Columns = 10;
    private readonly Parameter w = DoubleModel.Weight("w", new double[Columns], Columns, 1);

    /// <summary>A3.3.</summary>
    [Fact]
    public void Least_squares_and_the_spectrum_of_the_predictors()
    {
        Objective objective = Load(out double[] y);
        Assert.Equal(2621009.124434, y.Sum(v => v * v), 1e-6);
        var f = new ScalarFunction(objective.Loss, [w]);
        double[] expected = [0.00856073, 0.07832002, 0.43368204, 0.53656565, 0.60271708, 0.66218139, 0.95547640, 1.20596626, 1.49231968, 4.02421075];
        Run.Close(expected, [.. Lanczos.Eigenpairs(v => f.HessianProduct(v), Columns, Columns, new RandomSource(1)).Select(p => p.Value)], 1e-8);
        new NewtonConjugateGradient { Tolerance = 1e-12 }.Minimize(f);
        Assert.Equal(1263985.785633, Squares(objective), 1e-5);
        Assert.Equal(519.845920, w.Value[2], 1e-5);
    }

    /// <summary>A3.4.</summary>
    [Theory]
    [InlineData(0.1, 799.53781094, 1277579.471087)]
    [InlineData(1.0, 511.59512410, 1438329.531894)]
    [InlineData(10.0, 145.48437363, 2126023.523997)]
    public void Ridge_regression(double strength, double norm, double squares)
    {
        Objective objective = Load(out _);
        new LimitedMemoryBfgs { Tolerance = 1e-12 }.Minimize(new ScalarFunction(objective.Loss + new L2(strength).Penalty(objective), [w]));
        Assert.Equal(norm, Norm(), 1e-6);
        Assert.Equal(squares, Squares(objective), 1e-3);
    }

    /// <summary>A3.5.</summary>
    [Fact]
    public void The_lasso_by_proximal_steps_has_exact_zeros()
    {
        Objective objective = Load(out _);
        Function step = Step(new ProximalL1(500, new Sgd { LearningRate = 0.24 }), objective, objective.Loss);
        Repeat(step, 500);
        Run.Close([0, 0, 329.327315, 0, 0, 0, 0, 0, 269.205840, 0], Run.Numbers(w.Value), 1e-8);
        Assert.Equal(1180485.602805, (0.5 * Squares(objective)) + (500 * Run.Numbers(w.Value).Sum(Math.Abs)), 1e-4);
        Repeat(Step(new ProximalL1(100, new Sgd { LearningRate = 0.24 }), objective, objective.Loss), 3000);
        Run.Close([0, -54.589556, 509.809079, 222.516392, 0, 0, -154.622928, 0, 447.681614, 0], Run.Numbers(w.Value), 1e-7);
    }

    /// <summary>A3.8: projection onto the ball and dual ascent of the multiplier end at the same point, with the multiplier 3.3061950600.</summary>
    [Fact]
    public void Projection_and_multiplier_agree_on_the_constrained_minimum()
    {
        Objective objective = Load(out _);
        Repeat(Step(new Sgd { LearningRate = 0.2 }, objective, objective.Loss, new L2Ball(300)), 400);
        double[] projected = Run.Numbers(w.Value);
        Assert.Equal(300.0, Norm(), 1e-9);
        Assert.Equal(1750208.936029, Squares(objective), 1e-4);
        double[] gradient = Run.Numbers(Gradient.Of(objective.Loss, w.Variable));
        Run.Close([.. projected.Select(v => -3.3061950600 * v)], gradient, 1e-6);

        w.Value = Value.Zeros(DType.Float64, Columns, 1);
        Variable multiplied = new NormMultiplier(0.5 * 300 * 300) { Rate = 2e-5 }.Penalty(objective);
        Repeat(Step(new Sgd { LearningRate = 0.1 }, objective, objective.Loss + multiplied), 3000);
        Run.Close(projected, Run.Numbers(w.Value), 1e-6);
        Assert.Equal(3.3061950600, objective.Remember("multiplier", Value.Of(0.0)).Value.Scalar(), 1e-7);
    }

    /// <summary>A3.8: beyond the length of least squares, 1377.84103907, the multiplier goes to 0.</summary>
    [Fact]
    public void An_inactive_constraint_has_no_multiplier()
    {
        Objective objective = Load(out _);
        Variable multiplied = new NormMultiplier(0.5 * 1400 * 1400) { Rate = 1e-6 }.Penalty(objective);
        Repeat(Step(new Sgd { LearningRate = 0.2 }, objective, objective.Loss + multiplied), 200);
        Assert.Equal(0.0, objective.Remember("multiplier", Value.Of(0.0)).Value.Scalar());
    }

    /// <summary>A4.2: early stopping as regularization.</summary>
    [Fact]
    public void Descent_from_zero_passes_the_norms_of_equation_7_40()
    {
        Objective objective = Load(out _);
        Function step = Step(new Sgd { LearningRate = 0.2 }, objective, objective.Loss);
        int done = 0;
        foreach ((int steps, double norm, double squares) in new[]
            { (10, 785.03098567, 1282263.115235), (100, 877.39352264, 1271022.783518), (1000, 1232.64644674, 1264307.114370) })
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

    private Objective Load(out double[] y)
    {
        string[] lines = File.ReadAllLines(Path.Combine(SharedData.Folder("lasso-paths"), "diabetes.tab.txt"))[1..];
        double[][] table = [.. lines.Where(l => l.Length > 0).Select(l => l.Split('\t').Select(s => double.Parse(s, CultureInfo.InvariantCulture)).ToArray())];
        Assert.Equal(Rows, table.Length);
        var x = new double[Rows * Columns];
        y = new double[Rows];
        for (int c = 0; c <= Columns; c++)
        {
            double mean = table.Average(row => row[c]), length = Math.Sqrt(table.Sum(row => (row[c] - mean) * (row[c] - mean)));
            for (int r = 0; r < Rows; r++)
            {
                if (c < Columns)
                    x[(r * Columns) + c] = (table[r][c] - mean) / length;
                else
                    y[r] = table[r][c] - mean;
            }
        }

        var model = new DoubleModel((input, p, _) => input.MatMul(p[0]), w);
        return new Objective(model, new HalfSquares(), DoubleModel.Tensor(x, Rows, Columns), DoubleModel.Tensor(y, Rows, 1), context);
    }

    /// <summary>½‖Xw − y‖² as the mean over examples of n times ½e².</summary>
    private sealed record HalfSquares : Loss
    {
        public override Variable PerExample(Variable prediction, Variable target) => (0.5 * Rows * (prediction - target).Square()).Sum([1]);
    }
}
