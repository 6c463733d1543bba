using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;
using static Toolkit.OnnxExport.Tests.Checking.GoodModel;
using static Toolkit.OnnxExport.Tests.Checking.Problems.WholeProblems;

namespace Toolkit.OnnxExport.Tests.Checking.Problems;

public sealed class FunctionProblemTests
{
    [Fact]
    public void Functions_are_distinct_and_have_a_name_and_a_domain()
    {
        Expect(m => m.IrVersion = 7, "Error (Function) at functions: Expected version 8 of the format or newer for functions, found 7.");
        Expect(
            m => m.Functions.Add(m.Functions[0].Clone()),
            "Error (Function) at org.example.Double: Expected distinct functions, found two with this domain, name and overload.");
        Expect(m => m.Functions.Add(new FunctionProto(m.Functions[0]) { Overload = "other" }));
        Expect(
            m => m.Functions.Add(new FunctionProto(m.Functions[0]) { Name = "" }),
            "Error (Function) at org.example: Expected a function with a name and a domain, found one of them missing.");
        Expect(
            m => m.Functions.Add(new FunctionProto(m.Functions[0]) { Domain = "" }),
            "Error (Function) at Double: Expected a function with a name and a domain, found one of them missing.");
    }

    [Fact]
    public void A_function_imports_its_operators_itself()
    {
        Expect(
            m =>
            {
                m.Functions[0].OpsetImport.Clear();
                m.Functions[0].Node.RemoveAt(0);
                m.Functions[0].Node[0].Input[1] = "a";
            },
            "Error (Function) at org.example.Double: Expected a function to import an operator set, found none.",
            "Error (Operator) at org.example.Double/Mul#0: Expected an operator of an imported operator set, found Mul of \"ai.onnx\".");
        Expect(
            m => m.Functions[0].OpsetImport.Add(Set("", 13)),
            "Error (Function) at org.example.Double/opset_import: Expected each operator set once, found \"ai.onnx\" twice, with versions 17 and 13.");
    }

    [Fact]
    public void Inputs_outputs_and_attributes_have_distinct_names()
    {
        Expect(m => m.Functions[0].Input.Add("a"), "Error (Function) at org.example.Double/a: Expected distinct and non-empty names of inputs, found \"a\".");
        Expect(m => m.Functions[0].Input.Add(""), "Error (Function) at org.example.Double: Expected distinct and non-empty names of inputs, found \"\".");
        Expect(m => m.Functions[0].Output.Add("b"), "Error (Function) at org.example.Double/b: Expected distinct and non-empty names of outputs, found \"b\".");
        Expect(m => m.Functions[0].Attribute.Add("factor"), "Error (Function) at org.example.Double/factor: Expected distinct and non-empty names of attributes, found \"factor\".");
        Expect(
            m => m.Functions[0].AttributeProto.Add(new AttributeProto { Name = "factor", Type = AttributeType.Float, F = 1 }),
            "Error (Function) at org.example.Double/factor: Expected distinct and non-empty names of attributes, found \"factor\".");
    }

    [Fact]
    public void What_a_function_defines_is_checked()
    {
        Expect(
            m => m.Functions[0].AttributeProto.Add(new AttributeProto { Name = "gain", Type = AttributeType.Int, F = 1 }),
            "Error (Attribute) at org.example.Double/gain: Expected a value of type Int of the attribute \"gain\", found Float.");
        Expect(m => m.Functions[0].Output[0] = "c", "Error (SingleAssignment) at org.example.Double/c: Expected a function output that the function defines, found no definition.");
    }

    /// <summary>Graphs in the body of a function may leave types to inference, as elsewhere in nodes.</summary>
    [Fact]
    public void Graphs_in_a_function_need_no_types()
    {
        Expect(m => m.Functions[0].Node.Add(Node("If", ["a"], ["c"], "", Subgraph("then_branch", Branch()), Subgraph("else_branch", Branch()))));

        static GraphProto Branch() => new() { Name = "branch", Node = { Node("Neg", ["a"], ["d"], "") }, Output = { new ValueInfoProto { Name = "d" } } };
    }
}
