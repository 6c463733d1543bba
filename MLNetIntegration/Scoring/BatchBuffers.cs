using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The inputs and outputs of one cursor: filled row by row, run as a batch, read row by row.</summary>
internal sealed class BatchBuffers : IDisposable
{
    // Buffers of other sizes are kept for rows of variable length and short batches, up to a number that bounds memory.
    private const int MostKept = 32;

    private readonly OnnxSession session;
    private readonly ModelBinding binding;
    private readonly ColumnReader[][] readers;
    private readonly int[] outputs;
    private readonly Dictionary<(int Rows, string Lengths), SessionBuffers> kept = [];
    private readonly bool varies;
    private readonly int[] lengths;
    private readonly int[] found;
    private Dictionary<string, int> sizes;
    private string key = string.Empty;
    private SessionBuffers? full;

    public BatchBuffers(OnnxSession session, ModelBinding binding, DataViewRow source, int batchSize, IEnumerable<int> outputs)
    {
        this.session = session;
        this.binding = binding;
        this.outputs = [.. outputs.Distinct().Order()];
        BatchSize = session.Inputs.Any(i => i.Shape[0].IsStatic) ? 1 : batchSize;
        Results = new TensorMemory[this.outputs.Length];
        sizes = new Dictionary<string, int>(binding.Sizes, StringComparer.Ordinal);
        readers = [.. binding.Inputs.Select(input => input.Columns.Select(
            c => ColumnReader.Of(input.Input, source, source.Schema[c.Index], binding.Options)).ToArray())];
        varies = binding.Inputs.Any(i => i.FixedLength is null);
        lengths = [.. binding.Inputs.Select(i => i.FixedLength ?? -1)];
        found = new int[lengths.Length];
        if (!varies)
        {
            full = Buffers(BatchSize);
        }
    }

    public int BatchSize { get; }

    /// <summary>The row of the batch that getters read.</summary>
    public int Row { get; set; }

    /// <summary>The outputs of the last run, at <see cref="PositionOf"/>.</summary>
    public TensorMemory[] Results { get; }

    /// <summary>Where an output of the model is in <see cref="Results"/>.</summary>
    public int PositionOf(int output) => Array.IndexOf(outputs, output);

    /// <summary>Copies the source's current row into a row of the batch; false if its sizes are not those of the rows before, which must be run first.</summary>
    public bool TryRead(int row, long position)
    {
        for (int i = 0; i < readers.Length; i++)
        {
            found[i] = 0;
            foreach (ColumnReader reader in readers[i])
            {
                found[i] += reader.Fetch();
            }
        }

        if (varies && !found.AsSpan().SequenceEqual(lengths))
        {
            if (row > 0)
            {
                return false;
            }

            Resize(position);
        }

        for (int i = 0; i < readers.Length; i++)
        {
            int start = row * found[i];
            TensorMemory memory = full!.InputMemory[i];
            foreach (ColumnReader reader in readers[i])
            {
                start += reader.Write(memory, start);
            }
        }

        return true;
    }

    /// <summary>Runs the model on the rows read. A shorter batch has buffers of its own size: padding could change what a model computes.</summary>
    public void Run(int rows)
    {
        try
        {
            SessionBuffers current = rows == BatchSize ? full! : Partial(rows);
            current.Run();
            for (int i = 0; i < Results.Length; i++)
            {
                TensorMemory result = Results[i] = current.OutputMemory[i];
                if (result.Sizes[0] != rows)
                {
                    throw new ScoringException(
                        $"Expected the model output {result.Description} to have a first dimension of the {rows} rows of the batch, found {result.Sizes[0]}.");
                }
            }
        }
        catch (ObjectDisposedException e)
        {
            throw new ObjectDisposedException(
                $"Expected a {nameof(BatchOnnxTransformer)} that lives until its cursors and prediction engines have ended, found it disposed.", e);
        }
    }

    public void Dispose()
    {
        full?.Dispose();
        foreach (SessionBuffers buffers in kept.Values)
        {
            buffers.Dispose();
        }

        kept.Clear();
    }

    private void Resize(long position)
    {
        sizes = new Dictionary<string, int>(binding.Sizes, StringComparer.Ordinal);
        InputSizes.Solve(binding.Inputs, [.. found.Select(f => (int?)f)], sizes, position);
        found.CopyTo(lengths, 0);
        key = string.Join(',', lengths.Select(l => l.ToString(CultureInfo.InvariantCulture)));
        full = Buffers(BatchSize);
    }

    private SessionBuffers Partial(int rows)
    {
        SessionBuffers partial = Buffers(rows);
        for (int i = 0; i < readers.Length; i++)
        {
            TensorMemory from = full!.InputMemory[i], to = partial.InputMemory[i];
            from.Bytes[..to.Bytes.Length].CopyTo(to.Bytes);
            if (from.Description.ElementType == TensorElementType.String)
            {
                from.Texts[..to.Count].CopyTo(to.Texts);
            }
        }

        return partial;
    }

    private SessionBuffers Buffers(int rows)
    {
        if (kept.TryGetValue((rows, key), out SessionBuffers? known))
        {
            return known;
        }

        if (kept.Count >= MostKept)
        {
            foreach (((int Rows, string Lengths) size, SessionBuffers old) in kept.Where(k => k.Value != full).ToArray())
            {
                old.Dispose();
                kept.Remove(size);
            }
        }

        var all = new Dictionary<string, int>(sizes, StringComparer.Ordinal);
        foreach (string symbol in session.Inputs.Select(i => i.Shape[0].Symbol).OfType<string>())
        {
            all[symbol] = rows;
        }

        return kept[(rows, key)] = session.CreateBuffers(all, [.. outputs.Select(o => session.Outputs[o].Name)]);
    }
}
