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

        CallGraph.Check(context);
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

        HashSet<string> attributes = [.. function.Attribute, .. function.AttributeProto.Select(a => a.Name)];
        context = context with { FunctionAttributes = attributes, Imports = ModelRules.Imports(function.OpsetImport) };
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
}
