using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>A column that a network reads.</summary>
/// <param name="Name">Its name in the data.</param>
/// <param name="Field">Its name as a field of examples and as an input of the exported model.</param>
internal abstract record FeatureColumn(string Name, string Field)
{
    /// <summary>The column of the prepared rows that training reads.</summary>
    public virtual string Read => Name;

    /// <summary>The column of the prepared rows that scoring reads.</summary>
    public virtual string Served => Name;

    /// <summary>The getter of the column that training reads.</summary>
    protected ValueGetter<T> Getter<T>(DataViewRow row) => row.GetGetter<T>(row.Schema[Read]);

    /// <summary>What reads elements of a column that holds one or a vector of them, dense, into a buffer that is used again.</summary>
    protected Func<ReadOnlyMemory<T>> Elements<T>(DataViewRow row, DataViewType type)
    {
        if (type is not VectorDataViewType)
        {
            ValueGetter<T> one = Getter<T>(row);
            var single = new T[1];
            return () =>
            {
                one(ref single[0]);
                return single;
            };
        }

        ValueGetter<VBuffer<T>> many = Getter<VBuffer<T>>(row);
        VBuffer<T> buffer = default;
        T[] dense = [];
        return () =>
        {
            many(ref buffer);
            if (dense.Length < buffer.Length)
            {
                dense = new T[buffer.Length];
            }

            buffer.CopyTo(dense.AsSpan(0, buffer.Length));
            return dense.AsMemory(0, buffer.Length);
        };
    }
}
