using Microsoft.ML;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Reads the columns of all model inputs from the current row of a source, so that they can be copied into a batch.</summary>
internal sealed class InputReader(ModelBinding binding, DataViewRow source)
{
    private readonly ColumnReader[][] readers = [.. binding.Inputs.Select(input => input.Columns.Select(
        c => ColumnReader.Of(input.Input, source, source.Schema[c.Index], binding.Options)).ToArray())];

    /// <summary>The elements of the row that was fetched last, for each input.</summary>
    public int[] Lengths { get; } = new int[binding.Inputs.Count];

    /// <summary>Where the source is.</summary>
    public long Position => source.Position;

    /// <summary>Gets the values of the source's current row.</summary>
    public void Fetch()
    {
        for (int i = 0; i < readers.Length; i++)
        {
            int length = 0;
            foreach (ColumnReader reader in readers[i])
            {
                length += reader.Fetch();
            }

            Lengths[i] = length;
        }
    }

    /// <summary>Copies the values that were fetched last into a row of inputs.</summary>
    public void Write(IReadOnlyList<TensorMemory> inputs, int row)
    {
        for (int i = 0; i < readers.Length; i++)
        {
            int start = row * Lengths[i];
            foreach (ColumnReader reader in readers[i])
            {
                start += reader.Write(inputs[i], start);
            }
        }
    }
}
