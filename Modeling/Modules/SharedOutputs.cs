using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// Appends learned numbers that do not depend on the example, such as the one variance of a Gaussian output or the weights of tasks: [batch, …, n] becomes
/// [batch, …, n + count], or with <see cref="Alone"/> [batch, …, count]. Source: book section 6.2.2.4 (a variance that is a parameter, not a function of the input).
/// </summary>
public sealed class SharedOutputs : Module
{
    /// <summary>A layer that appends numbers.</summary>
    /// <param name="count">How many.</param>
    public SharedOutputs(int count)
    {
        Count = Settings.AtLeastOne(count);
    }

    /// <summary>How many numbers are appended.</summary>
    public int Count { get; }

    /// <summary>What they begin with; 0 by default.</summary>
    public double Initial { get; init => field = Settings.Finite(value); }

    /// <summary>Whether the result is these numbers alone, without the input; false by default.</summary>
    public bool Alone { get; init; }

    /// <summary>The numbers, of shape [count].</summary>
    public Parameter Numbers => Own[0];

    /// <inheritdoc/>
    protected internal override string Kind => "shared";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        int last = input.Shape.Rank - 1;
        if (last < 1)
            throw Mismatch("[batch, …, outputs]", input);
        Variable shared = Numbers.Variable.Reshape([.. Enumerable.Repeat(1, last), Count]).Expand([.. input.Shape.Take(last), Count], input);
        return Alone ? shared : Ops.Concat(last, input, shared);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
        [new Parameter(ParameterName("numbers"), Value.Full(Initial, DType.Float32, Count), ParameterRole.Bias)];
}
