using System.Reflection;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>What is checked for every row of a table.</summary>
internal static class Refusals
{
    /// <summary>Every public sealed type of a family has a row, so that a new one cannot be forgotten.</summary>
    public static void Complete(Type family, IEnumerable<string> rows)
    {
        IEnumerable<string> types = family.Assembly.GetExportedTypes().Where(t => t.IsSealed && t.IsSubclassOf(family)).Select(t => t.Name);
        Assert.Equal(types.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    /// <summary>The right one is made; each wrong one is refused with what was expected and what was found.</summary>
    public static void Check(string name, Case row)
    {
        Assert.Equal(name, row.Make().GetType().Name);
        foreach (Func<object> make in row.Bad.SelectMany(bad => bad))
            Says(Assert.ThrowsAny<ArgumentException>(make));
        CheckSettings(row);
    }

    /// <summary>No setting takes a number that is none, or the least integer; settings are found by themselves.</summary>
    private static void CheckSettings(Case row)
    {
        foreach (PropertyInfo setting in row.Make().GetType().GetProperties().Where(p => p.SetMethod is { IsPublic: true }))
        {
            object[] wrong = (Nullable.GetUnderlyingType(setting.PropertyType) ?? setting.PropertyType) switch
            {
                var t when t == typeof(double) => [double.NaN, double.PositiveInfinity, double.NegativeInfinity],
                var t when t == typeof(int) => [int.MinValue],
                _ => [],
            };
            foreach (object value in wrong)
            {
                var error = Assert.Throws<TargetInvocationException>(() => setting.SetValue(row.Make(), value));
                Says(Assert.IsAssignableFrom<ArgumentException>(error.InnerException));
                Assert.Contains(setting.Name, error.InnerException!.Message, StringComparison.Ordinal);
            }
        }
    }

    private static void Says(Exception error)
    {
        Assert.Contains("xpected", error.Message, StringComparison.Ordinal);
        Assert.Contains("found", error.Message, StringComparison.Ordinal);
    }
}
