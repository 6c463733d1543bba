using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The inputs and outputs of one cursor: filled row by row, run as a batch, read row by row.</summary>
internal sealed class BatchBuffers : IDisposable
{
    private readonly OnnxSession session;
    private readonly ColumnReader[][] readers;
    private readonly SessionBuffers full;
    private SessionBuffers? partial;
    private bool isPartial;

    public BatchBuffers(OnnxSession session, IReadOnlyList<InputColumns> inputs, DataViewRow source, int batchSize)
    {
        this.session = session;
        BatchSize = session.Inputs.Any(i => i.Type.Shape[0].IsStatic) ? 1 : batchSize;
        full = session.CreateBuffers(Sizes(BatchSize));
        readers = [.. inputs.Select(input => ReadersOf(input, source))];
    }

    public int BatchSize { get; }

    private SessionBuffers Current => isPartial ? partial! : full;

    /// <summary>Copies the source's current row into a row of the batch.</summary>
    public void Read(int row)
    {
        for (int i = 0; i < readers.Length; i++)
        {
            foreach (ColumnReader reader in readers[i])
            {
                reader.Read(full.Inputs[i], row);
            }
        }
    }

    /// <summary>Runs the model on the rows read. A last, shorter batch has buffers of its own size: padding could change what a model computes.</summary>
    public void Run(int rows)
    {
        isPartial = rows != BatchSize;
        if (isPartial)
        {
            partial?.Dispose();
            partial = session.CreateBuffers(Sizes(rows));
            for (int i = 0; i < readers.Length; i++)
            {
                full.Inputs[i].Bytes[..partial.Inputs[i].Bytes.Length].CopyTo(partial.Inputs[i].Bytes);
            }
        }

        Current.Run();
    }

    /// <summary>A getter of an output's value for the row that <paramref name="row"/> tells.</summary>
    public Delegate Getter(OutputColumn column, Func<int> row) => column.DType switch
    {
        DType.Float32 => Getter<float>(column, row),
        DType.Float64 => Getter<double>(column, row),
        DType.Int32 => Getter<int>(column, row),
        DType.Int64 => Getter<long>(column, row),
        DType.UInt32 => Getter<uint>(column, row),
        DType.UInt64 => Getter<ulong>(column, row),
        _ => Getter<bool>(column, row),
    };

    public void Dispose()
    {
        full.Dispose();
        partial?.Dispose();
    }

    private static ColumnReader[] ReadersOf(InputColumns input, DataViewRow source)
    {
        var readers = new ColumnReader[input.Columns.Count];
        int offset = 0;
        for (int i = 0; i < readers.Length; i++)
        {
            readers[i] = ColumnReader.Of(source, source.Schema[input.Columns[i].Index], input.Input.Type.DType, offset, input.RowLength);
            offset += ColumnTypes.Length(input.Columns[i].Type);
        }

        return readers;
    }

    private Dictionary<string, int> Sizes(int rows) => session.Inputs
        .Select(i => i.Type.Shape[0].Symbol)
        .OfType<string>()
        .Distinct()
        .ToDictionary(symbol => symbol, _ => rows, StringComparer.Ordinal);

    private Delegate Getter<T>(OutputColumn column, Func<int> row)
        where T : unmanaged
    {
        if (column.Type is not VectorDataViewType)
        {
            return (ValueGetter<T>)((ref T value) =>
            {
                int index = row();
                value = Current.Outputs[column.Output].Span<T>()[index];
            });
        }

        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            // The row comes first: for a single row it is what runs the model.
            int index = row();
            Value output = Current.Outputs[column.Output];
            int length = output.Count / output.Sizes[0];
            VBufferEditor<T> editor = VBufferEditor.Create(ref value, length);
            output.Span<T>().Slice(index * length, length).CopyTo(editor.Values);
            value = editor.Commit();
        });
    }
}
