using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Toolkit.Autograd.Tensors;

/// <summary>
/// A block of memory at a fixed address, aligned to 64 bytes (a cache line and the widest vector), released when nothing refers to it. An array cannot be larger than
/// 2 GiB; beyond that the memory is the operating system's.
/// </summary>
internal sealed unsafe class Storage
{
    private const int Alignment = 64;

    // A pinned array or a block outside the heap: the address stays valid as long as this object is reachable.
    private readonly object owner;

    /// <summary>Takes memory.</summary>
    /// <param name="byteCount">How much.</param>
    /// <param name="isCleared">Whether all of it is zero; otherwise it holds anything.</param>
    public Storage(long byteCount, bool isCleared = true)
    {
        nint start;
        if (byteCount <= Array.MaxLength - Alignment)
        {
            int length = (int)byteCount + Alignment;
            byte[] bytes = isCleared ? GC.AllocateArray<byte>(length, pinned: true) : GC.AllocateUninitializedArray<byte>(length, pinned: true);
            start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(bytes));
            owner = bytes;
        }
        else
        {
            var block = new NativeBlock(byteCount + Alignment);
            start = block.Address;
            owner = block;
        }

        Address = (start + (Alignment - 1)) & ~(nint)(Alignment - 1);
        ByteCount = byteCount;
    }

    private Storage(nint address, long byteCount)
    {
        owner = this;
        Address = address;
        ByteCount = byteCount;
    }

    public nint Address { get; }

    public long ByteCount { get; }

    /// <summary>Memory that somebody else holds for as long as this is used.</summary>
    public static Storage Of(nint address, long byteCount) => new(address, byteCount);

    /// <summary>Elements from an address in this memory on. The span holds on to an array, as every span of one does; to memory outside the heap nothing but this object can.</summary>
    public Span<T> Span<T>(nint address, int count)
        where T : unmanaged
    {
        if (owner is not byte[] bytes)
            return new Span<T>((void*)address, count);
        ref byte start = ref MemoryMarshal.GetArrayDataReference(bytes);
        return MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref Unsafe.AddByteOffset(ref start, address - (nint)Unsafe.AsPointer(ref start))), count);
    }

    /// <summary>Gives memory outside the heap back at once; the address is not valid any more.</summary>
    public void Release() => (owner as NativeBlock)?.Dispose();
}
