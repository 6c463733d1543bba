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

    /// <summary>It is enough when ‖∇f‖ is at most this share of the ‖∇f‖ at the beginning; 10⁻⁶ by default.</summary>
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
        double enough = Tolerance * Vectors.Norm(g);
        Direction direction = Start();
        int step = 0;
        (double Step, double Promised)? last = null;
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
                    last = null;
                    d = direction(function, g);
                    slope = Vectors.Dot(d, g);
                }

                if (LineSearch.Find(function, x, f, g, d, FirstTry(last, x, f, d, slope)) is not { } found)
                    break;
                last = (found.Step, found.Step * slope);
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

    /// <summary>Whether the direction itself is the natural first step.</summary>
    /// <param name="isFirst">Whether nothing is known yet from a step before.</param>
    private protected abstract bool HasLength(bool isFirst);

    /// <summary>A fresh way to choose directions, without memory.</summary>
    private protected abstract Direction Start();

    /// <summary>The step that the line search tries first, in units of d. It depends on the units of neither f nor x.</summary>
    private double FirstTry((double Step, double Promised)? last, double[] x, double f, double[] d, double slope)
    {
        if (HasLength(last is null))
            return 1.0;
        // As much as the last step promised (Nocedal, Wright, section 3.5).
        if (last is var (step, promised))
            return Math.Clamp(promised / slope, 1e-10 * step, 1e10 * step);
        // The whole of f, or the whole of x, whichever is nearer. Where both are 0 nothing tells the units.
        double length = Vectors.Norm(d);
        double[] known = [.. new[] { Math.Abs(f) / -slope, Vectors.Norm(x) / length }.Where(known => known > 0.0 && double.IsFinite(known))];
        return known.Length > 0 ? known.Min() : 1.0 / length;
    }
}
