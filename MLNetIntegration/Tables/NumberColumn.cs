using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime.Tensors;
using Parquet.Schema;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>A column of numbers.</summary>
/// <typeparam name="T">Their type.</typeparam>
/// <param name="name">The name of the column.</param>
/// <param name="field">The column of Parquet that it is read from, if it is.</param>
internal sealed class NumberColumn<T>(string name, DataField? field = null) : ValueColumn<T>(name, field)
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private static readonly bool IsFloating = typeof(T) == typeof(float) || typeof(T) == typeof(double);

    protected override T Missing => IsFloating ? T.Zero / T.Zero : T.Zero;

    public override bool Fits(TensorElementType type) => Rows.Converts(type);

    public override string? Parse(int row, string text)
    {
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T value) && T.IsFinite(value))
        {
            Values[row] = value;
            return null;
        }

        return IsFloating ? $"a finite number within {typeof(T).Name}" : $"a whole number from {T.MinValue} to {T.MaxValue}";
    }

    public override bool SetMissing(int row)
    {
        Values[row] = Missing;
        return IsFloating;
    }

    protected override string? TextOf(T value) => T.IsNaN(value) ? null : value.ToString(null, CultureInfo.InvariantCulture);

    public override int FirstMissing() => base.FirstMissing() is var missing and >= 0 ? missing : IsFloating ? FirstNaN() : -1;

    public override int Fill(TensorMemory memory, int first, int count, int offset, int width) =>
        Rows.Fill<T>(Values.Slice(first, count), memory, offset, width) is var bad and >= 0 ? first + bad : -1;

    /// <summary>Some cells, for <see cref="Rows.FillTogether"/>.</summary>
    public ReadOnlyMemory<T> Cells(int first, int count) => Memory.Slice(first, count);

    public override void Take(TensorMemory memory, int first, int count, int offset, int width)
    {
        if (memory.Description.ElementType == TensorElementType.Float16)
        {
            ReadOnlySpan<Half> halves = memory.Span<Half>();
            for (int i = 0; i < count; i++)
                Values[first + i] = T.CreateSaturating(halves[(i * width) + offset]);
            return;
        }

        Take(memory.Span<T>(), Values.Slice(first, count), offset, width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Take(ReadOnlySpan<T> elements, Span<T> values, int offset, int width)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = elements[(i * width) + offset];
    }

    public override void Write(CsvPartWriter writer, int row) => writer.Write(Values[row]);

    // These loops are most of the work of a table. Compiled well at once, they do not wait for the runtime to find out that they are.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int FirstNaN()
    {
        ReadOnlySpan<T> values = Values;
        int row = 0;
        while (row <= values.Length - Vector<T>.Count && new Vector<T>(values[row..]) is var some && Vector.EqualsAll(some, some))
            row += Vector<T>.Count;
        for (; row < values.Length; row++)
        {
            if (T.IsNaN(values[row]))
                return row;
        }

        return -1;
    }
}
