using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Execution;

/// <summary>Makes what a computation says once and for all a setting of the one who runs it.</summary>
public static class AdjustableSettings
{
    /// <summary>
    /// The same computation with a setting: a parameter of the role <see cref="ParameterRole.State"/> that the computation leaves as it is and that whoever runs it may set, in an exported file as well. At
    /// first it has the present value of what it takes the place of, one of these:
    /// <list type="bullet">
    /// <item>an output that depends on no input, such as the "learning_rate" of a training step, which is an output no more;</item>
    /// <item>a <see cref="Hyperparameter"/>, such as "momentum", "weight_decay" or "clip_norm", wherever it is read;</item>
    /// <item>a parameter that is only read, such as the "dropout1.key" from which random numbers follow, or a weight that is not learned.</item>
    /// </list>
    /// </summary>
    /// <param name="computation">The computation.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="GraphException">There is nothing of this name, it depends on an input, it has different values in different places, or no update depends on it.</exception>
    public static Signature WithSetting(this Signature computation, string name)
    {
        if (computation.Parameters.FirstOrDefault(each => each.Name == name) is { } read)
        {
            return computation.Updates.All(update => update.Parameter != read)
                ? With(computation, computation.Outputs, [.. computation.Updates, new Update(read, read.Variable)])
                : throw new GraphException($"Expected something that \"{computation.Name}\" only reads, found that it changes \"{name}\".");
        }

        Output? output = computation.Outputs.FirstOrDefault(each => each.Name == name);
        Variable[] places = output is not null
            ? [output.Variable]
            : [.. computation.Nodes.Where(node => node.Operation is Hyperparameter setting && setting.Key == name).Select(node => node.Outputs[0])];
        if (places.Length == 0)
            throw new GraphException($"Expected the name of a setting of \"{computation.Name}\", one of {string.Join(", ", Names(computation))}, found \"{name}\".");
        Value value = Interpreter.Run(new Signature([], [new Output(name, places[0])]), [])[0];
        foreach (Variable place in places)
        {
            Value other = Interpreter.Run(new Signature([], [new Output(name, place)]), [])[0];
            if (!other.Bytes.SequenceEqual(value.Bytes))
                throw new GraphException(FormattableString.Invariant($"Expected one value of \"{name}\" in \"{computation.Name}\", found {value[0]} and {other[0]}: give them different names."));
        }

        var parameter = new Parameter(name, value, ParameterRole.State);
        Signature changed = new Substitution(new Dictionary<Variable, Variable>(places.Select(place => KeyValuePair.Create(place, parameter.Variable)), ReferenceEqualityComparer.Instance)).Apply(computation);
        return changed.Updates.SequenceEqual(computation.Updates)
            ? throw new GraphException($"Expected a setting on which an update of \"{computation.Name}\" depends, found that none depends on \"{name}\".")
            : With(computation, changed.Outputs.Where(each => each.Name != name), [.. changed.Updates, new Update(parameter, parameter.Variable)]);
    }

    /// <summary>The same computation with several settings; see <see cref="WithSetting"/>.</summary>
    /// <param name="computation">The computation.</param>
    /// <param name="names">The names.</param>
    /// <exception cref="GraphException">There is nothing of a name, or it cannot be a setting.</exception>
    public static Signature WithSettings(this Signature computation, params IReadOnlyList<string> names) => names.Aggregate(computation, WithSetting);

    private static Signature With(Signature computation, IEnumerable<Output> outputs, IReadOnlyList<Update> updates) =>
        new(computation.Inputs, [.. outputs], updates, computation.Name) { Metadata = computation.Metadata };

    private static IEnumerable<string> Names(Signature computation) => computation.Outputs.Select(each => each.Name)
        .Concat(computation.Nodes.Select(node => node.Operation).OfType<Hyperparameter>().Select(setting => setting.Key).Distinct())
        .Concat(computation.Parameters.Except(computation.Updates.Select(update => update.Parameter)).Select(parameter => parameter.Name));
}
