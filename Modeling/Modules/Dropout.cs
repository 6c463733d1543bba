using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// Dropout: in training, each unit is set to 0 with probability <see cref="Rate"/> and otherwise divided by 1 − Rate, independently for
/// each unit, example and step; at inference nothing is done. Source: book section 7.12 with the weight scaling inference rule, in its
/// equivalent form that divides during training instead of multiplying weights afterwards.
/// </summary>
/// <remarks>The mask is a pure function of two state parameters, "key" and "counter"; the counter goes up by one with each step. So a
/// resumed training draws the same masks as an uninterrupted one.</remarks>
public sealed class Dropout : Module
{
    private readonly RandomSource random;

    /// <summary>A dropout layer.</summary>
    /// <param name="rate">The probability to drop a unit, from 0 (included) to 1 (excluded).</param>
    /// <param name="random">Gives the layer a stream of its own; advanced.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1).</exception>
    public Dropout(double rate, RandomSource random)
    {
        Rate = Settings.Rate(rate);
        this.random = random.Fork();
    }

    /// <summary>The probability to drop a unit.</summary>
    public double Rate { get; }

    /// <inheritdoc/>
    protected internal override string Kind => "dropout";

    /// <inheritdoc/>
    protected internal override string Description => FormattableString.Invariant($"Dropout {Rate}");

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        if (context.Masking is { } masking && Rate > 0.0)
            return masking(this, input);
        if (context.Mode == Mode.Inference || Rate == 0.0)
            return input;
        Parameter key = Own[0], counter = Own[1];
        // A layer that is applied several times in one step draws a mask of its own each time.
        int call = context.CountCall(this);
        Variable stream = call == 0
            ? key
            : Ops.Add(key, Variable.Of(Value.Of(unchecked((ulong)call * 0x9E3779B97F4A7C15))));
        Variable uniform = Ops.RandomUniform(input.Shape, stream, counter, input.DType, input);
        context.Update(counter, Ops.Add(counter, Variable.Of(Value.Of(1UL))));
        return Ops.Where(Ops.Less(uniform, Rate), 0.0, input * (1.0 / (1.0 - Rate)));
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
    [
        new Parameter(ParameterName("key"), Value.Of(random.Fork("mask").NextUInt64()), ParameterRole.State),
        new Parameter(ParameterName("counter"), Value.Of(0UL), ParameterRole.State),
    ];
}
