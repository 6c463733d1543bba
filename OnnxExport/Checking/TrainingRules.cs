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

            HashSet<string> initializers = [.. Initializers(model.Graph), .. Initializers(training.Algorithm)];
            CheckBindings(training.InitializationBinding, training.Initialization, initializers, initialized, inner);
            CheckBindings(training.UpdateBinding, training.Algorithm, initializers, updated, inner);
        }
    }

    private static void CheckBindings(
        IEnumerable<StringStringEntryProto> bindings,
        GraphProto? graph,
        HashSet<string> initializers,
        HashSet<string> bound,
        CheckContext context)
    {
        foreach (StringStringEntryProto binding in bindings)
        {
            if (!initializers.Contains(binding.Key))
            {
                context.Error(
                    CheckRule.Training,
                    binding.Key,
                    "Expected the name of an initializer to assign to, found none of that name.");
            }

            if (graph?.Output.Any(o => o.Name == binding.Value) != true)
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
