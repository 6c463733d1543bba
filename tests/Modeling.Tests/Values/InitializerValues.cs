using Toolkit.Modeling.Initializers;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Every initializer: the mean, the variance, the fourth moment over the square of the variance, and the bounds that its draws should have.</summary>
internal static class InitializerValues
{
    public static readonly Fan Connections = new(30, 70);

    /// <summary>The initializer, its mean and variance, and the greatest distance from the mean (null for a normal distribution).</summary>
    public static Dictionary<string, (Initializer Initializer, double Mean, double Variance, double? Reach)[]> Rows { get; } = new()
    {
        [nameof(Constant)] = [(new Constant(0.1), 0.1, 0, 0), (new Constant(-2), -2, 0, 0)],
        [nameof(GlorotNormal)] = [(new GlorotNormal(), 0, 2.0 / 100, null)],
        [nameof(GlorotUniform)] = [(new GlorotUniform(), 0, 2.0 / 100, Math.Sqrt(6.0 / 100))],
        [nameof(HeNormal)] = [(new HeNormal(), 0, 2.0 / 30, null)],
        [nameof(HeUniform)] = [(new HeUniform(), 0, 2.0 / 30, Math.Sqrt(6.0 / 30))],
        [nameof(Normal)] = [(new Normal(0.5), 0, 0.25, null), (new Normal(2), 0, 4, null), (new Normal(0.5, 3), 3, 0.25, null)],
        [nameof(Orthogonal)] = [(new Orthogonal(), 0, 1.0 / 400, null), (new Orthogonal(2), 0, 4.0 / 400, null)],
        [nameof(Uniform)] = [(new Uniform(-1, 1), 0, 4.0 / 12, 1), (new Uniform(-2, 1), -0.5, 9.0 / 12, 1.5), (new Uniform(-1, 4), 1.5, 25.0 / 12, 2.5)],
        [nameof(Zeros)] = [(new Zeros(), 0, 0, 0)],
    };
}
