using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.LinearAlgebra;

/// <summary>An equation of <see cref="Einsum"/>, read for inputs of given ranks: a label for each axis. Letters are positive labels; axes of an ellipsis are negative, −1 the last.</summary>
internal sealed class EinsumEquation
{
    private EinsumEquation(int[][] inputs, int[] output, bool ellipsesAgree) => (Inputs, Output, EllipsesAgree) = (inputs, output, ellipsesAgree);

    /// <summary>The labels of the axes of each input.</summary>
    public IReadOnlyList<int[]> Inputs { get; }

    /// <summary>The labels of the axes of the result.</summary>
    public IReadOnlyList<int> Output { get; }

    /// <summary>Whether the ellipses of all inputs that have one stand for the same number of axes.</summary>
    public bool EllipsesAgree { get; }

    /// <exception cref="GraphException">The equation is none, or does not fit the inputs.</exception>
    public static EinsumEquation Read(string equation, IReadOnlyList<int> ranks)
    {
        string[] sides = equation.Replace(" ", string.Empty, StringComparison.Ordinal).Split("->");
        string[] terms = sides[0].Split(',');
        if (sides.Length > 2 || terms.Length != ranks.Count)
            throw new GraphException($"Einsum expects an equation with {ranks.Count} terms, found \"{equation}\".");
        int[][] inputs = [.. terms.Select((term, i) => Labels(term, equation, ranks[i] - term.Replace("...", string.Empty, StringComparison.Ordinal).Length))];
        int[] ellipsis = [.. inputs.SelectMany(labels => labels).Where(label => label < 0).Distinct().Order()];
        int[] output = sides.Length == 2
            ? Labels(sides[1], equation, ellipsis.Length)
            : [.. ellipsis, .. inputs.SelectMany(labels => labels).Where(label => label > 0).GroupBy(label => label).Where(group => group.Count() == 1).Select(group => group.Key).Order()];
        bool agree = inputs.Where((_, i) => terms[i].Contains("...", StringComparison.Ordinal)).Select(labels => labels.Count(label => label < 0)).Distinct().Count() <= 1;
        return output.Distinct().Count() == output.Length && output.All(label => inputs.Any(labels => labels.Contains(label)))
            ? new EinsumEquation(inputs, output, agree)
            : throw new GraphException($"Einsum expects labels of inputs, each once, on the right of \"->\", found \"{equation}\".");
    }

    private static int[] Labels(string term, string equation, int others)
    {
        var labels = new List<int>();
        for (int i = 0; i < term.Length; i++)
        {
            if (term.AsSpan(i).StartsWith("..."))
            {
                labels.AddRange(Enumerable.Range(-others, Math.Max(others, 0)));
                i += 2;
            }
            else
            {
                labels.Add(char.IsAsciiLetter(term[i]) ? term[i] : throw new GraphException($"Einsum expects letters as labels, found \"{equation}\"."));
            }
        }

        return others >= 0 && (others == 0 || term.Contains("...", StringComparison.Ordinal))
            ? [.. labels]
            : throw new GraphException($"Einsum expects a label for each axis, found the term \"{term}\" of \"{equation}\" for an input with {others} axes more.");
    }
}
