using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Checking;

/// <summary>The rules for functions of a model.</summary>
internal static class FunctionRules
{
    /// <summary>The functions by what identifies them; the first one wins where two are the same.</summary>
    public static Dictionary<FunctionKey, FunctionProto> Index(IEnumerable<FunctionProto> functions)
    {
        var index = new Dictionary<FunctionKey, FunctionProto>();
        foreach (FunctionProto function in functions)
        {
            index.TryAdd(FunctionKey.Of(function), function);
        }

        return index;
    }

    public static void Check(IReadOnlyList<FunctionProto> functions, CheckContext context)
    {
        if (functions.Count > 0 && context.IrVersion < 8)
        {
            context.Error(
                CheckRule.Function,
                "functions",
                $"Expected version 8 of the format or newer for functions, found {context.IrVersion}.");
        }

        var keys = new HashSet<FunctionKey>();
        foreach (FunctionProto function in functions)
        {
            var key = FunctionKey.Of(function);
            if (!keys.Add(key))
            {
                context.Error(
                    CheckRule.Function,
                    key.ToString(),
                    "Expected distinct functions, found two with this domain, name and overload.");
            }

            CheckBody(function, context.Inside(key.ToString()));
        }

        foreach (FunctionKey key in Recursive(context.Functions))
        {
            context.Error(
                CheckRule.Function,
                key.ToString(),
                "Expected functions without recursion, found that this one calls itself or a function that does.");
        }
    }

    private static void CheckBody(FunctionProto function, CheckContext context)
    {
        if (function.Name.Length == 0 || function.Domain.Length == 0)
        {
            context.Error(CheckRule.Function, string.Empty, "Expected a function with a name and a domain, found one of them missing.");
        }

        if (function.OpsetImport.Count == 0)
        {
            context.Error(CheckRule.Function, string.Empty, "Expected a function to import an operator set, found none.");
        }

        ModelRules.CheckImports(function.OpsetImport, CheckRule.Function, context);
        CheckDistinct(function.Input, "inputs", context);
        CheckDistinct(function.Output, "outputs", context);
        CheckDistinct(function.Attribute.Concat(function.AttributeProto.Select(a => a.Name)), "attributes", context);

        var scope = new NameScope(null);
        foreach (string input in function.Input)
        {
            scope.Add(input);
        }

        context = context with { Function = function, Imports = ModelRules.Imports(function.OpsetImport), IsSubgraph = true };
        foreach (AttributeProto attribute in function.AttributeProto)
        {
            AttributeRules.Check(attribute, attribute.Name, context, scope);
        }

        GraphRules.CheckNodes(function.Node, context, scope);
        foreach (string output in function.Output.Where(o => !scope.Defines(o)))
        {
            context.Error(CheckRule.SingleAssignment, output, "Expected a function output that the function defines, found no definition.");
        }
    }

    private static void CheckDistinct(IEnumerable<string> names, string what, CheckContext context)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (name.Length == 0 || !seen.Add(name))
            {
                context.Error(CheckRule.Function, name, $"Expected distinct and non-empty names of {what}, found \"{name}\".");
            }
        }
    }

    /// <summary>The functions on a cycle or above one: what remains when functions that call only finished ones are taken away.</summary>
    private static List<FunctionKey> Recursive(IReadOnlyDictionary<FunctionKey, FunctionProto> functions)
    {
        var calls = functions.ToDictionary(
            f => f.Key,
            f => Nodes(f.Value.Node).Select(FunctionKey.Of).Where(functions.ContainsKey).ToHashSet());
        List<FunctionKey> finished;
        do
        {
            finished = [.. calls.Where(c => !c.Value.Overlaps(calls.Keys)).Select(c => c.Key)];
            finished.ForEach(f => calls.Remove(f));
        }
        while (finished.Count > 0);
        return [.. calls.Keys];
    }

    private static IEnumerable<NodeProto> Nodes(IEnumerable<NodeProto> nodes)
    {
        var pending = new Stack<NodeProto>(nodes);
        while (pending.TryPop(out NodeProto? node))
        {
            yield return node;
            foreach (AttributeProto attribute in node.Attribute)
            {
                foreach (NodeProto inner in attribute.Graphs.Append(attribute.G).Where(g => g is not null).SelectMany(g => g.Node))
                {
                    pending.Push(inner);
                }
            }
        }
    }
}
