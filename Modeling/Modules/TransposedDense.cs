using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>g(h·Wᵀ + c) with the weights W of another layer and a bias of its own: parameters shared by identity, such as those of a decoder with its encoder. The
/// gradient of W is the sum of both uses. Source: book section 7.9; Rifai et al. 2011.</summary>
/// <remarks>Input [batch, …, outputs of the other layer], result [batch, …, inputs of the other layer]. The other layer must be part of the same model, which trains and
/// saves W.</remarks>
public sealed class TransposedDense : Module
{
    private readonly Dense other;

    /// <summary>A layer on the weights of another one.</summary>
    /// <param name="other">The layer that owns W.</param>
    public TransposedDense(Dense other)
    {
        this.other = other;
    }

    /// <summary>g; null (the default) for none.</summary>
    public Func<Variable, Variable>? Activation { get; init; }

    /// <summary>c, of shape [inputs of the other layer].</summary>
    public Parameter Bias => Own[0];

    /// <inheritdoc/>
    protected internal override string Kind => "transposed";

    /// <inheritdoc/>
    protected internal override string Description => $"TransposedDense {other.Outputs} → {other.Inputs}";

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => [other.Outputs];

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        RequireFeatures(input, other.Outputs);
        Variable x = (input.Shape.Rank == 2 ? Ops.Gemm(input, other.Weight, transposeB: true) : input.MatMul(other.Weight.Variable.Transpose())) + Bias;
        return Activation is null ? x : Activation(x);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
        [new Parameter(ParameterName("bias"), Value.Zeros(DType.Float32, other.Inputs), ParameterRole.Bias)];
}
