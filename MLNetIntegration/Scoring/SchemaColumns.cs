using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Columns that an estimator announces before it is fitted.</summary>
internal static class SchemaColumns
{
    public static SchemaShape.Column Number(string name) =>
        Create(name, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, false, null);

    public static SchemaShape.Column Boolean(string name) =>
        Create(name, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false, null);

    public static SchemaShape.Column Text(string name) =>
        Create(name, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance, false, null);

    public static SchemaShape.Column Vector(string name, bool hasSlotNames) =>
        Create(name, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false, hasSlotNames ? Texts(ClassLabels.SlotNames) : null);

    /// <summary>A column like another under a name of its own.</summary>
    public static SchemaShape.Column Renamed(string name, SchemaShape.Column like) => Create(name, like.Kind, like.ItemType, like.IsKey, like.Annotations);

    /// <summary>A key with the key values of another.</summary>
    public static SchemaShape.Column Key(string name, SchemaShape.Column like)
    {
        SchemaShape.Column[] values = [.. like.Annotations.Where(a => a.Name == ClassLabels.KeyValues)];
        return Create(name, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true, values.Length == 0 ? null : new SchemaShape(values));
    }

    /// <summary>A column; ML.NET offers no public way to describe one of an estimator of one's own.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    public static extern SchemaShape.Column Create(
        string name, SchemaShape.Column.VectorKind kind, DataViewType itemType, bool isKey, SchemaShape? annotations);

    private static SchemaShape Texts(string name) =>
        new([Create(name, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, false, null)]);
}
