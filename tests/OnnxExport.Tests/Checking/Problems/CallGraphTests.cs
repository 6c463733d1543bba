using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;
using static Toolkit.OnnxExport.Tests.Checking.GoodModel;
using static Toolkit.OnnxExport.Tests.Checking.Problems.WholeProblems;

namespace Toolkit.OnnxExport.Tests.Checking.Problems;

/// <summary>Functions that call functions: not themselves, and not too much in all.</summary>
public sealed class CallGraphTests
{
    private const string Strange = "Warning (Operator) at org.example.f/Strange#0: Strange of \"org.example\" version 1 is not known to this check.";

    [Fact]
    public void A_function_may_call_others() => Functions([Function("f", Call("g")), Function("g", Call("h"), Call("h")), Function("h", Neg())]);

    [Fact]
    public void A_function_does_not_call_itself()
    {
        Functions([Function("f", Call("f"))], Recursive("f"));
        Functions([Function("f", Call("g")), Function("g", Call("h")), Function("h", Call("g"))], Recursive("f"), Recursive("g"), Recursive("h"));
    }

    [Fact]
    public void Calls_in_graphs_of_nodes_count()
    {
        Functions([Function("f", Holding(new AttributeProto { Name = "body", Type = AttributeType.Graph, G = Body() }))], Strange, Recursive("f"));
        Functions([Function("f", Holding(new AttributeProto { Name = "bodies", Type = AttributeType.Graphs, Graphs = { Body() } }))], Strange, Recursive("f"));

        static NodeProto Holding(AttributeProto attribute) => new() { OpType = "Strange", Domain = "org.example", Input = { "a" }, Attribute = { attribute } };
        static GraphProto Body() => new() { Name = "body", Node = { Call("f") } };
    }

    /// <summary>The first function calls the next one ten times and so on; the nodes in all are 8, 10·8 + 10 + 8 = 98, …, 10·999,999 + 10 = 10,000,000.</summary>
    [Fact]
    public void Calls_amount_to_ten_million_nodes_at_most()
    {
        int[] further = [0, 9, 8, 8, 8, 8];
        List<FunctionProto> functions =
        [
            .. further.Select((count, i) => Function($"f{i}", [.. Enumerable.Range(0, 10).Select(_ => Call($"f{i + 1}")), .. Enumerable.Range(0, count).Select(_ => Neg())])),
            Function("f6", [.. Enumerable.Range(0, 8).Select(_ => Neg())]),
        ];
        Functions(functions);
        functions[0].Node.Add(Node("Neg", ["a"], ["more"], ""));
        Functions(functions, "Error (Function) at org.example.f0: Expected calls that amount to 10000000 nodes at most, found more.");
    }

    /// <summary>3·2⁸⁰ − 2 nodes, more than 64 bits count; the 21 functions before the last one amount to 3·2²¹ − 2 and less.</summary>
    [Fact]
    public void Calls_beyond_any_number_are_found()
    {
        FunctionProto[] functions = [.. Enumerable.Range(0, 80).Select(i => Function($"f{i}", Call($"f{i + 1}"), Call($"f{i + 1}"))), Function("f80", Neg())];
        Functions(
            functions,
            [.. Enumerable.Range(0, 80 - 21).Select(i => $"Error (Function) at org.example.f{i}: Expected calls that amount to {CallGraph.MostNodes} nodes at most, found more.")]);
    }

    private static void Functions(IEnumerable<FunctionProto> functions, params string[] problems) => Expect(m => m.Functions.AddRange(functions), problems);

    private static FunctionProto Function(string name, params NodeProto[] nodes)
    {
        for (int i = 0; i < nodes.Length; i++)
            nodes[i].Output.Add($"b{i}");
        return new FunctionProto { Name = name, Domain = "org.example", Input = { "a" }, Output = { "b0" }, OpsetImport = { Set("", 17), Set("org.example", 1) }, Node = { nodes } };
    }

    private static NodeProto Call(string function) => new() { OpType = function, Domain = "org.example", Input = { "a" } };

    private static NodeProto Neg() => new() { OpType = "Neg", Input = { "a" } };

    private static string Recursive(string name) => $"Error (Function) at org.example.{name}: Expected functions without recursion, found that this one calls itself or a function that does.";
}
