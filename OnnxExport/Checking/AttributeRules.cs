using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;

namespace Toolkit.OnnxExport.Checking;

/// <summary>The rules for the value of an attribute, with the tensors and graphs in it.</summary>
internal static class AttributeRules
{
    public static void Check(AttributeProto attribute, string location, CheckContext context, NameScope scope)
    {
        if (attribute.Name.Length == 0)
        {
            context.Error(CheckRule.Attribute, location, "Expected an attribute with a name, found none.");
        }

        bool hasType = attribute.Type != AttributeType.Undefined;
        if (context.IrVersion >= 2 && !hasType)
        {
            context.Error(CheckRule.Attribute, location, $"Expected the attribute \"{attribute.Name}\" with a type, found none.");
        }

        if (attribute.RefAttrName.Length > 0)
        {
            CheckReference(attribute, location, context);
            return;
        }

        ReadOnlySpan<AttributeType> values = Values(attribute, stackalloc AttributeType[14]);
        if (values.Length > 1)
        {
            context.Error(
                CheckRule.Attribute,
                location,
                $"Expected one value of the attribute \"{attribute.Name}\", found {string.Join(" and ", values.ToArray())}.");
        }
        else if (values is [var found] && hasType && found != attribute.Type)
        {
            context.Error(
                CheckRule.Attribute,
                location,
                $"Expected a value of type {attribute.Type} of the attribute \"{attribute.Name}\", found {found}.");
        }
        else if (values.Length == 0 && HoldsMessage(attribute.Type))
        {
            // A number or string without a value is the default of its type.
            context.Error(CheckRule.Attribute, location, $"Expected a value of the attribute \"{attribute.Name}\", found none.");
        }
        else if (values.Length == 0 && hasType && !IsScalar(attribute.Type))
        {
            context.Warning(
                CheckRule.Attribute, location, $"The list \"{attribute.Name}\" is empty, which a file cannot tell from a missing value.");
        }

        if (attribute.T is not null || attribute.Tensors.Count > 0
            || attribute.SparseTensor is not null || attribute.SparseTensors.Count > 0
            || attribute.G is not null || attribute.Graphs.Count > 0)
        {
            CheckContent(attribute, context.Inside(location).Inside(attribute.Name), scope);
        }
    }

    private static void CheckReference(AttributeProto attribute, string location, CheckContext context)
    {
        if (context.FunctionAttributes is null)
        {
            context.Error(
                CheckRule.Attribute,
                location,
                $"The attribute \"{attribute.Name}\" refers to \"{attribute.RefAttrName}\" of a function, found outside of functions.");
        }
        else if (!context.FunctionAttributes.Contains(attribute.RefAttrName))
        {
            context.Error(
                CheckRule.Attribute,
                location,
                $"The attribute \"{attribute.Name}\" refers to \"{attribute.RefAttrName}\", which the function does not have.");
        }

        if (!Values(attribute, stackalloc AttributeType[14]).IsEmpty)
        {
            context.Error(
                CheckRule.Attribute,
                location,
                $"The attribute \"{attribute.Name}\" refers to an attribute of a function and has a value as well.");
        }
    }

    private static void CheckContent(AttributeProto attribute, CheckContext context, NameScope scope)
    {
        foreach (TensorProto tensor in Singular(attribute.T).Concat(attribute.Tensors))
        {
            TensorRules.Check(tensor, context, tensor.Name);
        }

        foreach (SparseTensorProto tensor in Singular(attribute.SparseTensor).Concat(attribute.SparseTensors))
        {
            SparseTensorRules.Check(tensor, context, string.Empty);
        }

        foreach (GraphProto graph in Singular(attribute.G).Concat(attribute.Graphs))
        {
            GraphRules.Check(graph, context with { IsSubgraph = true }, new NameScope(scope));
        }
    }

    private static bool HoldsMessage(AttributeType type) =>
        type is AttributeType.Tensor or AttributeType.Graph or AttributeType.SparseTensor or AttributeType.TypeProto;

    private static bool IsScalar(AttributeType type) => type is AttributeType.Float or AttributeType.Int or AttributeType.String;

    private static IEnumerable<T> Singular<T>(T? message)
        where T : class => message is null ? [] : [message];

    /// <summary>The fields that are set; without garbage, since models have many attributes.</summary>
    private static ReadOnlySpan<AttributeType> Values(AttributeProto attribute, Span<AttributeType> room)
    {
        int count = 0;
        Add(attribute.HasF, AttributeType.Float, room);
        Add(attribute.HasI, AttributeType.Int, room);
        Add(attribute.HasS, AttributeType.String, room);
        Add(attribute.T is not null, AttributeType.Tensor, room);
        Add(attribute.G is not null, AttributeType.Graph, room);
        Add(attribute.SparseTensor is not null, AttributeType.SparseTensor, room);
        Add(attribute.Tp is not null, AttributeType.TypeProto, room);
        Add(attribute.Floats.Count > 0, AttributeType.Floats, room);
        Add(attribute.Ints.Count > 0, AttributeType.Ints, room);
        Add(attribute.Strings.Count > 0, AttributeType.Strings, room);
        Add(attribute.Tensors.Count > 0, AttributeType.Tensors, room);
        Add(attribute.Graphs.Count > 0, AttributeType.Graphs, room);
        Add(attribute.SparseTensors.Count > 0, AttributeType.SparseTensors, room);
        Add(attribute.TypeProtos.Count > 0, AttributeType.TypeProtos, room);
        return room[..count];

        void Add(bool isSet, AttributeType type, Span<AttributeType> found)
        {
            if (isSet)
            {
                found[count++] = type;
            }
        }
    }
}
