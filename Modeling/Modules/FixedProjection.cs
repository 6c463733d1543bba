using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>(x − μ)·W with numbers that are not learned: pre-processing as part of a model, such as principal components
/// (<see cref="Toolkit.Modeling.Encoders.PrincipalComponents"/>). Source: book section 7.6.</summary>
/// <remarks>Input [batch, …] with as many numbers per example as μ, result [batch, outputs]; or else [batch, …, inputs], result [batch, …, outputs]. Its numbers have the role of a state: saved and exported, without
/// gradient and penalty.</remarks>
public sealed class FixedProjection : Module
{
    private readonly float[] mean;
    private readonly float[] weight;

    /// <summary>A projection.</summary>
    /// <param name="mean">μ: a number for each input.</param>
    /// <param name="weight">W, [inputs, outputs] in row-major order.</param>
    /// <exception cref="ArgumentException">The numbers are not finite or do not fit together.</exception>
    public FixedProjection(ReadOnlySpan<float> mean, ReadOnlySpan<float> weight)
    {
        if (mean.IsEmpty || weight.IsEmpty || weight.Length % mean.Length != 0)
            throw new ArgumentException($"Expected a row of weights for each of the {mean.Length} inputs, found {weight.Length} weights.", nameof(weight));
        foreach (float number in (ReadOnlySpan<float>)[.. mean, .. weight])
            Settings.Finite(number, nameof(weight));
        this.mean = mean.ToArray();
        this.weight = weight.ToArray();
    }

    /// <summary>The number of inputs.</summary>
    public int Inputs => mean.Length;

    /// <summary>The number of outputs.</summary>
    public int Outputs => weight.Length / mean.Length;

    /// <inheritdoc/>
    protected internal override string Kind => "projection";

    /// <inheritdoc/>
    protected internal override string Description => $"FixedProjection {Inputs} → {Outputs}";

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => [Inputs];

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        Variable x = input.Shape.Rank > 2 && input.Flatten() is var flat && flat.Shape[1] == Inputs ? flat : input;
        RequireFeatures(x, Inputs);
        return (x - Own[0].Variable).MatMul(Own[1]);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
    [
        new Parameter(ParameterName("mean"), Value.Of(mean, Inputs), ParameterRole.State),
        new Parameter(ParameterName("weight"), Value.Of(weight, Inputs, Outputs), ParameterRole.State),
    ];
}
