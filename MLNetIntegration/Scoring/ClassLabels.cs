using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The names of classes, with the type that the label's key values have.</summary>
internal sealed record ClassLabels(IReadOnlyList<string> Names, Type ValueType)
{
    public const string KeyValues = "KeyValues";
    public const string SlotNames = "SlotNames";

    /// <summary>The names that the options give, or those of the label column.</summary>
    public static ClassLabels? Of(PredictionOptions? prediction, DataViewSchema schema)
    {
        if (prediction?.Labels is { } names)
        {
            return new ClassLabels(names, typeof(ReadOnlyMemory<char>));
        }

        if (prediction?.LabelColumn is not { } name)
        {
            return null;
        }

        DataViewSchema.Column column = schema.GetColumnOrNull(name) ?? throw new ScoringException(
            $"Expected the label column \"{name}\", found the columns {string.Join(", ", schema.Select(c => $"\"{c.Name}\""))}.");
        return Of(column) ?? throw new ScoringException(
            $"Expected texts or numbers as key values in the label column \"{name}\", found the type {column.Type} without them; map its values to keys first.");
    }

    /// <summary>The key values of a column; null if it has none that are texts or numbers.</summary>
    public static ClassLabels? Of(DataViewSchema.Column column) => column.Annotations.Schema.GetColumnOrNull(KeyValues) is { Type: VectorDataViewType values }
        ? RawTypes.Visit(values.ItemType.RawType, new Reader(column))
        : null;

    /// <summary>The names as key values of their own type.</summary>
    public void AddTo(DataViewSchema.Annotations.Builder annotations) => RawTypes.Visit(ValueType, new Writer(this, annotations));

    public static void AddTexts(DataViewSchema.Annotations.Builder annotations, string kind, IReadOnlyList<string> texts)
    {
        var buffer = new VBuffer<ReadOnlyMemory<char>>(texts.Count, [.. texts.Select(t => t.AsMemory())]);
        annotations.Add(
            kind,
            new VectorDataViewType(TextDataViewType.Instance, texts.Count),
            (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)((ref VBuffer<ReadOnlyMemory<char>> value) => buffer.CopyTo(ref value)));
    }

    private sealed class Reader(DataViewSchema.Column column) : IRawTypeVisitor<ClassLabels>
    {
        public ClassLabels Visit<T>()
        {
            var values = default(VBuffer<T>);
            column.Annotations.GetValue(KeyValues, ref values);
            return new ClassLabels([.. values.DenseValues().Select(v => LabelText.Of(v))], typeof(T));
        }
    }

    private sealed class Writer(ClassLabels labels, DataViewSchema.Annotations.Builder annotations) : IRawTypeVisitor<ClassLabels>
    {
        public ClassLabels Visit<T>()
        {
            var buffer = new VBuffer<T>(labels.Names.Count, [.. labels.Names.Select(LabelText.Parse<T>)]);
            annotations.Add(
                KeyValues,
                new VectorDataViewType(LabelText.ColumnType(typeof(T)), labels.Names.Count),
                (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => buffer.CopyTo(ref value)));
            return labels;
        }
    }
}
