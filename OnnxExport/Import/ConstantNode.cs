using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Import;

/// <summary>Reads the operator <c>Constant</c>, which holds its numbers in one of several attributes.</summary>
internal static class ConstantNode
{
    public static Value Read(NodeProto node)
    {
        if (node.Attribute is not [var attribute])
            throw new ImportException($"The node \"{node.Name}\" (Constant) needs one attribute that holds its numbers, found {node.Attribute.Count}.");
        try
        {
            return attribute.Name switch
            {
                "value" => TensorConversion.ToValue(attribute.T),
                "value_float" => Value.Of(attribute.F),
                "value_int" => Value.Of(attribute.I),
                "value_floats" => Value.Of([.. attribute.Floats], attribute.Floats.Count),
                "value_ints" => Value.Of([.. attribute.Ints], attribute.Ints.Count),
                var other => throw new ImportException($"The node \"{node.Name}\" (Constant) holds {other}, which the engine does not read."),
            };
        }
        catch (Exception e) when (e is DTypeException or ShapeException or OverflowException)
        {
            throw new ImportException($"The node \"{node.Name}\" (Constant) cannot be read: {e.Message}", e);
        }
    }
}
