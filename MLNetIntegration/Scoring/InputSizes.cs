using Microsoft.ML.Data;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Finds the sizes of a model's dynamic axes, apart from the batch, from options and lengths of columns.</summary>
internal static class InputSizes
{
    /// <summary>The sizes that options and columns of fixed length tell. Those of variable length may leave axes to be found for each row.</summary>
    public static Dictionary<string, int> Of(OnnxSession session, IReadOnlyList<InputColumns> inputs, ScoreOnnxOptions options)
    {
        string[] symbols = [.. session.Inputs.Concat(session.Outputs).SelectMany(t => t.Shape.Skip(1)).SelectMany(d => d.Symbols).Select(s => s.Name).Distinct()];
        foreach ((string symbol, int size) in options.Dimensions)
        {
            if (!symbols.Contains(symbol) || size < 1)
            {
                throw new ScoringException(
                    $"Expected a positive size for one of the model's dynamic dimensions {string.Join(", ", symbols.Select(s => $"\"{s}\""))} " +
                    $"in ScoreOnnxOptions.Dimensions, found \"{symbol}\" = {size}.");
            }
        }

        var sizes = new Dictionary<string, int>(options.Dimensions, StringComparer.Ordinal);
        foreach (InputColumns input in inputs)
        {
            Axes(input, sizes);
        }

        Solve(inputs, [.. inputs.Select(i => i.FixedLength)], sizes, null);
        return sizes;
    }

    /// <summary>Adds the sizes that follow from the lengths of inputs; null for a length that is not known.</summary>
    /// <exception cref="ScoringException">A length does not fit, or leaves several axes open.</exception>
    public static void Solve(IReadOnlyList<InputColumns> inputs, int?[] lengths, Dictionary<string, int> sizes, long? row)
    {
        bool found = true;
        while (found)
        {
            found = false;
            for (int i = 0; i < inputs.Count; i++)
            {
                string[] open = [.. inputs[i].RowAxes.SelectMany(a => a.Symbols).Select(s => s.Name).Where(s => !sizes.ContainsKey(s))];
                if (lengths[i] is { } length && open.Length == 1)
                {
                    int known = inputs[i].RowAxes.Where(a => a.Symbols.All(s => sizes.ContainsKey(s.Name))).Aggregate(1, (product, a) => product * a.Evaluate(sizes));
                    sizes[open[0]] = known > 0 && length % known == 0 ? length / known : throw Misfit(inputs[i], $"a multiple of {known}", length, row);
                    found = true;
                }
            }
        }

        for (int i = 0; i < inputs.Count; i++)
        {
            if (lengths[i] is not { } length)
            {
                continue;
            }

            int expected = inputs[i].RowLength(sizes) ?? throw new ScoringException(
                $"The sizes of the model input {inputs[i]} do not follow from {length} elements per row: give them in ScoreOnnxOptions.Dimensions.");
            if (expected != length)
            {
                throw Misfit(inputs[i], $"{expected}", length, row);
            }
        }
    }

    /// <summary>A single vector column with as many axes as the input tells them one by one.</summary>
    private static void Axes(InputColumns input, Dictionary<string, int> sizes)
    {
        if (input.Columns is not [{ Type: VectorDataViewType vector }] || vector.Dimensions.Length != input.RowAxes.Length)
        {
            return;
        }

        for (int axis = 0; axis < input.RowAxes.Length; axis++)
        {
            if (input.RowAxes[axis].Symbol is { } symbol && vector.Dimensions[axis] > 0)
            {
                sizes.TryAdd(symbol.Name, vector.Dimensions[axis]);
            }
        }
    }

    private static ScoringException Misfit(InputColumns input, string expected, int found, long? row) => new(
        $"The model input {input}, expects {expected} elements per row, found {found}{(row is null ? string.Empty : $" in row {row}")}.");
}
