using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;

namespace Toolkit.MLNetIntegration.Tests;

/// <summary>The shape of a schema, as ML.NET makes it for estimators: it offers no public way.</summary>
internal static class SchemaShapes
{
    public static SchemaShape Of(DataViewSchema schema) => new(schema.Where(column => !column.IsHidden).Select(column => Of(column.Name, column.Type, column.Annotations.Schema)));

    /// <summary>All that is said of a column, in one line.</summary>
    public static string Text(this SchemaShape shape, string name) => Text(Assert.Single(shape, column => column.Name == name));

    public static string Text(this SchemaShape.Column column) =>
        $"{column.Name} {column.Kind} {column.ItemType} {column.IsKey}: {string.Join(", ", column.Annotations.Select(a => $"{a.Name} {a.Kind} {a.ItemType}").Order(StringComparer.Ordinal))}";

    private static SchemaShape.Column Of(string name, DataViewType type, DataViewSchema? annotations)
    {
        DataViewType item = type is VectorDataViewType vector ? vector.ItemType : type;
        SchemaShape.Column.VectorKind kind = type is not VectorDataViewType { IsKnownSize: var known } ? SchemaShape.Column.VectorKind.Scalar
            : known ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.VariableVector;
        return SchemaColumns.Create(
            name, kind, item is KeyDataViewType ? NumberDataViewType.UInt32 : item, item is KeyDataViewType,
            annotations is null ? null : new SchemaShape(annotations.Select(a => Of(a.Name, a.Type, null))));
    }
}
