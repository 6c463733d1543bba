using Microsoft.ML.OnnxRuntime.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>Runs the model on the rows of a group, for one thread.</summary>
internal sealed class GroupScorer : IDisposable
{
    private const int NearElements = 4096, FewestRows = 16;

    private readonly OnnxSession session;
    private readonly ScoreLayout layout;
    private readonly GroupReader reader;
    private readonly string[] outputNames;
    private readonly ScoreColumn[][] scores;
    private readonly ReadOnlyMemory<float>[] together = new ReadOnlyMemory<float>[Rows.Together];
    private SessionBuffers? full;

    public GroupScorer(OnnxSession session, ScoreLayout layout, GroupReader reader)
    {
        (this.session, this.layout, this.reader) = (session, layout, reader);
        outputNames = [.. layout.Outputs.Select(output => output.Output.Name)];
        scores = [.. layout.Outputs.Select(output => output.Columns().ToArray())];
        Columns = [.. reader.Kept, .. scores.SelectMany(columns => columns).Select(score => score.Column)];
    }

    /// <summary>The columns of a part: those to keep, and the scores.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>Scores the rows that the reader holds.</summary>
    public void Score()
    {
        foreach (ScoreColumn score in scores.SelectMany(columns => columns))
            score.Column.Resize(reader.Rows);
        for (int first = 0; first < reader.Rows; first += layout.BatchSize)
        {
            int count = Math.Min(layout.BatchSize, reader.Rows - first);
            if (count == layout.BatchSize)
            {
                Score(full ??= Buffers(count), first, count);
                continue;
            }

            using SessionBuffers rest = Buffers(count);
            Score(rest, first, count);
        }
    }

    public void Dispose() => full?.Dispose();

    private SessionBuffers Buffers(int count) => session.CreateBuffers(
        layout.Inputs.SelectMany(input => input.Input.Shape[0].Symbols).Select(symbol => symbol.Name).Distinct().ToDictionary(name => name, _ => count), outputNames);

    private void Score(SessionBuffers buffers, int first, int count)
    {
        for (int i = 0; i < reader.Inputs.Count; i++)
            Fill(buffers.InputMemory[i], reader.Inputs[i], first, count);
        buffers.Run();
        for (int i = 0; i < scores.Length; i++)
        {
            TensorMemory memory = buffers.OutputMemory[i];
            int width = ScoreLayout.Width(layout.Outputs[i].Output);
            if (memory.Sizes.Length == 0 || memory.Sizes[0] != count || memory.Count != count * width)
                throw new ServingException($"Expected {count} rows of {width} in the output \"{outputNames[i]}\", one for each row of the inputs, found the sizes [{string.Join(", ", memory.Sizes.ToArray())}].");
            foreach ((TableColumn column, int offset) in scores[i])
                column.Take(memory, first, count, offset, width);
        }
    }

    /// <summary>Turns columns into rows, some rows after the other, which stay in the first cache of the processor while all columns go into them.</summary>
    private void Fill(TensorMemory memory, TableColumn[] columns, int first, int count)
    {
        int width = columns.Length, rows = Math.Max(FewestRows, NearElements / width);
        for (int start = 0; start < count; start += rows)
        {
            int now = Math.Min(rows, count - start);
            for (int offset = 0; offset < width; offset++)
            {
                if (FillTogether(memory, columns.AsSpan(offset), first + start, now, (start * width) + offset, width))
                    offset += Rows.Together - 1;
                else if (columns[offset].Fill(memory, first + start, now, (start * width) + offset, width) is var bad and >= 0)
                    throw reader.Bad(columns[offset], bad, $"expected a number within {memory.Description.ElementType}, the type of the input \"{memory.Description.Name}\", found another");
            }
        }
    }

    /// <summary>Fills the rows with the next columns at once if all are float32, as the input is.</summary>
    private bool FillTogether(TensorMemory memory, ReadOnlySpan<TableColumn> columns, int first, int count, int offset, int width)
    {
        if (columns.Length < together.Length || memory.Description.ElementType != TensorElementType.Float)
            return false;
        for (int i = 0; i < together.Length; i++)
        {
            if (columns[i] is not NumberColumn<float> numbers)
                return false;
            together[i] = numbers.Cells(first, count);
        }

        Rows.FillTogether(together, memory.Span<float>(), offset, width);
        return true;
    }
}
