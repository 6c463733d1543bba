using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Execution;

/// <summary>Makes what a computation says once and for all a setting of the one who runs it.</summary>
public static class AdjustableOutputs
{
    /// <summary>
    /// The same computation, but an output that depends on no input, such as the "learning_rate" of a training step, is no longer computed: a parameter of its name and present value, of the
    /// role <see cref="ParameterRole.State"/>, takes its place. The computation leaves it as it is and whoever runs it may set it, in an exported file as well.
    /// </summary>
    /// <param name="computation">The computation.</param>
    /// <param name="output">The name of the output, which is one no more.</param>
    /// <exception cref="GraphException">There is no such output, it depends on an input, or no update depends on it.</exception>
    public static Signature WithSetting(this Signature computation, string output)
    {
        Output found = computation.Outputs.FirstOrDefault(each => each.Name == output)
            ?? throw new GraphException($"Expected an output of \"{computation.Name}\", one of {string.Join(", ", computation.Outputs.Select(each => each.Name))}, found \"{output}\".");
        var setting = new Parameter(output, Interpreter.Run(new Signature([], [found]), [])[0], ParameterRole.State);
        Signature changed = new Substitution(new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance) { [found.Variable] = setting }).Apply(computation);
        if (changed.Updates.SequenceEqual(computation.Updates))
            throw new GraphException($"Expected an output on which an update of \"{computation.Name}\" depends, found that none depends on \"{output}\".");
        return new Signature(
            changed.Inputs, [.. changed.Outputs.Where(each => each.Name != output)], [.. changed.Updates, new Update(setting, setting.Variable)], changed.Name)
        { Metadata = computation.Metadata };
    }
}
