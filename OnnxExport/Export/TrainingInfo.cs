using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Export;

/// <summary>Writes a training step into the <c>training_info</c> of its model. By the standard the graph of the step follows the graph of the model: it may read each value of that one, and
/// must not give a name again.</summary>
internal static class TrainingInfo
{
    /// <summary>What the graph is called that is no step, but what training applies in the place of the model.</summary>
    public const string ForwardName = "training_forward";

    /// <summary>Adds a step to a model.</summary>
    /// <param name="model">The model for inference.</param>
    /// <param name="step">The step as a model of its own, which is taken apart.</param>
    public static void Add(ModelProto model, ModelProto step)
    {
        GraphProto inference = model.Graph, algorithm = step.Graph;
        HashSet<string> shared = [.. Shared(inference, algorithm)], defaults = [.. algorithm.Initializer.Select(tensor => tensor.Name)];
        Keep(algorithm.Input, input => !shared.Contains(input.Name) && !defaults.Contains(input.Name));
        Keep(algorithm.Initializer, tensor => !shared.Contains(tensor.Name));
        Dictionary<string, string> names = Free(GraphNames.OfValues(inference), GraphNames.OfValues(algorithm));
        GraphNames.RenameValues(algorithm, names);
        GraphNames.RenameNodes(algorithm, Free(GraphNames.OfNodes(inference), GraphNames.OfNodes(algorithm)));
        var training = new TrainingInfoProto { Algorithm = algorithm };
        foreach (WrittenUpdate update in WrittenUpdate.Of(step).Values)
        {
            training.UpdateBinding.Add(new StringStringEntryProto
            {
                Key = names.GetValueOrDefault(update.Name, update.Name),
                Value = names.GetValueOrDefault(update.NewName, update.NewName),
            });
        }

        model.TrainingInfo.Add(training);
    }

    /// <summary>What both read: inputs of one name and type, and initializers of one name and content.</summary>
    private static IEnumerable<string> Shared(GraphProto inference, GraphProto algorithm)
    {
        var tensors = inference.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var inputs = inference.Input.ToDictionary(input => input.Name, StringComparer.Ordinal);
        return algorithm.Initializer.Where(tensor => tensors.TryGetValue(tensor.Name, out TensorProto? same) && same.Equals(tensor)).Select(tensor => tensor.Name)
            .Concat(algorithm.Input.Where(input => inputs.TryGetValue(input.Name, out ValueInfoProto? same)
                && same.Type.TensorType.ElemType == input.Type.TensorType.ElemType).Select(input => input.Name));
    }

    /// <summary>New names for those that are taken.</summary>
    private static Dictionary<string, string> Free(IEnumerable<string> taken, IEnumerable<string> wanted)
    {
        HashSet<string> known = [.. taken];
        string[] found = [.. wanted];
        var table = new NameTable();
        foreach (string name in known.Union(found))
            table.Unique(name);
        return found.Where(known.Contains).ToDictionary(name => name, name => table.Unique($"training_{name}"), StringComparer.Ordinal);
    }

    private static void Keep<T>(IList<T> list, Func<T, bool> condition)
    {
        T[] kept = [.. list.Where(condition)];
        list.Clear();
        foreach (T item in kept)
            list.Add(item);
    }
}
