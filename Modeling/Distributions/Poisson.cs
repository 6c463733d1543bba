using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Distributions;

/// <summary>
/// Independent counts of rate λ = e^z: −ln P(y) = Σ e^z − y·z + ln y!. The term ln y! is Stirling's series shifted by eight, within 1e−9.
/// Source: book section 6.2.2.4 (other output types by maximum likelihood). A target that is not a whole number of at least 0 makes it NaN.
/// </summary>
/// <param name="LogRate">z = ln λ, of shape [batch, …].</param>
public sealed record Poisson(Variable LogRate) : Distribution
{
    /// <summary>Quantiles and samples are searched for below this count; 256 by default.</summary>
    public int CountLimit { get; init => field = Settings.AtLeast(2, value); } = 256;

    /// <inheritdoc/>
    public override Variable Mean => LogRate.Exp();

    /// <inheritdoc/>
    public override Variable Variance => LogRate.Exp();

    /// <inheritdoc/>
    public override Variable NegativeLogLikelihood(Variable target)
    {
        Variable y = Targets.Align(nameof(Poisson), LogRate, target);
        // Beyond 2⁵³ every number of either type is whole.
        Variable small = Ops.Where(Targets.Between(y, 0.0, 1L << 53), y, 0.0);
        Variable counts = new And().Apply(Ops.GreaterOrEqual(y, Variable.Scalar(0.0, y.DType)), Ops.Equal(small, small.Cast(DType.Int64).Cast(y.DType)));
        return Targets.OrNaN(counts, Targets.SumPerExample(LogRate.Exp() - (y * LogRate) + LogFactorial(y)));
    }

    /// <inheritdoc/>
    public override Variable Quantile(double level) => CountsBelow(Variable.Scalar(Level(level), LogRate.DType));

    /// <inheritdoc/>
    public override Variable Sample(RandomStream random) => CountsBelow(random.Uniform(LogRate.Shape, LogRate.DType, LogRate));

    /// <summary>ln y! = ln Γ(y + 1).</summary>
    internal static Variable LogFactorial(Variable y)
    {
        // Γ(x + 9) = Γ(x + 1)·(x + 1)…(x + 8); the product is taken in logarithms, so that large counts do not overflow.
        Variable shift = (y + 1.0).Log();
        for (int i = 2; i <= 8; i++)
            shift += (y + i).Log();
        Variable x = y + 9.0;
        Variable inverse = 1.0 / x;
        Variable square = inverse.Square();
        Variable series = inverse * ((1.0 / 12.0) - (square * ((1.0 / 360.0) - (square * (1.0 / 1260.0)))));
        return ((x - 0.5) * x.Log()) - x + (0.5 * Math.Log(2.0 * Math.PI)) + series - shift;
    }

    /// <summary>The number of counts whose cumulative probability is below u: the inverse distribution function.</summary>
    private Variable CountsBelow(Variable u)
    {
        var counts = new double[CountLimit];
        var constants = new double[CountLimit];
        var triangle = new double[CountLimit * CountLimit];
        for (int k = 0; k < CountLimit; k++)
        {
            counts[k] = k;
            constants[k] = k == 0 ? 0.0 : constants[k - 1] + Math.Log(k);
            triangle.AsSpan((k * CountLimit) + k, CountLimit - k).Fill(1.0);
        }

        Variable z = LogRate.Reshape([.. LogRate.Shape, 1]);
        Variable probability = ((Constant(counts) * z) - z.Exp() - Constant(constants)).Exp();
        Variable cumulative = probability.Reshape([LogRate.Shape.ElementCount, CountLimit]).MatMul(Constant(triangle).Reshape([CountLimit, CountLimit]));
        Variable level = u.Shape.Rank == 0 ? u : u.Reshape([LogRate.Shape.ElementCount, 1]);
        return Ops.Less(cumulative, level).Cast(LogRate.DType).Sum([1]).Reshape(LogRate.Shape);

        Variable Constant(double[] numbers) => Variable.Of(Value.Of(numbers, numbers.Length)).Cast(LogRate.DType);
    }
}
