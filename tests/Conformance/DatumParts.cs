using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;

namespace Toolkit.Conformance;

/// <summary>Sequences and optionals as the tensors that our engine takes and gives for them.</summary>
internal static class DatumParts
{
    /// <summary>Adds the tensors of a value.</summary>
    /// <param name="name">The name of the input.</param>
    /// <param name="type">Its type.</param>
    /// <param name="datum">The value.</param>
    /// <param name="parts">Receives the tensors by their names.</param>
    public static void Add(string name, TypeProto type, Datum datum, Dictionary<string, Value> parts)
    {
        switch (type, datum)
        {
            case ({ TensorType: not null }, Datum.Tensor tensor):
                parts.Add(name, tensor.Value);
                break;
            case ({ TensorType: { } absent }, Datum.Nothing):
                parts.Add(name, Value.Zeros(TensorConversion.ToDType(absent.ElemType), [.. absent.Shape?.Dim.Select(dim => (int)dim.DimValue) ?? []]));
                break;
            case ({ SequenceType.ElemType.TensorType: { } item }, Datum.Sequence or Datum.Nothing):
                Value[] tensors = datum is Datum.Sequence sequence ? [.. sequence.Items.Cast<Datum.Tensor>().Select(each => each.Value)] : [];
                (parts[$"{name}_elements"], parts[$"{name}_shapes"]) = SequenceValues.Pack(TensorConversion.ToDType(item.ElemType), tensors);
                break;
            case ({ OptionalType.ElemType: { } content }, _):
                Add(name, content, datum, parts);
                parts.Add($"{name}_present", Value.Of(datum is not Datum.Nothing));
                break;
            default:
                throw new NotExpressibleException($"what is fed as \"{name}\"");
        }
    }

    /// <summary>The value that tensors make.</summary>
    /// <param name="name">The name of the output.</param>
    /// <param name="type">Its type.</param>
    /// <param name="parts">The tensors by their names.</param>
    public static Datum Read(string name, TypeProto type, IReadOnlyDictionary<string, Value> parts) => type switch
    {
        { SequenceType: not null } => new Datum.Sequence([.. SequenceValues.Unpack(parts[$"{name}_elements"], parts[$"{name}_shapes"]).Select(tensor => new Datum.Tensor(tensor))]),
        { OptionalType.ElemType: { } content } => parts[$"{name}_present"].Span<bool>()[0] ? Read(name, content, parts) : new Datum.Nothing(),
        _ => new Datum.Tensor(parts[name]),
    };
}
