using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Modules;

/// <summary>A function without parameters as a module of its own: <c>new Activation(Ops.Relu)</c>,
/// <c>new Activation(x => Ops.Softmax(x))</c>. Anything written in operations will do.</summary>
public sealed class Activation : Module
{
    private readonly Func<Variable, Variable> function;

    /// <summary>A module that applies a function.</summary>
    /// <param name="function">The function, its first axis the batch.</param>
    public Activation(Func<Variable, Variable> function)
    {
        this.function = function;
    }

    /// <inheritdoc/>
    protected internal override string Kind => "activation";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context) => function(input);
}
