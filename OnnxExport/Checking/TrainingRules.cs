using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Checking;

/// <summary>The rules for training information: graphs that are valid, bindings from outputs to initializers.</summary>
internal static class TrainingRules
{
    public static void Check(ModelProto model, CheckContext context, NameScope inference)
    {
        if (model.TrainingInfo.Count > 0 && context.IrVersion < 7)
        {
            context.Error(CheckRule.Training, "training_info", $"Expected version 7 of the format or newer, found {context.IrVersion}.");
        }

        HashSet<string> own = [.. Initializers(model.Graph)];
        var initialized = new HashSet<string>(StringComparer.Ordinal);
        var updated = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < model.TrainingInfo.Count; i++)
        {
            TrainingInfoProto training = model.TrainingInfo[i];
            CheckContext inner = context.Inside($"training_info#{i}");
            if (training.Initialization is not null)
            {
                GraphRules.Check(training.Initialization, inner, new NameScope(null));
            }

            if (training.Algorithm is not null)
            {
                // A step reads any value of the inference graph.
                GraphRules.Check(training.Algorithm, inner, new NameScope(inference));
            }

            HashSet<string> further = [.. Initializers(training.Algorithm)];
            CheckBindings(training.InitializationBinding, training.Initialization, name => own.Contains(name) || further.Contains(name), initialized, inner);
            CheckBindings(training.UpdateBinding, training.Algorithm, name => own.Contains(name) || further.Contains(name), updated, inner);
        }
    }

    private static void CheckBindings(
        IEnumerable<StringStringEntryProto> bindings,
        GraphProto? graph,
        Func<string, bool> isInitializer,
        HashSet<string> bound,
        CheckContext context)
    {
        HashSet<string> outputs = [.. graph?.Output.Select(o => o.Name) ?? []];
        foreach (StringStringEntryProto binding in bindings)
        {
            if (!isInitializer(binding.Key))
            {
                context.Error(
                    CheckRule.Training,
                    binding.Key,
                    "Expected the name of an initializer to assign to, found none of that name.");
            }

            if (!outputs.Contains(binding.Value))
            {
                context.Error(
                    CheckRule.Training,
                    binding.Key,
                    $"Expected an output of the training graph as new value, found \"{binding.Value}\".");
            }

            if (!bound.Add(binding.Key))
            {
                context.Error(CheckRule.Training, binding.Key, "Expected one assignment to each initializer, found a second one.");
            }
        }
    }

    private static IEnumerable<string> Initializers(GraphProto? graph) =>
        graph is null
            ? []
            : graph.Initializer.Select(t => t.Name).Concat(graph.SparseInitializer.Select(t => t.Values?.Name ?? string.Empty));
}
