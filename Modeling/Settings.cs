using System.Runtime.CompilerServices;

namespace Toolkit.Modeling;

/// <summary>Checks of settings: each gives back what it was given, or says what was expected and what was found.</summary>
internal static class Settings
{
    public static double Positive(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value > 0.0 && double.IsFinite(value) ? value : throw Wrong(name, value, "a number above 0");

    public static double NotNegative(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= 0.0 && double.IsFinite(value) ? value : throw Wrong(name, value, "a number of at least 0");

    /// <summary>Between 0 and 1, both excluded.</summary>
    public static double InsideUnit(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is > 0.0 and < 1.0 ? value : throw Wrong(name, value, "a number above 0 and below 1");

    /// <summary>Between 0 and 1, both included.</summary>
    public static double Share(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is >= 0.0 and <= 1.0 ? value : throw Wrong(name, value, "a number between 0 and 1");

    /// <summary>From 0 (included) to 1 (excluded), as rates of dropping are.</summary>
    public static double Rate(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is >= 0.0 and < 1.0 ? value : throw Wrong(name, value, "a number of at least 0 and below 1");

    /// <summary>Above 0 and at most 1.</summary>
    public static double PositiveShare(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is > 0.0 and <= 1.0 ? value : throw Wrong(name, value, "a number above 0 and at most 1");

    public static int AtLeastOne(int value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= 1 ? value : throw Wrong(name, value, "a number of at least 1");

    private static ArgumentOutOfRangeException Wrong(string name, object value, string expected) =>
        new(name, value, $"Expected {expected}.");
}
