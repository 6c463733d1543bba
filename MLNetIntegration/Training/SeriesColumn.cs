using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>Numbers in a vector of variable length, read one after the other by a gated recurrent unit, whose last state stands for them. Each sequence begins with a 0, so that an empty one has a
/// step, too.</summary>
/// <param name="Name">The name of the column.</param>
/// <param name="Field">Its name as a field.</param>
/// <param name="Type">The type of the column.</param>
/// <param name="Width">The units.</param>
internal sealed record SeriesColumn(string Name, string Field, VectorDataViewType Type, int Width) : FeatureColumn(Name, Field)
{
    /// <summary>The symbol of the axis of the steps of a row.</summary>
    public string Axis => $"{Field}_steps";

    /// <summary>What reads the numbers of the cursor's row, with the 0 before them.</summary>
    public Func<float[]> Open(DataViewRow row) => NumberColumn.Converted(Type.ItemType, new Reader(this, row));

    /// <summary>The first number of a row that is not finite; null where all are.</summary>
    public static float? FirstNotFinite(float[] numbers) => Array.FindIndex(numbers, n => !float.IsFinite(n)) is >= 0 and var at ? numbers[at] : null;

    private sealed class Reader(SeriesColumn column, DataViewRow row) : IConvertedVisitor<Func<float[]>>
    {
        public Func<float[]> Visit<T>(Func<T, float> convert)
        {
            Func<ReadOnlyMemory<T>> read = column.Elements<T>(row, column.Type);
            return () =>
            {
                ReadOnlySpan<T> values = read().Span;
                var numbers = new float[values.Length + 1];
                for (int i = 0; i < values.Length; i++)
                {
                    numbers[i + 1] = convert(values[i]);
                }

                return numbers;
            };
        }
    }
}
