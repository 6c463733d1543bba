using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tool.Scoring;

/// <summary>What a model gives for rows: a list of numbers for each, those of all outputs one after the other.</summary>
/// <param name="Names">What the numbers are called after the outputs.</param>
/// <param name="Rows">The numbers of each row.</param>
internal sealed record Scores(IReadOnlyList<string> Names, IReadOnlyList<float[]> Rows)
{
    private const int BatchSize = 256;

    /// <summary>Scores rows, many at once where the model takes as many as come.</summary>
    public static Scores Of(OnnxSession session, ScoringRows rows, CancellationToken cancellation)
    {
        int[] batches = [.. session.Inputs.Select(input => input.Shape.Rank > 0 && input.Shape[0].IsStatic ? input.Shape[0].Size : 0).Where(size => size > 0).Distinct()];
        int size = batches is [var only] ? only : BatchSize;
        if (batches.Length > 0 && rows.Count % size != 0)
            throw new DataException($"Expected a multiple of {size} rows, as the model takes {size} at a time, found {rows.Count}.");
        var scored = new List<float[]>(rows.Count);
        string[] names = [];
        for (int start = 0; start < rows.Count; start += size)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(size, rows.Count - start);
            IReadOnlyList<Value> outputs = session.Run(rows.Inputs(session, start, count));
            if (outputs.Zip(session.Outputs).FirstOrDefault(pair => pair.First.Rank == 0 || pair.First.Sizes[0] != count) is { First: { } wrong, Second: var output })
                throw new DataException($"Expected a score for each of {count} rows, found {wrong.Type} from \"{output.Name}\".");
            names = [.. outputs.Zip(session.Outputs).SelectMany(pair => Named(pair.Second.Name, pair.First.Count / count))];
            for (int row = 0; row < count; row++)
                scored.Add([.. outputs.SelectMany(value => Enumerable.Range(0, value.Count / count).Select(i => (float)value[(row * (value.Count / count)) + i]))]);
        }

        return new Scores(names, scored);
    }

    private static IEnumerable<string> Named(string output, int count) => count == 1 ? [output] : Enumerable.Range(0, count).Select(i => $"{output}_{i}");
}
