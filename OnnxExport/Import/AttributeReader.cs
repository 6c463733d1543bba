using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;

namespace Toolkit.OnnxExport.Import;

/// <summary>Reads attributes as plain data.</summary>
internal static class AttributeReader
{
    /// <param name="attribute">The attribute.</param>
    /// <param name="graphs">Gives a graph in an attribute.</param>
    public static object Read(AttributeProto attribute, Func<GraphProto, OnnxGraph> graphs) => attribute.Type switch
    {
        AttributeType.Int => attribute.I,
        AttributeType.Float => attribute.F,
        AttributeType.String => attribute.S.ToStringUtf8(),
        AttributeType.Ints => (IReadOnlyList<long>)[.. attribute.Ints],
        AttributeType.Floats => (IReadOnlyList<float>)[.. attribute.Floats],
        AttributeType.Strings => (IReadOnlyList<string>)[.. attribute.Strings.Select(text => text.ToStringUtf8())],
        AttributeType.Tensor => TensorConversion.ToValue(attribute.T),
        AttributeType.Graph => graphs(attribute.G),

        // The first version of the format has no types of attributes: the field that is set tells.
        AttributeType.Undefined when attribute.HasI => attribute.I,
        AttributeType.Undefined when attribute.HasF => attribute.F,
        AttributeType.Undefined when attribute.HasS => attribute.S.ToStringUtf8(),
        AttributeType.Undefined when attribute.G is not null => graphs(attribute.G),
        AttributeType.Undefined when attribute.Ints.Count > 0 => (IReadOnlyList<long>)[.. attribute.Ints],
        AttributeType.Undefined when attribute.Floats.Count > 0 => (IReadOnlyList<float>)[.. attribute.Floats],
        _ => throw new GraphException($"The attribute \"{attribute.Name}\" holds a {attribute.Type}, which the engine does not read."),
    };
}
