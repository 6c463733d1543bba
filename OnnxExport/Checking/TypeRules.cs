using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TypeProto;

namespace Toolkit.OnnxExport.Checking;

/// <summary>The rules for the declared name and type of a graph input or output.</summary>
internal static class TypeRules
{
    public static void Check(ValueInfoProto value, CheckContext context)
    {
        if (value.Name.Length == 0)
        {
            context.Error(CheckRule.Graph, "value", "Expected a name for each graph input and output, found none.");
        }

        if (value.Type is null || value.Type.ValueCase == ValueOneofCase.None)
        {
            // A graph inside a node may leave types to inference.
            if (!context.IsSubgraph)
            {
                context.Error(CheckRule.Graph, value.Name, "Expected a type for each input and output of the graph, found none.");
            }

            return;
        }

        Check(value.Type, value.Name, context);
    }

    private static void Check(TypeProto type, string name, CheckContext context)
    {
        switch (type.ValueCase)
        {
            case ValueOneofCase.TensorType:
                CheckElement(type.TensorType.ElemType, name, context);
                CheckShape(type.TensorType.Shape, name, context);
                break;
            case ValueOneofCase.SparseTensorType:
                CheckElement(type.SparseTensorType.ElemType, name, context);
                CheckShape(type.SparseTensorType.Shape, name, context);
                break;
            case ValueOneofCase.SequenceType:
                CheckInner(type.SequenceType.ElemType, name, context);
                break;
            case ValueOneofCase.OptionalType:
                CheckInner(type.OptionalType.ElemType, name, context);
                break;
            case ValueOneofCase.MapType:
                CheckElement(type.MapType.KeyType, name, context);
                CheckInner(type.MapType.ValueType, name, context);
                break;
            default:
                // An opaque type has nothing to check.
                break;
        }
    }

    private static void CheckElement(int type, string name, CheckContext context)
    {
        if (!ElementTypes.IsKnown(type))
        {
            context.Error(CheckRule.Graph, name, $"Expected an element type of the format, found {type}.");
        }
    }

    private static void CheckShape(TensorShapeProto? shape, string name, CheckContext context)
    {
        if (shape is null)
        {
            if (!context.IsSubgraph)
            {
                context.Error(
                    CheckRule.Graph,
                    name,
                    "Expected a shape for each input and output of the graph (without dimensions for a scalar), found none.");
            }

            return;
        }

        foreach (TensorShapeProto.Types.Dimension dimension in shape.Dim)
        {
            if (dimension.DimValue < 0)
            {
                // Some tools write −1 for what they do not know; runtimes put up with it.
                context.Warning(CheckRule.Graph, name, $"Expected dimensions of at least 0 or without a value, found {dimension.DimValue}.");
            }
        }
    }

    private static void CheckInner(TypeProto? type, string name, CheckContext context)
    {
        if (type is null || type.ValueCase == ValueOneofCase.None)
        {
            context.Error(CheckRule.Graph, name, "Expected the type of the elements, found none.");
            return;
        }

        // The shape of elements is optional.
        Check(type, name, context with { IsSubgraph = true });
    }
}
