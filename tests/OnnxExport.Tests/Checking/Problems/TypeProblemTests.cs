using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;
using static Toolkit.OnnxExport.Tests.Checking.Problems.WholeProblems;

namespace Toolkit.OnnxExport.Tests.Checking.Problems;

public sealed class TypeProblemTests
{
    private const string NoType = "Error (Graph) at main/flag: Expected a type for each input and output of the graph, found none.";
    private const string NoShape = "Error (Graph) at main/flag: Expected a shape for each input and output of the graph (without dimensions for a scalar), found none.";
    private const string NoElements = "Error (Graph) at main/flag: Expected the type of the elements, found none.";

    private static TypeProto Shapeless => new() { TensorType = new() { ElemType = (int)DataType.Float } };

    [Fact]
    public void Inputs_and_outputs_have_a_type()
    {
        Expect(m => m.Graph.Input[1].Type = null, NoType);
        Expect(m => m.Graph.Input[1].Type = new TypeProto(), NoType);
        Expect(m => m.Graph.Input[1].Type.TensorType.Shape = null, NoShape);
        Expect(m => m.Graph.Input[1].Type.TensorType.ElemType = 0, Unknown(0));
        Expect(m => m.Graph.Output[0].Type.TensorType.ElemType = 77, "Error (Graph) at main/y: Expected an element type of the format, found 77.");
    }

    /// <summary>Graphs inside nodes may leave types and shapes to inference.</summary>
    [Fact]
    public void Graphs_inside_nodes_need_no_types()
    {
        Expect(m => m.Graph.Node[3].Attribute[0].G.Output[0].Type = Shapeless);
        Expect(m => m.Graph.Node[3].Attribute[0].G.Output[0].Type = new TypeProto());
    }

    [Fact]
    public void Dimensions_are_not_negative()
    {
        Expect(m => m.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue = 0);
        Expect(m => m.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimParam = "batch");
        Expect(
            m => m.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue = -1,
            "Warning (Graph) at main/x: Expected dimensions of at least 0 or without a value, found -1.");
    }

    [Fact]
    public void Types_of_types_are_checked()
    {
        Flag(new TypeProto { SequenceType = new() }, NoElements);
        Flag(new TypeProto { SequenceType = new() { ElemType = new TypeProto() } }, NoElements);
        Flag(new TypeProto { SequenceType = new() { ElemType = Shapeless } });
        Flag(new TypeProto { SequenceType = new() { ElemType = new TypeProto { TensorType = new() { ElemType = 77 } } } }, Unknown(77));
        Flag(new TypeProto { OptionalType = new() }, NoElements);
        Flag(new TypeProto { OptionalType = new() { ElemType = Shapeless } });
        Flag(new TypeProto { MapType = new() { KeyType = 77 } }, Unknown(77), NoElements);
        Flag(new TypeProto { MapType = new() { KeyType = (int)DataType.Int64, ValueType = Shapeless } });
        Flag(new TypeProto { SparseTensorType = new() }, Unknown(0), NoShape);
        Flag(new TypeProto { SparseTensorType = new() { ElemType = (int)DataType.Float, Shape = new() } });
        Flag(new TypeProto { OpaqueType = new() });

        static void Flag(TypeProto type, params string[] problems) => Expect(m => m.Graph.Input[1].Type = type, problems);
    }

    private static string Unknown(int code) => $"Error (Graph) at main/flag: Expected an element type of the format, found {code}.";
}
