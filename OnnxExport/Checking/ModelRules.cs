using Toolkit.Autograd.Schema;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Checking;

/// <summary>The rules for a model as a whole.</summary>
internal static class ModelRules
{
    public static IReadOnlyList<ModelProblem> Check(ModelProto model, string? folder)
    {
        var context = new CheckContext
        {
            Problems = new ProblemList(),

            // Without a version the rules of the newest one apply.
            IrVersion = model.IrVersion > 0 ? model.IrVersion : CheckContext.NewestIrVersion,
            Imports = Imports(model.OpsetImport),
            Functions = FunctionRules.Index(model.Functions),
            Folder = folder,
        };
        CheckVersions(model, context);
        CheckMetadata(model.MetadataProps, context, "metadata_props");
        if (model.Graph is null)
        {
            context.Error(CheckRule.Model, string.Empty, "Expected a graph, found none.");
            return context.Problems.ToList();
        }

        var scope = new NameScope(null);
        GraphRules.Check(model.Graph, context, scope);
        FunctionRules.Check(model.Functions, context);
        TrainingRules.Check(model, context, scope);
        return context.Problems.ToList();
    }

    /// <summary>The versions of operator sets by domain; the last one wins where a domain occurs twice.</summary>
    public static Dictionary<string, long> Imports(IEnumerable<OperatorSetIdProto> imports)
    {
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (OperatorSetIdProto import in imports)
        {
            versions[CheckContext.Normalize(import.Domain)] = import.Version;
        }

        return versions;
    }

    public static void CheckImports(IReadOnlyList<OperatorSetIdProto> imports, CheckRule rule, CheckContext context)
    {
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (OperatorSetIdProto import in imports)
        {
            if (!versions.TryAdd(CheckContext.Normalize(import.Domain), import.Version))
            {
                long first = versions[CheckContext.Normalize(import.Domain)];
                string message =
                    $"Expected each operator set once, found \"{Excerpt.Of(CheckContext.NameOf(import.Domain))}\" twice, with versions {first} and {import.Version}.";
                if (first == import.Version)
                {
                    context.Warning(rule, "opset_import", message);
                }
                else
                {
                    context.Error(rule, "opset_import", message);
                }
            }

            if (import.Version < 1)
            {
                context.Error(rule, "opset_import", $"Expected a version of at least 1 of \"{CheckContext.NameOf(import.Domain)}\", found {import.Version}.");
            }
        }
    }

    public static void CheckMetadata(IEnumerable<StringStringEntryProto> entries, CheckContext context, string location)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (StringStringEntryProto entry in entries)
        {
            if (!keys.Add(entry.Key))
            {
                context.Error(CheckRule.Model, location, $"Expected distinct keys, found \"{entry.Key}\" twice.");
            }
        }
    }

    private static void CheckVersions(ModelProto model, CheckContext context)
    {
        if (!model.HasIrVersion)
        {
            context.Error(CheckRule.Model, "ir_version", "Expected the version of the format, found none.");
        }
        else if (model.IrVersion is < 1 or > CheckContext.NewestIrVersion)
        {
            context.Error(
                CheckRule.Model,
                "ir_version",
                $"Expected a version of the format from 1 to {CheckContext.NewestIrVersion}, found {model.IrVersion}.");
        }

        // Before version 3 there were no operator sets; nodes then belong to the first version of the standard one.
        if (context.IrVersion >= 3 && model.OpsetImport.Count == 0)
        {
            context.Error(CheckRule.Model, "opset_import", "Expected an imported operator set, found none.");
        }

        if (context.IrVersion < 3 && model.OpsetImport.Count > 0)
        {
            context.Error(CheckRule.Model, "opset_import", $"Expected no operator sets to import in version {context.IrVersion} of the format, found {model.OpsetImport.Count}.");
        }

        CheckImports(model.OpsetImport, CheckRule.Model, context);
        if (context.Imports.TryGetValue(string.Empty, out long version) && version > StandardOperators.NewestVersion)
        {
            context.Warning(
                CheckRule.Operator,
                "opset_import",
                $"Operators of the standard set {version} are not checked: this check knows the sets up to {StandardOperators.NewestVersion}.");
        }
    }
}
