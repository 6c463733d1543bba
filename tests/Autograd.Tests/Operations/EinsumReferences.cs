using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.LinearAlgebra;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Sums of products and determinants, in plain loops over doubles.</summary>
internal static class EinsumReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(Det)] = (_, x) => [Array64.Make(x[0].Sizes[..^2], i => Determinant(Rows(x[0], i)))],
        [typeof(Einsum)] = (o, x) => [Sum(((Einsum)o).Equation.Replace(" ", "", StringComparison.Ordinal), x)],
    };

    /// <summary>Every assignment of an index to every letter adds one product; axes of an ellipsis have digits as letters, 9 the last.</summary>
    private static Array64 Sum(string equation, Array64[] x)
    {
        string[] sides = equation.Split("->"), terms = [.. sides[0].Split(',').Select((term, i) => Named(term, x[i].Sizes.Length))];
        string all = string.Concat(terms);
        string output = sides.Length > 1
            ? Named(sides[1], all.Where(char.IsAsciiDigit).Distinct().Count() + sides[1].Count(char.IsAsciiLetter))
            : string.Concat(all.Where(letter => all.Count(other => other == letter) == 1).Order());
        char[] letters = [.. all.Distinct()];
        int[] sizes = [.. letters.Select(letter => x.Select((input, i) => terms[i].Contains(letter, StringComparison.Ordinal) ? input.Sizes[terms[i].IndexOf(letter, StringComparison.Ordinal)] : 1).Max())];
        var sum = new Array64([.. output.Select(letter => sizes[Array.IndexOf(letters, letter)])]);
        var assignment = new Array64(sizes);
        for (int flat = 0; flat < assignment.Data.Length; flat++)
        {
            int[] index = assignment.Index(flat);
            double product = 1;
            for (int i = 0; i < x.Length; i++)
                product *= x[i][[.. terms[i].Select(letter => index[Array.IndexOf(letters, letter)])]];
            sum.Data[sum.Flat([.. output.Select(letter => index[Array.IndexOf(letters, letter)])])] += product;
        }

        return sum;
    }

    private static string Named(string term, int rank)
    {
        int others = rank - term.Count(char.IsAsciiLetter);
        return term.Replace("...", string.Concat(Enumerable.Range(10 - others, others)), StringComparison.Ordinal);
    }

    private static double[][] Rows(Array64 x, int[] at) =>
        [.. Enumerable.Range(0, x.Sizes[^1]).Select(r => Enumerable.Range(0, x.Sizes[^1]).Select(c => x[[.. at, r, c]]).ToArray())];

    /// <summary>By the first row.</summary>
    private static double Determinant(double[][] rows)
    {
        if (rows.Length == 0)
            return 1;
        double sum = 0;
        for (int c = 0; c < rows.Length; c++)
            sum += (c % 2 == 0 ? 1 : -1) * rows[0][c] * Determinant([.. rows.Skip(1).Select(row => row.Where((_, k) => k != c).ToArray())]);
        return sum;
    }
}
