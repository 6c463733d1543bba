using System.Numerics;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>Scratch memory by size class (powers of two). Buffers are pinned arrays, so an abandoned pool is simply collected.</summary>
internal sealed class ScratchPool
{
    private const int SmallestLog = 12;
    private const int SlotsPerClass = 8;
    private readonly byte[]?[] slots = new byte[]?[(32 - SmallestLog) * SlotsPerClass];

    /// <summary>Takes a buffer out of the pool, or allocates one.</summary>
    public Scratch Rent(long bytes)
    {
        long needed = bytes + Scratch.Alignment;
        if (needed > Array.MaxLength)
            return new Scratch(new Storage(bytes));
        int log = Math.Max(SmallestLog, BitOperations.Log2((ulong)needed - 1) + 1);
        Span<byte[]?> slots = this.slots.AsSpan((log - SmallestLog) * SlotsPerClass, SlotsPerClass);
        foreach (ref byte[]? slot in slots)
        {
            if (slot is not null && Interlocked.Exchange(ref slot, null) is { } buffer)
                return new Scratch(this, buffer);
        }

        int length = (int)Math.Min(1L << log, Array.MaxLength);
        return new Scratch(this, GC.AllocateUninitializedArray<byte>(length, pinned: true));
    }

    /// <summary>Puts a buffer back; dropped if its class is full.</summary>
    public void Return(byte[] buffer)
    {
        int log = BitOperations.Log2((ulong)buffer.Length - 1) + 1;
        foreach (ref byte[]? slot in slots.AsSpan((log - SmallestLog) * SlotsPerClass, SlotsPerClass))
        {
            if (slot is null && Interlocked.CompareExchange(ref slot, buffer, null) is null)
                return;
        }
    }
}
