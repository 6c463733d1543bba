using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling.Data;

namespace Toolkit.MLNetIntegration.Data;

/// <summary>A field of examples as a column of ML.NET.</summary>
internal abstract class ExampleColumn(Field field)
{
    public static ExampleColumn Of(Field field, IReadOnlyList<string>? names) => field.Type switch
    {
        DType.Int64 when field is { Classes: > 0, Shape.Rank: 0 } => new LabelColumnOf(field, names),
        DType.Float32 => new NumberColumnOf<float>(field, NumberDataViewType.Single),
        DType.Float64 => new NumberColumnOf<double>(field, NumberDataViewType.Double),
        DType.Bool => new NumberColumnOf<bool>(field, BooleanDataViewType.Instance),
        DType.Int8 => new NumberColumnOf<sbyte>(field, NumberDataViewType.SByte),
        DType.UInt8 => new NumberColumnOf<byte>(field, NumberDataViewType.Byte),
        DType.Int16 => new NumberColumnOf<short>(field, NumberDataViewType.Int16),
        DType.UInt16 => new NumberColumnOf<ushort>(field, NumberDataViewType.UInt16),
        DType.Int32 => new NumberColumnOf<int>(field, NumberDataViewType.Int32),
        DType.UInt32 => new NumberColumnOf<uint>(field, NumberDataViewType.UInt32),
        DType.Int64 => new NumberColumnOf<long>(field, NumberDataViewType.Int64),
        DType.UInt64 => new NumberColumnOf<ulong>(field, NumberDataViewType.UInt64),
        _ => throw new NotSupportedException($"Expected a field of float32, float64, bool or integers of 8 to 64 bits, found \"{field.Name}\" of {field.Type}, for which ML.NET has no column."),
    };

    protected Field Field { get; } = field;

    public abstract void AddTo(DataViewSchema.Builder schema);

    /// <summary>Reads the column of the cursor's current row.</summary>
    public abstract Delegate Getter(ExampleCursor cursor);

    /// <summary>A class label as a key.</summary>
    private sealed class LabelColumnOf(Field field, IReadOnlyList<string>? names) : ExampleColumn(field)
    {
        public override void AddTo(DataViewSchema.Builder schema)
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            ClassLabels.AddTexts(
                annotations, ClassLabels.KeyValues, names ?? [.. Enumerable.Range(0, Field.Classes).Select(c => c.ToString(CultureInfo.InvariantCulture))]);
            schema.AddColumn(Field.Name, new KeyDataViewType(typeof(uint), Field.Classes), annotations.ToAnnotations());
        }

        public override Delegate Getter(ExampleCursor cursor) => (ValueGetter<uint>)((ref uint value) => value = (uint)(cursor.Current[Field.Name].Span<long>()[cursor.Row] + 1));
    }

    /// <summary>Numbers of one type.</summary>
    private sealed class NumberColumnOf<T>(Field field, PrimitiveDataViewType item) : ExampleColumn(field)
        where T : unmanaged
    {
        // A symbol is the ragged axis, the first of an example.
        private readonly string? axis = field.Shape.Rank > 0 ? field.Shape[0].Symbol?.Name : null;
        private readonly int step = Shape.Of([.. field.Shape.Where(dim => dim.IsStatic)]).ElementCount.Size;

        public override void AddTo(DataViewSchema.Builder schema) => schema.AddColumn(
            Field.Name, Field.Shape.Rank == 0 ? item : axis is not null ? new VectorDataViewType(item) : new VectorDataViewType(item, Field.Shape.ToSizes()));

        public override Delegate Getter(ExampleCursor cursor)
        {
            if (Field.Shape.Rank == 0)
                return (ValueGetter<T>)((ref T value) => value = cursor.Current[Field.Name].Span<T>()[cursor.Row]);
            return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
            {
                Value all = cursor.Current[Field.Name];
                int room = all.Count / all.Sizes[0];
                int length = axis is not null ? step * (int)cursor.Current.LengthsOf(axis).Span<long>()[cursor.Row] : room;
                VBufferEditor<T> editor = VBufferEditor.Create(ref value, length);
                all.Span<T>().Slice(cursor.Row * room, length).CopyTo(editor.Values);
                value = editor.Commit();
            });
        }
    }
}
