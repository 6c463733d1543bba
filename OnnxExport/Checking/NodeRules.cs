using Google.Protobuf.Collections;
using Toolkit.Autograd.Schema;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;

namespace Toolkit.OnnxExport.Checking;

/// <summary>The rules for a node: operator, counts, attributes.</summary>
internal static class NodeRules
{
    private const string RuntimeDomain = "com.microsoft";

    // ONNX Runtime has put these into the standard domain, of every version; the first is a standard operator from version 17 on.
    private static readonly string[] OfRuntime = ["LayerNormalization", "SimplifiedLayerNormalization"];

    // The standard has withdrawn this form for another one, but says in full what it means, and there are files with it.
    private static readonly (string Operator, int Since) StillRead = ("GroupNormalization", 18);

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

        ModelRules.CheckMetadata(node.MetadataProps, context, location);
        string domain = CheckContext.Normalize(node.Domain);
        if (!TryImport(domain, context, out long version))
        {
            // ML.NET writes operators of ONNX Runtime without a word about their set, and ONNX Runtime takes them.
            if (domain == RuntimeDomain)
            {
                context.Warning(CheckRule.Operator, location, $"Expected an operator of an imported operator set, found {node.OpType} of \"{domain}\", which ONNX Runtime takes all the same.");
                return;
            }

            context.Error(
                CheckRule.Operator,
                location,
                $"Expected an operator of an imported operator set, found {node.OpType} of \"{CheckContext.NameOf(domain)}\".");
            return;
        }

        if (context.Functions.TryGetValue(FunctionKey.Of(node), out FunctionProto? function))
        {
            CheckCall(node, names, function, location, context);
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
        if (!StandardOperators.Covers(domain, version))
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

        OperatorSchema? schema = StandardOperators.Find(domain, node.OpType, version);
        if (schema is null && domain.Length == 0 && OfRuntime.Contains(node.OpType))
        {
            context.Warning(CheckRule.Operator, location, $"{node.OpType} of version {version} is an operator of ONNX Runtime, not of the standard.");
            return;
        }

        if (schema is null)
        {
            string hint = StandardOperators.History(domain, node.OpType) is [var first, ..] ? $"; it exists from version {first.Since} on" : string.Empty;
            context.Error(
                CheckRule.Operator,
                location,
                $"Expected an operator of {CheckContext.NameOf(domain)} version {version}, found {node.OpType}{hint}.");
            return;
        }

        if ((schema.FullName, schema.Since) == StillRead)
        {
            context.Warning(CheckRule.Operator, location, $"{node.OpType} of version {version} is deprecated since version {schema.Since} of its operator set.");
            return;
        }

        if (schema.IsDeprecated)
        {
            context.Error(
                CheckRule.Operator,
                location,
                $"{node.OpType} is deprecated since version {schema.Since} of its operator set, found version {version}.");
            return;
        }

        CheckArguments(node.Input, schema.Inputs, "input", node, location, context);
        CheckArguments(node.Output, schema.Outputs, "output", node, location, context);
        CheckAttributes(node, schema, location, context);
    }

    private static void CheckArguments(
        RepeatedField<string> names, IReadOnlyList<SchemaArgument> arguments, string kind, NodeProto node, string location, CheckContext context)
    {
        ArgumentCount count = ArgumentCount.Of(arguments);
        if (!count.Allows(names.Count))
        {
            context.Error(CheckRule.Operator, location, $"Expected {count} {kind}(s) of {node.OpType}, found {names.Count}.");
            return;
        }

        for (int i = 0; i < names.Count; i++)
        {
            // Among the arguments of a variadic one, those beyond its first may be left out.
            bool isOptional = i >= count.Minimum || arguments[i].IsOptional;
            if (names[i].Length == 0 && !isOptional)
            {
                context.Error(CheckRule.Operator, location, $"{node.OpType} needs its {kind} {i}, found an empty name.");
            }
        }
    }

    private static void CheckAttributes(NodeProto node, OperatorSchema schema, string location, CheckContext context)
    {
        foreach (AttributeProto attribute in node.Attribute)
        {
            // Names with two underscores are for the private use of tools.
            if (attribute.Name.StartsWith("__", StringComparison.Ordinal))
            {
                continue;
            }

            if (schema.Attribute(attribute.Name) is not { } expected)
            {
                context.Error(CheckRule.Attribute, location, $"{node.OpType} has no attribute \"{attribute.Name}\"{Known(schema)}.");
            }
            else if (attribute.Type != AttributeType.Undefined && attribute.Type != TypeOf(expected.Kind))
            {
                context.Error(
                    CheckRule.Attribute,
                    location,
                    $"Expected the attribute \"{attribute.Name}\" of {node.OpType} as {TypeOf(expected.Kind)}, found {attribute.Type}.");
            }
        }

        foreach (SchemaAttribute expected in schema.Attributes)
        {
            if (expected.IsRequired && !node.Attribute.Any(a => a.Name == expected.Name))
            {
                context.Error(CheckRule.Attribute, location, $"{node.OpType} needs the attribute \"{expected.Name}\", found none.");
            }
        }
    }

    private static void CheckCall(NodeProto node, HashSet<string> given, FunctionProto function, string location, CheckContext context)
    {
        if (node.Input.Count > function.Input.Count || node.Output.Count > function.Output.Count)
        {
            context.Error(
                CheckRule.Operator,
                location,
                $"Expected at most {function.Input.Count} input(s) and {function.Output.Count} output(s) of the function {node.OpType}, "
                + $"found {node.Input.Count} and {node.Output.Count}.");
        }

        // The first one only: a function of many attributes may be called many times.
        if (function.Attribute.FirstOrDefault(n => !given.Contains(n)) is { } missing)
        {
            context.Warning(
                CheckRule.Attribute,
                location,
                $"The function {node.OpType} has the attribute \"{missing}\" without default, and the call does not give it.");
        }
    }

    private static string Known(OperatorSchema schema) =>
        schema.Attributes.Count == 0 ? string.Empty : $"; it has {string.Join(", ", schema.Attributes.Select(a => a.Name))}";

    private static AttributeType TypeOf(AttributeKind kind) => kind switch
    {
        AttributeKind.Int => AttributeType.Int,
        AttributeKind.Ints => AttributeType.Ints,
        AttributeKind.Float => AttributeType.Float,
        AttributeKind.Floats => AttributeType.Floats,
        AttributeKind.Text => AttributeType.String,
        AttributeKind.Texts => AttributeType.Strings,
        AttributeKind.Tensor => AttributeType.Tensor,
        AttributeKind.SparseTensor => AttributeType.SparseTensor,
        AttributeKind.Graph => AttributeType.Graph,
        AttributeKind.Type => AttributeType.TypeProto,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Expected a kind of attribute."),
    };
}
