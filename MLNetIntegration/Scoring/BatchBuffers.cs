using System.Globalization;
using Microsoft.ML.OnnxRuntime.Tensors;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The inputs and outputs of one batch: filled row by row, then run; used again for the next.</summary>
internal sealed class BatchBuffers : IDisposable
{
    // Buffers of other sizes are kept for rows of variable length and short batches, up to a number that bounds memory.
    private const int MostKept = 8;

    private readonly OnnxSession session;
    private readonly ModelBinding binding;
    private readonly int[] outputs;
    private readonly Dictionary<(int Rows, string Lengths), SessionBuffers> kept = [];
    private readonly Lock gate = new();
    private readonly bool varies;
    private readonly int[] lengths;
    private Dictionary<string, int> sizes;
    private string key = string.Empty;
    private SessionBuffers? full;
    private long first;
    private bool disposed;

    public BatchBuffers(OnnxSession session, ModelBinding binding, int batchSize, int[] outputs, int number = 0)
    {
        Number = number;
        this.session = session;
        this.binding = binding;
        this.outputs = outputs;
        BatchSize = session.Inputs.Any(i => i.Shape[0].IsStatic) ? 1 : batchSize;
        Results = new TensorMemory[outputs.Length];
        sizes = new Dictionary<string, int>(binding.Sizes, StringComparer.Ordinal);
        varies = binding.Inputs.Any(i => i.FixedLength is null);
        lengths = [.. binding.Inputs.Select(i => i.FixedLength ?? -1)];
        if (!varies)
        {
            full = Buffers(BatchSize);
        }
    }

    /// <summary>The number of the batch, under which its passing columns are kept.</summary>
    public int Number { get; }

    /// <summary>The most rows.</summary>
    public int BatchSize { get; }

    /// <summary>The rows that were added.</summary>
    public int Rows { get; private set; }

    /// <summary>The outputs of the last run, in the order of the model's.</summary>
    public TensorMemory[] Results { get; }

    /// <summary>Forgets the rows.</summary>
    public void Clear() => Rows = 0;

    /// <summary>Copies the row that was fetched last; false if there is no room, or if its sizes are not those of the rows before, which must be run
    /// first.</summary>
    public bool TryAdd(InputReader reader)
    {
        if (Rows == BatchSize)
        {
            return false;
        }

        if (varies && !reader.Lengths.AsSpan().SequenceEqual(lengths))
        {
            if (Rows > 0)
            {
                return false;
            }

            Resize(reader);
        }

        first = Rows == 0 ? reader.Position : first;
        reader.Write(full!.InputMemory, Rows);
        Rows++;
        return true;
    }

    /// <summary>Runs the model on the rows. A shorter batch has buffers of its own size: padding could change what a model computes.</summary>
    public void Run()
    {
        try
        {
            SessionBuffers current = Rows == BatchSize ? full! : Partial();
            current.Run();
            for (int i = 0; i < Results.Length; i++)
            {
                TensorMemory result = Results[i] = current.OutputMemory[i];
                if (result.Sizes[0] != Rows)
                {
                    throw new ScoringException(
                        $"Expected the model output {result.Description} to have a first dimension of the {Rows} rows of the batch, found {result.Sizes[0]}.");
                }
            }
        }
        catch (ObjectDisposedException e)
        {
            throw new ObjectDisposedException(
                $"Expected a {nameof(BatchOnnxTransformer)} that lives until its cursors and prediction engines have ended, found it disposed.", e);
        }
        catch (ServingException e)
        {
            throw new ScoringException($"The model failed on {(Rows == 1 ? $"row {first}" : $"the rows {first} to {first + Rows - 1}")}. {e.Message}", e);
        }
    }

    /// <summary>Releases the memory. A run that is under way in another thread ends first; whatever follows throws <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            full?.Dispose();
            foreach (SessionBuffers buffers in kept.Values)
            {
                buffers.Dispose();
            }

            kept.Clear();
        }
    }

    private void Resize(InputReader reader)
    {
        sizes = new Dictionary<string, int>(binding.Sizes, StringComparer.Ordinal);
        InputSizes.Solve(binding.Inputs, [.. reader.Lengths.Select(f => (int?)f)], sizes, reader.Position);
        reader.Lengths.CopyTo(lengths, 0);
        key = string.Join(',', lengths.Select(l => l.ToString(CultureInfo.InvariantCulture)));
        full = Buffers(BatchSize);
    }

    private SessionBuffers Partial()
    {
        SessionBuffers partial = Buffers(Rows);
        for (int i = 0; i < partial.InputMemory.Count; i++)
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
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return Kept(rows);
        }
    }

    private SessionBuffers Kept(int rows)
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
        foreach (Symbol symbol in session.Inputs.Select(i => i.Shape[0].Symbol).OfType<Symbol>())
        {
            all[symbol.Name] = rows;
        }

        return kept[(rows, key)] = session.CreateBuffers(all, [.. outputs.Select(o => session.Outputs[o].Name)]);
    }
}
