using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>The size of a symbolic dimension as an int64 scalar, known when values are bound: the divisor of a mean over the batch.</summary>
/// <param name="Dim">The dimension.</param>
public sealed record DimSize(Dim Dim) : Operation, IFromSizes, IHasExamples
{
    /// <summary>None: without an input no example could bind the symbol; means over a symbolic batch exercise it.</summary>
    public static IEnumerable<Example> Examples => [];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 0);
        return [new TensorType(DType.Int64, Shape.Scalar)];
    }

    /// <inheritdoc/>
    public IEnumerable<Symbol> Symbols => Dim.Symbols;

    /// <inheritdoc/>
    public Value Evaluate(IReadOnlyDictionary<Symbol, int> sizes) => Value.Of((long)Dim.Evaluate(sizes));

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) =>
        new("Squeeze") { Inputs = [new OnnxInput.Dimensions([Dim]), OnnxInput.Integers(0)] };
}
