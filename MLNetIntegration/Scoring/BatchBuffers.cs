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
    private IReadOnlyList<Value> outputs = [];

    public BatchBuffers(OnnxSession session, IReadOnlyList<InputColumns> inputs, DataViewRow source, int batchSize)
    {
        this.session = session;
        BatchSize = session.Inputs.Any(i => i.Type.Shape[0].IsStatic) ? 1 : batchSize;
        full = session.CreateBuffers(Sizes(BatchSize));
        readers = [.. inputs.Select(input => ReadersOf(input, source))];
    }

    public int BatchSize { get; }

    /// <summary>The row of the batch that getters read.</summary>
    public int Row { get; set; }

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
        SessionBuffers current = full;
        if (rows != BatchSize)
        {
            partial?.Dispose();
            partial = session.CreateBuffers(Sizes(rows));
            for (int i = 0; i < readers.Length; i++)
            {
                full.Inputs[i].Bytes[..partial.Inputs[i].Bytes.Length].CopyTo(partial.Inputs[i].Bytes);
            }

            current = partial;
        }

        current.Run();
        outputs = current.Outputs;
    }

    /// <summary>A getter of an output's value for <see cref="Row"/>.</summary>
    /// <param name="column">The output.</param>
    /// <param name="prepare">What to do before each value; null for nothing.</param>
    public Delegate Getter(OutputColumn column, Action? prepare = null) => column.DType switch
    {
        DType.Float32 => Getter<float>(column, prepare),
        DType.Float64 => Getter<double>(column, prepare),
        DType.Int32 => Getter<int>(column, prepare),
        DType.Int64 => Getter<long>(column, prepare),
        DType.UInt32 => Getter<uint>(column, prepare),
        DType.UInt64 => Getter<ulong>(column, prepare),
        _ => Getter<bool>(column, prepare),
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

    private Delegate Getter<T>(OutputColumn column, Action? prepare)
        where T : unmanaged
    {
        if (column.Type is not VectorDataViewType)
        {
            return (ValueGetter<T>)((ref T value) =>
            {
                prepare?.Invoke();
                value = outputs[column.Output].Span<T>()[Row];
            });
        }

        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            prepare?.Invoke();
            Value output = outputs[column.Output];
            int length = output.Count / output.Sizes[0];
            VBufferEditor<T> editor = VBufferEditor.Create(ref value, length);
            output.Span<T>().Slice(Row * length, length).CopyTo(editor.Values);
            value = editor.Commit();
        });
    }
}
