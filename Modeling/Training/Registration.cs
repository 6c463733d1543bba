using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Training;

/// <summary>Refuses parameters that a computation uses and nobody trains or saves.</summary>
internal static class Registration
{
    /// <summary>What a model reads, and what its modules and penalties update, must be among its parameters and what the optimizer remembers.</summary>
    public static void OfModel(IEnumerable<Parameter> known, IEnumerable<Variable> outputs, ForwardContext context) => Check(
        known,
        Read(outputs, gradients: false).Concat(context.Updates.Select(update => update.Parameter)),
        $"The model uses parameters that are not among its {nameof(Model.Parameters)}, so they would be neither trained nor saved",
        $"A module returns its own from CreateParameters, and lists those that own others in {nameof(Model.Children)}.");

    /// <summary>What an objective would follow by gradients must be among the model's parameters and what the optimizer remembers.</summary>
    public static void OfObjective(IEnumerable<Parameter> known, Variable objective) => Check(
        known,
        Read([objective], gradients: true),
        "The objective depends on parameters that are not those of the model, so they would not be learned",
        "To keep them as they are, apply StopGradient to what is made of them.");

    /// <summary>What a step updates must be among the model's parameters and what the optimizer remembers.</summary>
    public static void OfUpdates(IEnumerable<Parameter> known, IEnumerable<Update> updates) => Check(
        known,
        updates.Select(update => update.Parameter),
        "The optimizer updates parameters that are neither the model's nor in its state, so they would not be saved",
        "It gets what it remembers from OptimizerState.Moment.");

    private static void Check(IEnumerable<Parameter> known, IEnumerable<Parameter> used, string problem, string remedy)
    {
        var unknown = new HashSet<Parameter>(used, ReferenceEqualityComparer.Instance);
        unknown.ExceptWith(known);
        if (unknown.Count > 0)
            throw new GraphException($"{problem}: {string.Join(", ", unknown.Select(parameter => parameter.Name).Order(StringComparer.Ordinal))}. {remedy}");
    }

    /// <summary>The parameters that variables depend on; of those for gradients, not through StopGradient.</summary>
    private static HashSet<Parameter> Read(IEnumerable<Variable> roots, bool gradients)
    {
        var read = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
        var seen = new HashSet<Variable>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<Variable>(roots);
        while (pending.TryPop(out Variable? variable))
        {
            if (!seen.Add(variable) || (gradients && variable.Producer?.Operation is StopGradient))
                continue;
            if (variable.Parameter is { } parameter)
                read.Add(parameter);
            foreach (Variable input in variable.Producer?.Inputs ?? [])
                pending.Push(input);
        }

        return read;
    }
}
