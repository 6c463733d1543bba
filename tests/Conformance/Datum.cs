using Toolkit.Autograd.Tensors;

namespace Toolkit.Conformance;

/// <summary>What stands at an input or output of a case: a tensor, a sequence, or nothing.</summary>
internal abstract record Datum
{
    /// <summary>A tensor.</summary>
    /// <param name="Value">Its elements.</param>
    public sealed record Tensor(Value Value) : Datum;

    /// <summary>A sequence.</summary>
    /// <param name="Items">Its elements, in order.</param>
    public sealed record Sequence(IReadOnlyList<Datum> Items) : Datum;

    /// <summary>An optional that holds nothing.</summary>
    public sealed record Nothing : Datum;
}
