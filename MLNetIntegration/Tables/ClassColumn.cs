using System.Numerics;
using Microsoft.ML.OnnxRuntime.Tensors;
using Parquet;
using Parquet.Schema;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>The class with the highest score of each row, the first of several; empty where a score is NaN.</summary>
/// <param name="name">The name of the column.</param>
/// <param name="classes">The names of the classes, in the order of their scores.</param>
internal sealed class ClassColumn(string name, IReadOnlyList<string> classes) : TableColumn(name)
{
    private readonly TextColumn texts = new(name);

    public override DataField Field => texts.Field;

    /// <summary>Whether scores have a type that is compared here.</summary>
    public static bool Compares(TensorElementType type) => type is TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16;

    public override bool Fits(TensorElementType type) => false;

    public override string? Parse(int row, string text) => throw new NotSupportedException();

    public override bool SetMissing(int row) => false;

    public override int FirstMissing() => -1;

    public override string? TextAt(int row) => texts.TextAt(row);

    public override int Fill(TensorMemory memory, int first, int count, int offset, int width) => throw new NotSupportedException();

    public override void Take(TensorMemory memory, int first, int count, int offset, int width)
    {
        switch (memory.Description.ElementType)
        {
            case TensorElementType.Double:
                Take(memory.Span<double>(), first, count, width);
                break;
            case TensorElementType.Float16:
                Take(memory.Span<Half>(), first, count, width);
                break;
            default:
                Take(memory.Span<float>(), first, count, width);
                break;
        }
    }

    public override void Write(CsvPartWriter writer, int row) => texts.Write(writer, row);

    public override ValueTask Read(ParquetRowGroupReader group, DataField field) => throw new NotSupportedException();

    public override Task Write(ParquetRowGroupWriter group) => texts.Write(group);

    protected override void Reserve(int count) => texts.Resize(count);

    private void Take<T>(ReadOnlySpan<T> scores, int first, int count, int width)
        where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < count; i++)
            _ = texts.Parse(first + i, Highest(scores.Slice(i * width, width)) is var place and >= 0 ? classes[place] : string.Empty);
    }

    private static int Highest<T>(ReadOnlySpan<T> scores)
        where T : unmanaged, INumber<T>
    {
        int highest = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (T.IsNaN(scores[i]))
                return -1;
            if (scores[i] > scores[highest])
                highest = i;
        }

        return highest;
    }
}
