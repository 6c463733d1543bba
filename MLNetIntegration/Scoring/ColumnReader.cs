using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Writes a column's value of the current row into a row of a model input.</summary>
internal abstract class ColumnReader
{
    /// <summary>Gets the value of the current row.</summary>
    /// <returns>The number of its elements.</returns>
    public abstract int Fetch();

    /// <summary>Writes the value that was got last.</summary>
    /// <returns>The number of its elements.</returns>
    public abstract int Write(TensorMemory memory, int start);

    public static ColumnReader Of(TensorDescription input, DataViewRow source, DataViewSchema.Column column, ScoreOnnxOptions options) =>
        ColumnTypes.Visit(input, new Maker(source, column, options));

    private sealed class Maker(DataViewRow source, DataViewSchema.Column column, ScoreOnnxOptions options) : IElementVisitor<ColumnReader>
    {
        public ColumnReader Visit<T, TElement>()
            where TElement : struct, IElement<T> => column.Type is VectorDataViewType
                ? new Vector<T, TElement>(source, column, options)
                : new Scalar<T, TElement>(source, column, options);
    }

    private sealed class Scalar<T, TElement>(DataViewRow source, DataViewSchema.Column column, ScoreOnnxOptions options) : ColumnReader
        where TElement : struct, IElement<T>
    {
        private readonly ValueGetter<T> getter = source.GetGetter<T>(column);
        private T value = default!;

        public override int Fetch()
        {
            getter(ref value);
            CheckNaN(new Span<T>(ref value), source, column, options);
            return 1;
        }

        public override int Write(TensorMemory memory, int start)
        {
            TElement.Write(new ReadOnlySpan<T>(in value), memory, start);
            return 1;
        }
    }

    private sealed class Vector<T, TElement>(DataViewRow source, DataViewSchema.Column column, ScoreOnnxOptions options) : ColumnReader
        where TElement : struct, IElement<T>
    {
        private readonly ValueGetter<VBuffer<T>> getter = source.GetGetter<VBuffer<T>>(column);
        private readonly int length = ColumnTypes.Length(column.Type);
        private VBuffer<T> vector;
        private T[] dense = [];

        public override int Fetch()
        {
            getter(ref vector);
            return length == 0 || vector.Length == length
                ? vector.Length
                : throw new ScoringException(
                    $"Expected {length} elements in the column \"{column.Name}\", found {vector.Length} in row {source.Position}.");
        }

        public override int Write(TensorMemory memory, int start)
        {
            if (vector.IsDense && options.NaNPolicy == NaNPolicy.Allow)
            {
                TElement.Write(vector.GetValues(), memory, start);
                return vector.Length;
            }

            if (dense.Length != vector.Length)
            {
                dense = new T[vector.Length];
            }

            vector.CopyTo(dense.AsSpan());
            CheckNaN(dense, source, column, options);
            TElement.Write(dense, memory, start);
            return dense.Length;
        }
    }

    private static void CheckNaN<T>(Span<T> elements, DataViewRow source, DataViewSchema.Column column, ScoreOnnxOptions options)
    {
        if (options.NaNPolicy == NaNPolicy.Allow)
        {
            return;
        }

        for (int i = 0; i < elements.Length; i++)
        {
            if (elements[i] is float.NaN or double.NaN)
            {
                elements[i] = options.NaNPolicy == NaNPolicy.Replace
                    ? elements[i] is float ? (T)(object)(float)options.NaNReplacement : (T)(object)options.NaNReplacement
                    : throw new ScoringException(
                        $"Expected numbers in the column \"{column.Name}\", found not-a-number at element {i} in row {source.Position}; " +
                        $"{nameof(ScoreOnnxOptions)}.{nameof(ScoreOnnxOptions.NaNPolicy)} is {options.NaNPolicy}.");
            }
        }
    }
}
