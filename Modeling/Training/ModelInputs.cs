using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Training;

/// <summary>Which fields of the examples a model is given.</summary>
internal static class ModelInputs
{
    /// <summary>All fields for a model, which reads what it asks for; for a module "input", or the only field that no loss, metric or weight reads.</summary>
    /// <exception cref="GraphException">There is no such field, or there are several.</exception>
    public static IReadOnlyList<Field> Of(Trainer trainer, DataLayout layout)
    {
        var others = new HashSet<string>(StringComparer.Ordinal) { DataLayout.Weight };
        others.UnionWith(trainer.Loss.Summands.SelectMany(loss => new[] { loss.Target, loss.Weight }).OfType<string>());
        others.UnionWith(trainer.Metrics.SelectMany(metric => new[] { metric.Target, metric.Weight }).OfType<string>());
        return trainer.Model.FieldsOf(layout, others);
    }

    /// <summary>Refuses fields that nobody reads. Features with a label or a target need not all be read: they have no other name.</summary>
    /// <exception cref="GraphException">There is one.</exception>
    public static void CheckRead(DataLayout layout, IReadOnlySet<string> read)
    {
        string[] unread = [.. layout.Fields.Select(field => field.Name).Where(name => name != DataLayout.Weight && !read.Contains(name))];
        if (unread.Length > 0 && !layout.IsPlain)
        {
            throw new GraphException(
                $"Expected that the model, a loss or a metric reads each field of the examples {layout}, found that none reads {string.Join(", ", unread.Select(name => $"\"{name}\""))}. " +
                "Leave it out, or correct its name.");
        }
    }
}
