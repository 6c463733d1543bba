using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Toolkit.Modeling.Data;

/// <summary>What a pass over a stream has seen: how many examples, and a checksum of them that does not depend on their order.</summary>
internal struct PassContent
{
    private ulong sum;

    /// <summary>The number of examples.</summary>
    public long Count { get; private set; }

    /// <summary>Adds an example.</summary>
    public void Add(in Example example)
    {
        Count++;
        if (example.Fields is { } fields)
        {
            // Whatever order they come in, and each with its name, so that two fields that swap their content are others.
            ulong all = 0;
            foreach ((string name, Autograd.Tensors.Value value) in fields)
                all = unchecked(all + XxHash3.HashToUInt64(value.Bytes, (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(name.AsSpan()))));
            sum = unchecked(sum + XxHash3.HashToUInt64(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in all))));
            return;
        }

        ulong features = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(example.Features.Span), example.Label);
        ulong target = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(example.Target.Span), BitConverter.SingleToInt32Bits(example.Weight));
        // What belongs together is mixed before it is added: two examples that swap their targets are other examples.
        sum = unchecked(sum + XxHash3.HashToUInt64(MemoryMarshal.AsBytes([features, target])));
    }

    /// <summary>Refuses a later pass over other examples.</summary>
    /// <exception cref="DataException">It had more, fewer or other ones.</exception>
    public readonly void RequireSame(in PassContent later)
    {
        if (later.Count == Count && later.sum == sum)
            return;
        string found = later.Count == Count ? "as many with other values" : $"{later.Count}";
        throw new DataException(
            $"Expected a stream with the same {Count} examples in each pass, in any order, found {found} in a later one. Open it at its beginning each time; where each pass is to have " +
            $"examples of its own, set {nameof(StreamSource.PassesDiffer)} or use a {nameof(GeneratedSource)}.");
    }
}
