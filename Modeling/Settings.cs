using System.Globalization;
using System.Runtime.CompilerServices;

namespace Toolkit.Modeling;

/// <summary>Checks of settings: each gives back what it was given, or says what was expected and what was found.</summary>
internal static class Settings
{
    public static double Positive(double value, [CallerArgumentExpression(nameof(value))] string name = "", [CallerMemberName] string member = "") =>
        value > 0.0 && double.IsFinite(value) ? value : throw Wrong(name, member, value, "a number above 0");

    public static double NotNegative(double value, [CallerArgumentExpression(nameof(value))] string name = "", [CallerMemberName] string member = "") =>
        value >= 0.0 && double.IsFinite(value) ? value : throw Wrong(name, member, value, "a number of at least 0");

    /// <summary>Between 0 and 1, both excluded.</summary>
    public static double InsideUnit(double value, [CallerArgumentExpression(nameof(value))] string name = "", [CallerMemberName] string member = "") =>
        value is > 0.0 and < 1.0 ? value : throw Wrong(name, member, value, "a number above 0 and below 1");

    /// <summary>Between 0 and 1, both included.</summary>
    public static double Share(double value, [CallerArgumentExpression(nameof(value))] string name = "", [CallerMemberName] string member = "") =>
        value is >= 0.0 and <= 1.0 ? value : throw Wrong(name, member, value, "a number between 0 and 1");

    /// <summary>From 0 (included) to 1 (excluded), as rates of dropping are.</summary>
    public static double Rate(double value, [CallerArgumentExpression(nameof(value))] string name = "", [CallerMemberName] string member = "") =>
        value is >= 0.0 and < 1.0 ? value : throw Wrong(name, member, value, "a number of at least 0 and below 1");

    /// <summary>Above 0 and at most 1.</summary>
    public static double PositiveShare(double value, [CallerArgumentExpression(nameof(value))] string name = "", [CallerMemberName] string member = "") =>
        value is > 0.0 and <= 1.0 ? value : throw Wrong(name, member, value, "a number above 0 and at most 1");

    public static double Finite(double value, [CallerArgumentExpression(nameof(value))] string name = "", [CallerMemberName] string member = "") =>
        double.IsFinite(value) ? value : throw Wrong(name, member, value, "a finite number");

    /// <summary>A finite number of at least another one.</summary>
    public static double NotBelow(
        double least, double value, [CallerArgumentExpression(nameof(value))] string name = "", [CallerMemberName] string member = "") =>
        value >= least && double.IsFinite(value)
            ? value
            : throw Wrong(name, member, value, $"a finite number of at least {least.ToString(CultureInfo.InvariantCulture)}");

    public static int AtLeastZero(int value, [CallerArgumentExpression(nameof(value))] string name = "", [CallerMemberName] string member = "") =>
        value >= 0 ? value : throw Wrong(name, member, value, "a number of at least 0");

    public static int AtLeastOne(int value, [CallerArgumentExpression(nameof(value))] string name = "", [CallerMemberName] string member = "") =>
        value >= 1 ? value : throw Wrong(name, member, value, "a number of at least 1");

    public static int AtLeast(int least, int value, [CallerArgumentExpression(nameof(value))] string name = "", [CallerMemberName] string member = "") =>
        value >= least ? value : throw Wrong(name, member, value, $"a number of at least {least}");

    internal static ArgumentOutOfRangeException Wrong(string name, string member, object value, string expected)
    {
        // Within an init accessor the argument is called "value": the name of the property says more.
        string setting = name == nameof(value) ? member : name;
        return new(setting, value, $"Expected {expected} for {setting}, found {Convert.ToString(value, CultureInfo.InvariantCulture)}.");
    }
}
