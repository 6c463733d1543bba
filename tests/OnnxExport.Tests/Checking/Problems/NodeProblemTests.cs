using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;
using static Toolkit.OnnxExport.Tests.Checking.GoodModel;
using static Toolkit.OnnxExport.Tests.Checking.Problems.WholeProblems;

namespace Toolkit.OnnxExport.Tests.Checking.Problems;

public sealed class NodeProblemTests
{
    [Fact]
    public void A_node_has_an_operator_and_something_to_do()
    {
        Expect(m => m.Graph.Node[1].OpType = "", "Error (Operator) at main/softmax: Expected a node with an operator, found none.");
        Expect(
            m => m.Graph.Node.Add(Node("Constant", [], [], "none", Int("value_int", 1))),
            "Error (Operator) at main/none: Expected inputs or outputs, found a node Constant with neither.");
    }

    [Fact]
    public void Operators_belong_to_an_imported_set()
    {
        Expect(m => m.Graph.Node[1].Domain = "com.example", "Error (Operator) at main/softmax: Expected an operator of an imported operator set, found Softmax of \"com.example\".");
        Expect(
            m => m.Graph.Node[1].Domain = "com.microsoft",
            "Warning (Operator) at main/softmax: Expected an operator of an imported operator set, found Softmax of \"com.microsoft\", which ONNX Runtime takes all the same.");
        Added(
            new NodeProto { OpType = "Strange", Domain = "org.example", Name = "strange", Output = { "q" } },
            "Warning (Operator) at main/strange: Strange of \"org.example\" version 1 is not known to this check.");
        Expect(m => m.Graph.Node[1].OpType = "SoftMax", "Error (Operator) at main/softmax: Expected an operator of ai.onnx version 17, found SoftMax.");
        Added(Node("Gelu", ["x"], ["g"], "gelu"), "Error (Operator) at main/gelu: Expected an operator of ai.onnx version 17, found Gelu; it exists from version 20 on.");
        Added(Node("Scatter", ["x", "x", "x"], ["g"], "scatter"), "Error (Operator) at main/scatter: Scatter is deprecated since version 11 of its operator set, found version 17.");
    }

    [Fact]
    public void Operators_that_are_in_use_beside_the_standard_give_warnings()
    {
        NodeProto layer = Node("LayerNormalization", ["x", "scale"], ["n"], "norm");
        Standard(16, layer, "Warning (Operator) at main/norm: LayerNormalization of version 16 is an operator of ONNX Runtime, not of the standard.");
        Standard(17, layer);
        Standard(
            17,
            Node("SimplifiedLayerNormalization", ["x", "scale"], ["n"], "norm"),
            "Warning (Operator) at main/norm: SimplifiedLayerNormalization of version 17 is an operator of ONNX Runtime, not of the standard.");
        Standard(
            20,
            Node("GroupNormalization", ["x", "scale", "scale"], ["n"], "norm"),
            "Warning (Operator) at main/norm: GroupNormalization of version 20 is deprecated since version 18 of its operator set.");
        Standard(21, Node("GroupNormalization", ["x", "scale", "scale"], ["n"], "norm", Int("num_groups", 1)));
        Expect(
            m =>
            {
                m.OpsetImport.Add(Set("ai.onnx.ml", 3));
                m.Graph.Node.Add(new NodeProto(layer) { Domain = "ai.onnx.ml" });
            },
            "Error (Operator) at main/norm: Expected an operator of ai.onnx.ml version 3, found LayerNormalization.");

        static void Standard(long version, NodeProto node, params string[] problems) => Expect(
            m =>
            {
                m.OpsetImport[0].Version = version;
                m.Graph.Node.Add(node);
            },
            problems);
    }

    [Fact]
    public void Operators_have_as_many_arguments_as_they_take()
    {
        Expect(m => m.Graph.Node[0].Input.Add("w"), "Error (Operator) at main/matmul: Expected 2 input(s) of MatMul, found 3.");
        Added(Node("MatMul", ["x", "", "w"], ["q"], "more"), "Error (Operator) at main/more: Expected 2 input(s) of MatMul, found 3.");
        Expect(m => m.Graph.Node[2].Input.Add("w"), "Error (Operator) at main/clip: Expected 1 to 3 input(s) of Clip, found 4.");
        Expect(m => m.Graph.Node[2].Output.Add("more"), "Error (Operator) at main/clip: Expected 1 output(s) of Clip, found 2.");
        Added(Node("Max", [], ["q"], "max"), "Error (Operator) at main/max: Expected at least 1 input(s) of Max, found 0.");
    }

    [Fact]
    public void Arguments_that_may_be_missing_have_an_empty_name()
    {
        Expect(m => m.Graph.Node[0].Input[1] = "", "Error (Operator) at main/matmul: MatMul needs its input 1, found an empty name.");
        Expect(m => m.Graph.Node[2].Input[0] = "", "Error (Operator) at main/clip: Clip needs its input 0, found an empty name.");
        Added(Node("Neg", ["x"], [""], "neg"), "Error (Operator) at main/neg: Neg needs its output 0, found an empty name.");
        Added(Node("Max", ["x", ""], ["q"], "max"));
        var body = new GraphProto { Name = "body", Node = { Node("Neg", ["x"], ["again"], "") }, Output = { new ValueInfoProto { Name = "again" } } };
        Added(Node("Loop", ["", "flag"], ["q"], "loop", Subgraph("body", body)));
    }

    [Fact]
    public void Operators_know_their_attributes()
    {
        Expect(m => m.Graph.Node[1].Attribute.Add(Int("axis", 1)), "Error (Attribute) at main/softmax: Expected each attribute once, found \"axis\" twice.");
        Expect(m => m.Graph.Node[0].Attribute.Add(Int("axis", 1)), "Error (Attribute) at main/matmul: MatMul has no attribute \"axis\".");
        Expect(m => m.Graph.Node[1].Attribute.Add(Int("axes", 1)), "Error (Attribute) at main/softmax: Softmax has no attribute \"axes\"; it has axis.");
        Expect(m => m.Graph.Node[3].Attribute.Add(Int("cond", 1)), "Error (Attribute) at main/if: If has no attribute \"cond\"; it has else_branch, then_branch.");
        Expect(m => m.Graph.Node[1].Attribute.Add(Int("__tool", 1)));
        Expect(
            m => m.Graph.Node[1].Attribute[0] = new AttributeProto { Name = "axis", Type = AttributeType.Float, F = 1 },
            "Error (Attribute) at main/softmax: Expected the attribute \"axis\" of Softmax as Int, found Float.");
        Expect(m => m.Graph.Node[3].Attribute.RemoveAt(0), "Error (Attribute) at main/if: If needs the attribute \"then_branch\", found none.");
        Added(Node("Concat", ["x", "x"], ["q"], "concat"), "Error (Attribute) at main/concat: Concat needs the attribute \"axis\", found none.");
        Added(Node("Concat", ["x", "x"], ["q"], "concat", Int("axis", 0)));
    }

    [Fact]
    public void Functions_have_the_arguments_of_their_definition()
    {
        Expect(
            m => m.Graph.Node[4].Input.Add("x"),
            "Error (Operator) at main/double: Expected at most 1 input(s) and 1 output(s) of the function Double, found 2 and 1.");
        Expect(
            m => m.Graph.Node[4].Output.Add("more"),
            "Error (Operator) at main/double: Expected at most 1 input(s) and 1 output(s) of the function Double, found 1 and 2.");
        Expect(
            m => m.Graph.Node[4].Attribute.Clear(),
            "Warning (Attribute) at main/double: The function Double has the attribute \"factor\" without default, and the call does not give it.");
    }

    private static void Added(NodeProto node, params string[] problems) => Expect(m => m.Graph.Node.Add(node), problems);
}
