using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A factored linear layer: g(xUV + b) with U [inputs, rank] and V [rank, outputs], so (inputs + outputs)·rank weights in place of inputs·outputs. Source:
/// book section 6.3.3, where a layer without activation saves parameters: (n + p)q against np.
/// </summary>
public sealed class LowRankDense : Module
{
    private readonly Dense first;
    private readonly Dense second;

    /// <summary>A layer with random weights.</summary>
    /// <param name="inputs">n: the size of the input.</param>
    /// <param name="outputs">p: the size of the result.</param>
    /// <param name="rank">q: the size in between.</param>
    /// <param name="random">Gives the layers streams of their own; advanced.</param>
    /// <param name="activation">g; null for none.</param>
    public LowRankDense(int inputs, int outputs, int rank, RandomSource random, Func<Variable, Variable>? activation = null)
    {
        first = new Dense(inputs, Settings.AtLeastOne(rank), random) { UseBias = false };
        second = new Dense(rank, outputs, random) { Activation = activation };
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Module> Children => [first, second];

    /// <inheritdoc/>
    protected internal override string Kind => "lowrank";

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => first.InputShape;

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context) => second.Forward(first.Forward(input, context), context);
}
