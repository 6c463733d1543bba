using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Recurrent;
using Toolkit.Autograd.Operations.Transformers;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// The computation of a model in numbers of another type. In a narrow type are products, attention, poolings, and what moves numbers or computes them element by element from narrow ones; all else, such
/// as sums, gets float32; layer normalization has its statistics in float32. In a wide type is everything. Parameters and inputs are cast where they are read, so their gradients have their own types.
/// </summary>
internal sealed class MixedPrecision : GraphTransform
{
    private readonly DType type;
    private readonly Dictionary<Variable, Variable> results = new(ReferenceEqualityComparer.Instance);

    private MixedPrecision(DType type) => this.type = type;

    /// <summary>The narrow or wide type.</summary>
    public DType Type => type;

    /// <summary>The transform for a type; null for float32, in which nothing changes.</summary>
    /// <param name="type">float16, bfloat16, float32 or float64.</param>
    public static MixedPrecision? Of(DType type) => type switch
    {
        DType.Float32 => null,
        DType.BFloat16 or DType.Float16 or DType.Float64 => new(type),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, $"Expected {DType.Float16}, {DType.BFloat16}, {DType.Float32} or {DType.Float64}."),
    };

    /// <summary>A result of the model with the type that it had.</summary>
    public Variable Result(Variable variable)
    {
        if (results.TryGetValue(variable, out Variable? known))
            return known;
        Variable result = Map(variable).Cast(variable.DType);
        results[result] = result;
        return results[variable] = result;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs)
    {
        bool isChosen = type == DType.Float64 || node.Operation is MatMul or Gemm or ConvolutionOperation or Pooling or RecurrentOperation or Attention
            || (inputs.Any(input => input.DType == type) && node.Operation is ElementwiseOperation or IMovesElements or IView or Autograd.Operations.Normalization.LayerNormalization);
        (DType from, DType to) = isChosen ? (DType.Float32, type) : (type, DType.Float32);
        return Rebuild(node, inputs.Map(input => input.DType == from ? input.Cast(to) : input));
    }
}
