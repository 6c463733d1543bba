using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Reliability.Graphs;

/// <summary>What one graph shows.</summary>
internal sealed class GraphCheck
{
    // The outputs of a whole graph may be as far from each other as rounding moves those of a single operation, several times.
    private const double Times = 10;

    /// <summary>What should be equal and is not.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>How often which words of a table apply to it.</summary>
    public Dictionary<string, int> Counts { get; } = [];

    /// <summary>Counts one more of something.</summary>
    public void Count(string what) => Counts[what] = Counts.GetValueOrDefault(what) + 1;

    /// <summary>Compares outputs. They are equal but for a few of the last digits, or for as much as rounding decides.</summary>
    public void Compare(string what, Signature signature, IReadOnlyList<Value> expected, IReadOnlyList<Value> found, Rounding rounding)
    {
        for (int o = 0; o < expected.Count; o++)
        {
            string name = $"{what}, {signature.Outputs[o].Variable}";
            if (expected[o].DType != found[o].DType)
                Failures.Add($"{name}: expected {expected[o]}, found {found[o]}");
            else if (!expected[o].Sizes.SequenceEqual(found[o].Sizes))
                Decide($"{name}: expected {expected[o]}, found {found[o]}", rounding.DecidesSizes(o, expected[o]));
            else if (Differing(expected[o], found[o]) is [var first, ..] differing)
                Decide($"{name}, element {first}: expected {expected[o][first]:R}, found {found[o][first]:R}", differing.All(i => Apart(expected[o][i], found[o][i]) <= Times * rounding.Distance(o, expected[o], i)));
        }
    }

    /// <summary>The numbers of a value.</summary>
    public static IEnumerable<double> Numbers(Value value) => Enumerable.Range(0, value.Count).Select(i => value[i]);

    /// <summary>The distance of two numbers; infinite where only one is infinite or no number.</summary>
    public static double Apart(double first, double second) => first.Equals(second) ? 0 : Math.Abs(first - second) is var apart && double.IsNaN(apart) ? double.PositiveInfinity : apart;

    private static int[] Differing(Value expected, Value found)
    {
        double few = expected.DType == DType.Float64 ? 1e-9 : expected.DType.IsFloating() ? 1e-5 : 0;
        return [.. Enumerable.Range(0, expected.Count).Where(i => Apart(expected[i], found[i]) > few * (double.IsFinite(expected[i]) ? Math.Max(1, Math.Abs(expected[i])) : 1))];
    }

    private void Decide(string difference, bool isRounding)
    {
        if (isRounding)
            Count("outputs that rounding decides");
        else
            Failures.Add(difference);
    }
}
