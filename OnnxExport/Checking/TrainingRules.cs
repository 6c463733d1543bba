using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Checking;

/// <summary>The rules for training information: graphs that are valid, bindings from outputs to initializers.</summary>
internal static class TrainingRules
{
    public static void Check(ModelProto model, CheckContext context, NameScope inference)
    {
        if (model.TrainingInfo.Count > 0 && context.IrVersion < 7)
        {
            context.Error(CheckRule.Training, "training_info", $"Expected version 7 of the format or newer for training information, found {context.IrVersion}.");
        }

        HashSet<string> own = [.. GraphRules.Initializers(model.Graph).Select(t => t.Name)];
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

            HashSet<string> further = [.. GraphRules.Initializers(training.Algorithm).Select(t => t.Name)];
            CheckBindings(training.InitializationBinding, training.Initialization, IsInitializer, initialized, inner);
            CheckBindings(training.UpdateBinding, training.Algorithm, IsInitializer, updated, inner);

            bool IsInitializer(string name) => own.Contains(name) || further.Contains(name);
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
}
