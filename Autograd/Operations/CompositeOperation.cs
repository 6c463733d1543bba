using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations;

/// <summary>An operation that is a shorthand: its expansion into other operations gives its shape, its numbers and its gradient. In a file it is the one
/// node that the standard has for it.</summary>
public abstract record CompositeOperation : Operation
{
    /// <inheritdoc/>
    public sealed override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        var placeholders = new Variable?[inputs.Length];
        for (int i = 0; i < placeholders.Length; i++)
            placeholders[i] = inputs.Placeholder(i);
        IReadOnlyList<Variable> results = Expand(new Arguments(placeholders));
        foreach (Symbol symbol in TopologicalOrder.Of(results).SelectMany(node => node.Symbols))
            inputs.Bind(symbol);
        return [.. results.Select(result => result.Type)];
    }

    /// <summary>Applies the operation. Where sizes of the results depend on data, the results are those of the expansion, which says how they depend on them.</summary>
    /// <param name="inputs">The arguments.</param>
    public sealed override IReadOnlyList<Variable> ApplyAll(Arguments inputs)
    {
        IReadOnlyList<Variable> results = base.ApplyAll(inputs);
        return results[0].Producer!.Symbols.Count == 0 ? results : Expand(inputs);
    }

    /// <inheritdoc/>
    public abstract override IReadOnlyList<Variable> Expand(Arguments inputs);

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => new(Name);
}
