using Google.Protobuf.Collections;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Checking;

/// <summary>The rules for a node: operator, counts, attributes.</summary>
internal static class NodeRules
{
    public static void Check(NodeProto node, string location, CheckContext context, NameScope scope)
    {
        if (node.OpType.Length == 0)
        {
            context.Error(CheckRule.Operator, location, "Expected a node with an operator, found none.");
            return;
        }

        if (node.Input.Count == 0 && node.Output.Count == 0)
        {
            context.Error(CheckRule.Operator, location, $"Expected inputs or outputs, found a node {node.OpType} with neither.");
            return;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (AttributeProto attribute in node.Attribute)
        {
            if (!names.Add(attribute.Name))
            {
                context.Error(CheckRule.Attribute, location, $"Expected each attribute once, found \"{attribute.Name}\" twice.");
            }

            AttributeRules.Check(attribute, location, context, scope);
        }

        string domain = CheckContext.Normalize(node.Domain);
        if (!TryImport(domain, context, out long version))
        {
            context.Error(
                CheckRule.Operator,
                location,
                $"Expected an operator of an imported operator set, found {node.OpType} of \"{node.Domain}\".");
            return;
        }

        if (context.Functions.TryGetValue(FunctionKey.Of(node), out FunctionProto? function))
        {
            CheckCall(node, function, location, context);
            return;
        }

        CheckOperator(node, domain, version, location, context);
    }

    private static bool TryImport(string domain, CheckContext context, out long version)
    {
        if (context.IrVersion < 3 && domain.Length == 0)
        {
            version = 1;
            return true;
        }

        return context.Imports.TryGetValue(domain, out version);
    }

    private static void CheckOperator(NodeProto node, string domain, long version, string location, CheckContext context)
    {
        if (!OperatorTable.Covers(domain, version))
        {
            // Newer versions of the standard set have their warning at the model.
            if (domain.Length > 0)
            {
                context.Warning(
                    CheckRule.Operator,
                    location,
                    $"{node.OpType} of \"{domain}\" version {version} is not known to this check.");
            }

            return;
        }

        OperatorSignature? signature = OperatorTable.Find(domain, node.OpType, version, out int since);
        if (signature is null)
        {
            string hint = since > 0 ? $"; it exists from version {since} on" : string.Empty;
            context.Error(
                CheckRule.Operator,
                location,
                $"Expected an operator of {(domain.Length == 0 ? "ai.onnx" : domain)} version {version}, found {node.OpType}{hint}.");
            return;
        }

        if (signature.IsDeprecated)
        {
            context.Error(
                CheckRule.Operator,
                location,
                $"{node.OpType} is deprecated since version {signature.Since} of its operator set, found version {version}.");
            return;
        }

        CheckArguments(node.Input, signature.Inputs, "input", node, location, context);
        CheckArguments(node.Output, signature.Outputs, "output", node, location, context);
        CheckAttributes(node, signature, location, context);
    }

    private static void CheckArguments(
        RepeatedField<string> names, ArgumentCount count, string kind, NodeProto node, string location, CheckContext context)
    {
        if (names.Count < count.Minimum || names.Count > count.Maximum)
        {
            context.Error(CheckRule.Operator, location, $"Expected {count} {kind}(s) of {node.OpType}, found {names.Count}.");
            return;
        }

        for (int i = 0; i < names.Count; i++)
        {
            if (names[i].Length == 0 && !count.IsOptional(i))
            {
                context.Error(CheckRule.Operator, location, $"{node.OpType} needs its {kind} {i}, found an empty name.");
            }
        }
    }

    private static void CheckAttributes(NodeProto node, OperatorSignature signature, string location, CheckContext context)
    {
        foreach (AttributeProto attribute in node.Attribute)
        {
            // Names with two underscores are for the private use of tools.
            if (attribute.Name.StartsWith("__", StringComparison.Ordinal))
            {
                continue;
            }

            if (!signature.Attributes.TryGetValue(attribute.Name, out AttributeSignature expected))
            {
                context.Error(CheckRule.Attribute, location, $"{node.OpType} has no attribute \"{attribute.Name}\"{Known(signature)}.");
            }
            else if (context.IrVersion >= 2 && attribute.Type != expected.Type)
            {
                context.Error(
                    CheckRule.Attribute,
                    location,
                    $"Expected the attribute \"{attribute.Name}\" of {node.OpType} as {expected.Type}, found {attribute.Type}.");
            }
        }

        foreach ((string name, AttributeSignature expected) in signature.Attributes)
        {
            if (expected.IsRequired && !node.Attribute.Any(a => a.Name == name))
            {
                context.Error(CheckRule.Attribute, location, $"{node.OpType} needs the attribute \"{name}\", found none.");
            }
        }
    }

    private static void CheckCall(NodeProto node, FunctionProto function, string location, CheckContext context)
    {
        if (node.Input.Count > function.Input.Count || node.Output.Count > function.Output.Count)
        {
            context.Error(
                CheckRule.Operator,
                location,
                $"Expected at most {function.Input.Count} inputs and {function.Output.Count} outputs of the function {node.OpType}, "
                + $"found {node.Input.Count} and {node.Output.Count}.");
        }

        foreach (string name in function.Attribute.Where(n => !node.Attribute.Any(a => a.Name == n)))
        {
            context.Warning(
                CheckRule.Attribute,
                location,
                $"The function {node.OpType} has the attribute \"{name}\" without default, and the call does not give it.");
        }
    }

    private static string Known(OperatorSignature signature) =>
        signature.Attributes.Count == 0
            ? string.Empty
            : $"; it has {string.Join(", ", signature.Attributes.Keys.Order(StringComparer.Ordinal))}";
}
