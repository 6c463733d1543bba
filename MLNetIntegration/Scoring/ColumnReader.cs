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
            Check<T, TElement>(new Span<T>(ref value), source, column, options);
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
            if (vector.IsDense && !options.ChecksNumbers)
            {
                TElement.Write(vector.GetValues(), memory, start);
                return vector.Length;
            }

            if (dense.Length != vector.Length)
            {
                dense = new T[vector.Length];
            }

            vector.CopyTo(dense.AsSpan());
            Check<T, TElement>(dense, source, column, options);
            TElement.Write(dense, memory, start);
            return dense.Length;
        }
    }

    private static void Check<T, TElement>(Span<T> elements, DataViewRow source, DataViewSchema.Column column, ScoreOnnxOptions options)
        where TElement : struct, IElement<T>
    {
        if (!options.ChecksNumbers)
        {
            return;
        }

        for (int i = 0; i < elements.Length; i++)
        {
            if (elements[i] is float.NaN or double.NaN)
            {
                elements[i] = options.NaNPolicy switch
                {
                    NaNPolicy.Allow => elements[i],
                    NaNPolicy.Replace => elements[i] is float ? (T)(object)(float)options.NaNReplacement : (T)(object)options.NaNReplacement,
                    _ => throw Refused(i, "numbers", "not-a-number", $"; {nameof(ScoreOnnxOptions)}.{nameof(ScoreOnnxOptions.NaNPolicy)} is {options.NaNPolicy}"),
                };
            }

            if (options.IsFinite && IsInfinite(elements[i]))
            {
                throw Refused(i, "numbers that are finite in single precision", elements[i], "");
            }

            if (options.NaNPolicy != NaNPolicy.Allow && TElement.Overflows(elements[i]))
            {
                throw Refused(i, "numbers that are finite in the type of the model's input", elements[i], "");
            }
        }

        ScoringException Refused<TFound>(int at, string expected, TFound found, string why) =>
            new($"Expected {expected} in the column \"{column.Name}\", found {found} at element {at} in row {source.Position}{why}.");
    }

    /// <summary>Whether single precision holds a number as infinite.</summary>
    private static bool IsInfinite<T>(T number) => number switch
    {
        float single => float.IsInfinity(single),
        double wide => float.IsInfinity((float)wide),
        _ => false,
    };
}
