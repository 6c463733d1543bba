using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Reliability.Graphs;

/// <summary>What one graph shows.</summary>
internal sealed class GraphCheck
{
    /// <summary>What should be equal and is not.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>How often which words of a table apply to it.</summary>
    public Dictionary<string, int> Counts { get; } = [];

    /// <summary>Counts one more of something.</summary>
    public void Count(string what) => Counts[what] = Counts.GetValueOrDefault(what) + 1;

    /// <summary>Compares outputs. Where there are float32 numbers as much is allowed as rounding does: ten times what the same graph in float64 differs by, and a few units more.</summary>
    public void Compare(string what, Signature signature, IReadOnlyList<Value> expected, IReadOnlyList<Value> exact, IReadOnlyList<Value>? found)
    {
        // A graph of float64 may have a part of fewer digits.
        bool isDouble = signature.Nodes.SelectMany(node => node.Outputs).All(output => !output.DType.IsFloating() || output.DType == DType.Float64);
        for (int o = 0; found is not null && o < expected.Count; o++)
        {
            string name = $"{what}, {signature.Outputs[o].Variable}";
            if (expected[o].DType != found[o].DType || !expected[o].Sizes.SequenceEqual(found[o].Sizes))
            {
                Failures.Add($"{name}: expected {expected[o]}, found {found[o]}");
                continue;
            }

            bool isComparable = exact[o].Sizes.SequenceEqual(expected[o].Sizes);
            for (int i = 0; i < expected[o].Count && isComparable; i++)
            {
                (double want, double got, double precise) = (expected[o][i], found[o][i], exact[o][i]);
                double apart = Math.Abs(want - precise);
                double allowed = isDouble ? 1e-9 * Math.Max(1, Math.Abs(want)) : (1e-4 * Math.Max(1, Math.Abs(want))) + (10 * apart);

                // What rounding decides (the place of a maximum, infinity or not) tells nothing.
                if (want.Equals(got) || Math.Abs(want - got) <= allowed || (!isDouble && !double.IsFinite(precise)) || (!expected[o].DType.IsFloating() && apart > 0))
                    continue;
                Failures.Add($"{name}, element {i}: expected {want:R}, found {got:R} ({precise:R} in float64)");
                break;
            }
        }
    }

    /// <summary>The numbers of a value.</summary>
    public static IEnumerable<double> Numbers(Value value) => Enumerable.Range(0, value.Count).Select(i => value[i]);
}
