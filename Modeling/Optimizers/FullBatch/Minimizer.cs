using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Optimizers.FullBatch;

/// <summary>How a minimization ended.</summary>
/// <param name="Value">f at the end.</param>
/// <param name="GradientNorm">‖∇f‖ at the end.</param>
/// <param name="Iterations">The number of steps.</param>
/// <param name="Evaluations">The number of evaluations of f with its gradient.</param>
/// <param name="Converged">Whether the gradient became as small as asked for; otherwise steps ran out or no lower point was found.</param>
public sealed record MinimizerResult(double Value, double GradientNorm, int Iterations, int Evaluations, bool Converged);

/// <summary>
/// Full-batch minimization of a function of parameters by descent directions and a line search, for problems whose whole objective is cheap. Source: book
/// section 8.6. Minibatches change the function with each step and do not go together with it (book section 8.1.3).
/// </summary>
public abstract record Minimizer
{
    /// <summary>The greatest number of steps; 200 by default.</summary>
    public int Iterations { get; init => field = Settings.AtLeastOne(value); } = 200;

    /// <summary>It is enough when ‖∇f‖ is at most this times max(1, ‖∇f‖ at the beginning); 10⁻⁶ by default.</summary>
    public double Tolerance { get; init => field = Settings.NotNegative(value); } = 1e-6;

    /// <summary>Minimizes from the parameters' present values, and leaves the parameters at the lowest point found.</summary>
    /// <param name="function">f.</param>
    /// <exception cref="ArgumentException">f or its gradient is not finite at the beginning.</exception>
    /// <exception cref="ArithmeticException">A product of the Hessian is not finite; the parameters are at the lowest point until then.</exception>
    public MinimizerResult Minimize(ScalarFunction function)
    {
        double[] x = function.Point, g = new double[x.Length];
        int before = function.Evaluations;
        double f = function.Evaluate(x, g);
        if (!double.IsFinite(f))
            throw new ArgumentException($"Expected a finite value to begin with, found {f}.", nameof(function));
        if (!Finite.All<double>(g))
            throw new ArgumentException($"Expected a finite gradient to begin with, found NaN or infinity in it though the value is {f}.", nameof(function));
        double enough = Tolerance * Math.Max(1.0, Vectors.Norm(g));
        Direction direction = Start();
        int step = 0;
        double promised = double.NaN;
        try
        {
            for (; step < Iterations && Vectors.Norm(g) > enough; step++)
            {
                double[] d = direction(function, g);
                double slope = Vectors.Dot(d, g);
                if (!(slope < 0.0))
                {
                    // Not a descent direction: begin anew with the steepest one.
                    direction = Start();
                    d = direction(function, g);
                    slope = Vectors.Dot(d, g);
                }

                // Without a natural length, try the one that promises as much as the last step did (Nocedal, Wright, section 3.5).
                double first = double.IsNaN(promised) ? Math.Min(1.0, 1.0 / Vectors.Norm(d)) : UnitSteps ? 1.0 : Math.Clamp(promised / slope, 1e-10, 1e10);
                if (LineSearch.Find(function, x, f, g, d, first) is not { } found)
                    break;
                promised = found.Step * slope;
                (x, f, g) = (found.Point, found.Value, found.Gradient);
                // The last trial need not be the point that was found, and directions look at the present one.
                function.Point = x;
            }
        }
        finally
        {
            function.Point = x;
        }

        return new MinimizerResult(f, Vectors.Norm(g), step, function.Evaluations - before, Vectors.Norm(g) <= enough);
    }

    /// <summary>A direction of descent at the present point, whose gradient is given.</summary>
    private protected delegate double[] Direction(ScalarFunction function, double[] gradient);

    /// <summary>Whether steps of length 1 are the natural first try.</summary>
    private protected abstract bool UnitSteps { get; }

    /// <summary>A fresh way to choose directions, without memory.</summary>
    private protected abstract Direction Start();
}
