using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.Conformance;

/// <summary>A model with every float32 in it made float64, so that differences tell a gradient from a wrong one.</summary>
internal static class DoubleModel
{
    private static readonly string[] TypeAttributes = ["to", "dtype"];

    public static ModelProto Of(ModelProto model)
    {
        ModelProto copy = model.Clone();
        Widen(copy.Graph);
        foreach (FunctionProto function in copy.Functions)
        {
            foreach (NodeProto node in function.Node)
                Widen(node);
        }

        return copy;
    }

    /// <summary>A value in float64 if it was in float32.</summary>
    public static Value Of(Value value)
    {
        if (value.DType != DType.Float32)
            return value;
        Value wide = Value.Zeros(DType.Float64, value.Sizes);
        for (int i = 0; i < value.Count; i++)
            wide[i] = value[i];
        return wide;
    }

    private static void Widen(GraphProto graph)
    {
        foreach (ValueInfoProto info in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo))
        {
            if (info.Type?.TensorType is { ElemType: (int)DataType.Float } type)
                type.ElemType = (int)DataType.Double;
        }

        for (int i = 0; i < graph.Initializer.Count; i++)
            graph.Initializer[i] = Wide(graph.Initializer[i]);
        foreach (NodeProto node in graph.Node)
            Widen(node);
    }

    private static void Widen(NodeProto node)
    {
        foreach (AttributeProto attribute in node.Attribute)
        {
            if (attribute.G is { } graph)
                Widen(graph);
            if (attribute.T is { } tensor)
                attribute.T = Wide(tensor);
            if (TypeAttributes.Contains(attribute.Name) && attribute.I == (long)DataType.Float)
                attribute.I = (long)DataType.Double;
            if (node.OpType == "Constant" && attribute.Name == "value_float")
                Replace(attribute, Value.Full(attribute.F, DType.Float64));
            if (node.OpType == "Constant" && attribute.Name == "value_floats")
                Replace(attribute, Value.Of([.. attribute.Floats.Select(number => (double)number)], attribute.Floats.Count));
        }

        if (node.OpType == "ConstantOfShape" && node.Attribute.Count == 0)
            node.Attribute.Add(new AttributeProto { Name = "value", Type = AttributeType.Tensor, T = TensorConversion.ToProto(Value.Zeros(DType.Float64, 1)) });
    }

    private static void Replace(AttributeProto attribute, Value value)
    {
        attribute.Name = "value";
        attribute.Type = AttributeType.Tensor;
        attribute.ClearF();
        attribute.Floats.Clear();
        attribute.T = TensorConversion.ToProto(value);
    }

    private static TensorProto Wide(TensorProto tensor) =>
        tensor.DataType == (int)DataType.Float ? TensorConversion.ToProto(Of(TensorConversion.ToValue(tensor)), tensor.Name) : tensor;
}
