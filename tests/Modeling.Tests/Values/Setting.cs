using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>A component with one choice of its options: the numbers that it gives, and the same numbers from plain loops, which share nothing with it.</summary>
/// <param name="Component">The component.</param>
/// <param name="Found">What it gives.</param>
/// <param name="Expected">What it should give.</param>
/// <param name="Tolerance">How far the two may be apart, relative to numbers above 1.</param>
internal sealed record Setting(object Component, Func<double[]> Found, Func<double[]> Expected, double Tolerance = Setting.Double)
{
    /// <summary>For what is computed in float64, and in float32.</summary>
    public const double Double = 1e-12, Single = 5e-6;

    /// <summary>The argument of the constructor in which the component differs from the one of the first setting, where no property gives it back.</summary>
    public string? Argument { get; init; }

    /// <summary>The same component at work elsewhere, such as in a training; null for none.</summary>
    public Setting? AtWork { get; init; }

    /// <summary>A setting whose numbers are those of variables without inputs.</summary>
    public static Setting Of(object component, Func<Variable> found, Func<double[]> expected, double tolerance = Double) =>
        new(component, () => Run.Numbers(found()), expected, tolerance);
}
