using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Import.Sequences;

/// <summary>What an input of a file is: the tensors that a caller gives for it.</summary>
internal static class SequenceTypes
{
    /// <summary>The value of an input.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its type.</param>
    /// <param name="tensor">Gives the input for a tensor.</param>
    /// <exception cref="ImportException">The engine does not take such a value.</exception>
    public static FileValue Input(string name, TypeProto type, Func<TypeProto.Types.Tensor, Variable> tensor) => type switch
    {
        { TensorType: { } own } => new FileValue.Tensor(tensor(own)),
        { SequenceType.ElemType.TensorType: { } item } => new FileValue.Sequence(new TensorSequence(
            Variable.Input($"{name}_elements", TensorConversion.ToDType(item.ElemType), [Size(name, "elements")]),
            Variable.Input($"{name}_shapes", DType.Int64, [Size(name, "count"), SequenceValues.RowLength]),
            item.Shape?.Dim.Count ?? TensorSequence.Varying)),
        { MapType: { ValueType.TensorType: { } item } map } => new FileValue.Map(
            Variable.Input($"{name}_keys", TensorConversion.ToDType(map.KeyType), [Size(name, "count")]),
            Variable.Input($"{name}_values", TensorConversion.ToDType(item.ElemType), [Size(name, "count")])),
        { OptionalType.ElemType: { } content } => Optional(name, Input(name, content, tensor)),
        _ => throw new ImportException($"Expected a tensor, a sequence of tensors, a map to numbers or texts or one of them as an optional as the input \"{name}\", found {OnnxValue.Text(type)}."),
    };

    private static FileValue.Optional Optional(string name, FileValue content) => new(Variable.Input($"{name}_present", DType.Bool, []), content);

    private static Dim Size(string name, string of) => Dim.Of(Symbol.Open($"{name}_{of}"));
}
