using System.Collections;
using System.Reflection;
using Toolkit.Autograd.Graph;
using Toolkit.Modeling.Modules;
using Module = Toolkit.Modeling.Modules.Module;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>What is checked for every table of values.</summary>
internal static class Options
{
    /// <summary>Every public sealed type of a family has a row.</summary>
    public static void Complete(Type family, IEnumerable<string> rows) => Assert.Equal(
        family.Assembly.GetExportedTypes().Where(t => t.IsSealed && t.IsSubclassOf(family)).Select(t => t.Name).Order(StringComparer.Ordinal),
        rows.Order(StringComparer.Ordinal));

    /// <summary>The component gives the numbers of the plain loops, with each of the settings.</summary>
    public static void CheckValues(string name, Setting[] settings)
    {
        Assert.NotEmpty(settings);
        foreach (Setting setting in settings.Concat(settings.Select(s => s.AtWork).OfType<Setting>()))
        {
            Assert.Equal(name, setting.Component.GetType().Name);
            double[] expected = setting.Expected(), found = setting.Found();
            Assert.NotEmpty(expected);
            Assert.Equal(expected.Length, found.Length);
            for (int i = 0; i < expected.Length; i++)
            {
                double apart = Math.Abs(expected[i] - found[i]);
                Assert.True(
                    apart <= setting.Tolerance * Math.Max(1.0, Math.Abs(expected[i])),
                    $"{setting.Component}, number {i}: expected {expected[i]:R}, found {found[i]:R}");
            }
        }
    }

    /// <summary>For every option there are two settings that differ in it alone, and whose right numbers differ: an option that is passed over would be noticed.</summary>
    public static void CheckOptions(Setting[] settings)
    {
        Type type = settings[0].Component.GetType();
        double[][] numbers = [.. settings.Select(setting => setting.Expected())];
        foreach (PropertyInfo option in Of(type))
            Assert.True(Pairs().Any(pair => Varies(option, pair.A, pair.B)), $"No two settings of {type.Name} differ in {option.Name} alone, and in their numbers.");
        foreach (string argument in Hidden(type))
        {
            Assert.True(
                Enumerable.Range(1, settings.Length - 1).Any(i => settings[i].Argument == argument && !numbers[0].SequenceEqual(numbers[i])),
                $"No setting of {type.Name} differs from the first in the argument {argument}, and in its numbers.");
        }

        IEnumerable<(int A, int B)> Pairs() => Enumerable.Range(0, settings.Length).SelectMany(a => Enumerable.Range(0, a).Select(b => (a, b)));

        bool Varies(PropertyInfo option, int a, int b) =>
            !numbers[a].SequenceEqual(numbers[b]) && Of(type).All(p => Same(p, settings[a].Component, settings[b].Component) == (p.Name != option.Name));
    }

    /// <summary>The options of a type: what can be set, and arguments of its constructors that can be read back. The name of a module and the shape that it is told
    /// change no number, whether it is frozen is tried in FrozenTests, and what is synchronized between pieces of a batch in SynchronizedTests; the names that a loss or a metric reads are tried with all of them in NamedExamplesTests.</summary>
    private static PropertyInfo[] Of(Type type) =>
    [
        .. type.GetProperties().Where(p => p.CanRead && p.DeclaringType != typeof(Modeling.Losses.Loss) && p.DeclaringType != typeof(Modeling.Metrics.Metric) && p.GetIndexParameters().Length == 0 && p.Name is not (nameof(Module.Name) or nameof(Module.InputShape) or nameof(Module.InputFields) or nameof(Module.Frozen) or nameof(BatchNormalization.Synchronized)) &&
            (p.SetMethod is { IsPublic: true } || Arguments(type).Any(a => Names(a, p)))),
    ];

    /// <summary>Arguments that no property gives back; random numbers are no option, and what a module is made of is seen in its numbers.</summary>
    private static IEnumerable<string> Hidden(Type type) => Arguments(type)
        .Where(a => a.ParameterType != typeof(RandomSource) && !type.GetProperties().Any(p => Names(a, p))).Select(a => a.Name!);

    private static IEnumerable<ParameterInfo> Arguments(Type type) => type.GetConstructors().SelectMany(c => c.GetParameters());

    private static bool Names(ParameterInfo argument, PropertyInfo property) => string.Equals(argument.Name, property.Name, StringComparison.OrdinalIgnoreCase);

    private static bool Same(PropertyInfo property, object a, object b) => (property.GetValue(a), property.GetValue(b)) switch
    {
        (Variable { Constant: not null } x, Variable { Constant: not null } y) => x.Type.Equals(y.Type) && Run.Numbers(x).SequenceEqual(Run.Numbers(y)),
        (IEnumerable x and not string, IEnumerable y and not string) => x.Cast<object>().SequenceEqual(y.Cast<object>()),
        var (x, y) => Equals(x, y),
    };
}
