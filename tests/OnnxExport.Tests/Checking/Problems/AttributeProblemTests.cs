using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;
using static Toolkit.OnnxExport.Tests.Checking.Problems.WholeProblems;

namespace Toolkit.OnnxExport.Tests.Checking.Problems;

/// <summary>The attribute of a call, which may be of any type.</summary>
public sealed class AttributeProblemTests
{
    [Fact]
    public void An_attribute_has_a_name_and_a_type()
    {
        Expect(
            m => m.Graph.Node[4].Attribute[0].Name = "",
            "Error (Attribute) at main/double: Expected an attribute with a name, found none.",
            "Warning (Attribute) at main/double: The function Double has the attribute \"factor\" without default, and the call does not give it.");
        Factor(a => a.ClearType(), "Error (Attribute) at main/double: Expected the attribute \"factor\" with a type, found none.");
        Factor(a => a.Type = AttributeType.Undefined, "Error (Attribute) at main/double: Expected the attribute \"factor\" with a type, found none.");
    }

    [Fact]
    public void An_attribute_has_one_value_of_its_type()
    {
        Factor(a => a.I = 1, "Error (Attribute) at main/double: Expected one value of the attribute \"factor\", found Float and Int.");
        Factor(a => a.Type = AttributeType.Int, "Error (Attribute) at main/double: Expected a value of type Int of the attribute \"factor\", found Float.");
    }

    /// <summary>A number or text without a value is the default of its type.</summary>
    [Fact]
    public void A_message_without_a_value_is_missing()
    {
        foreach (AttributeType type in (AttributeType[])[AttributeType.Tensor, AttributeType.Graph, AttributeType.SparseTensor, AttributeType.TypeProto])
            Empty(type, "Error (Attribute) at main/double: Expected a value of the attribute \"factor\", found none.");
        foreach (AttributeType type in (AttributeType[])[AttributeType.Float, AttributeType.Int, AttributeType.String])
            Empty(type);
        foreach (AttributeType type in Enum.GetValues<AttributeType>().Where(type => type >= AttributeType.Floats && type <= AttributeType.Graphs))
            Empty(type, "Warning (Attribute) at main/double: The list \"factor\" is empty, which a file cannot tell from a missing value.");
        Empty(AttributeType.Undefined, "Error (Attribute) at main/double: Expected the attribute \"factor\" with a type, found none.");

        static void Empty(AttributeType type, params string[] problems) => Factor(
            a =>
            {
                a.ClearF();
                a.Type = type;
            },
            problems);
    }

    [Fact]
    public void Tensors_and_graphs_in_attributes_are_checked()
    {
        const string tensor = "Error (Tensor) at main/double/factor/t: Expected 2 elements of type Float, found no content.";
        const string sparse = "Error (SparseTensor) at main/double/factor: Expected values and indices of a sparse tensor, found one of them missing.";
        const string graph = "Error (Graph) at main/double/factor: Expected a graph with a name, found none.";
        Holding(AttributeType.Tensor, a => a.T = Empty(), tensor);
        Holding(AttributeType.Tensors, a => a.Tensors.AddRange([Empty(), Empty()]), tensor, tensor);
        Holding(AttributeType.SparseTensor, a => a.SparseTensor = new(), sparse);
        Holding(AttributeType.SparseTensors, a => a.SparseTensors.AddRange([new(), new()]), sparse, sparse);
        Holding(AttributeType.Graph, a => a.G = new(), graph);
        Holding(AttributeType.Graphs, a => a.Graphs.AddRange([new(), new()]), graph, graph);

        static TensorProto Empty() => new() { Name = "t", DataType = (int)TensorProto.Types.DataType.Float, Dims = { 2 } };
        static void Holding(AttributeType type, Action<AttributeProto> set, params string[] problems) => Factor(
            a =>
            {
                a.ClearF();
                a.Type = type;
                set(a);
            },
            problems);
    }

    [Fact]
    public void A_reference_names_an_attribute_of_the_function_around()
    {
        Expect(
            m => m.Graph.Node[1].Attribute[0] = new AttributeProto { Name = "axis", Type = AttributeType.Int, RefAttrName = "a" },
            "Error (Attribute) at main/softmax: The attribute \"axis\" refers to \"a\" of a function, found outside of functions.");
        Expect(
            m => m.Functions[0].Node[0].Attribute[0].RefAttrName = "a",
            "Error (Attribute) at org.example.Double/Constant#0: The attribute \"value_float\" refers to \"a\", which the function does not have.");
        Expect(
            m => m.Functions[0].Node[0].Attribute[0].F = 2,
            "Error (Attribute) at org.example.Double/Constant#0: The attribute \"value_float\" refers to an attribute of a function and has a value as well.");
        Expect(m =>
        {
            m.Functions[0].AttributeProto.Add(new AttributeProto { Name = "a", Type = AttributeType.Float, F = 1 });
            m.Functions[0].Node[0].Attribute[0].RefAttrName = "a";
        });
    }

    private static void Factor(Action<AttributeProto> change, params string[] problems) => Expect(m => change(m.Graph.Node[4].Attribute[0]), problems);
}
