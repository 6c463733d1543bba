using System.Reflection;
using Toolkit.Autograd.Tensors;

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
        foreach (Func<object> make in row.Bad.SelectMany(bad => bad))
            Says(Refusal(make));
        if (row.Make is { } right)
        {
            Assert.Equal(name, right().GetType().Name);
            CheckSettings(right);
        }
    }

    /// <summary>Every row of every table.</summary>
    public static IEnumerable<KeyValuePair<string, Case>> Rows =>
    [
        .. ModuleTable.Rows,
        .. LossTable.Rows.Select(row => KeyValuePair.Create(row.Key, row.Value.Case)),
        .. RegularizerTable.Rows.Select(row => KeyValuePair.Create(row.Key, row.Value.Case)),
        .. OptimizerTable.Optimizers,
        .. OptimizerTable.Minimizers,
        .. OptimizerTable.Schedules,
        .. OptimizerTable.Constraints,
        .. MethodTable.Rows,
    ];

    /// <summary>What a component says to its wrong settings, once for each of them; a loss also to targets of another type.</summary>
    public static IEnumerable<string> Messages(string name)
    {
        foreach (Func<object>[] bad in Rows.Where(row => row.Key == name).SelectMany(row => row.Value.Bad))
            yield return Sentence(Refusal(bad[0]));
        if (LossTable.Rows.TryGetValue(name, out var loss))
            yield return Sentence(Refusal(() => LossTable.WithWrongTarget(loss)));
    }

    private static Exception Refusal(Func<object> make)
    {
        Exception? error = Record.Exception(make);
        Assert.True(error is ArgumentException or ToolkitException, $"Expected a refusal, found {error?.ToString() ?? "none"}.");
        return error!;
    }

    /// <summary>The message without what the runtime adds.</summary>
    private static string Sentence(Exception error) => error.Message.Split(" (Parameter", 2)[0];

    /// <summary>No setting takes a number that is none, or the least integer; settings are found by themselves.</summary>
    private static void CheckSettings(Func<object> right)
    {
        foreach (PropertyInfo setting in right().GetType().GetProperties().Where(p => p.SetMethod is { IsPublic: true }))
        {
            object[] wrong = (Nullable.GetUnderlyingType(setting.PropertyType) ?? setting.PropertyType) switch
            {
                var t when t == typeof(double) => [double.NaN, double.PositiveInfinity, double.NegativeInfinity],
                var t when t == typeof(int) => [int.MinValue],
                _ => [],
            };
            foreach (object value in wrong)
            {
                var error = Assert.Throws<TargetInvocationException>(() => setting.SetValue(right(), value));
                Says(Assert.IsAssignableFrom<ArgumentException>(error.InnerException));
                Assert.Contains(setting.Name, error.InnerException!.Message, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>"Expected …, found …", or "… has …; expected …", or "… hold …; expected …".</summary>
    private static void Says(Exception error)
    {
        Assert.Contains("xpect", error.Message, StringComparison.Ordinal);
        Assert.Matches(@"\b(found|has|hold)\b", error.Message);
    }
}
