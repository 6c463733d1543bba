namespace Toolkit.Autograd.Tensors;

/// <summary>A block of memory at a fixed address, aligned to 64 bytes (a cache line and the widest vector), owned by the garbage collector.</summary>
internal sealed unsafe class Storage
{
    private const int Alignment = 64;

    // Pinned, so the address stays valid as long as this object is reachable.
    private readonly byte[] bytes;

    public Storage(long byteCount)
    {
        if (byteCount > Array.MaxLength - Alignment)
        {
            throw new SizeException(
                $"Expected up to {Array.MaxLength - Alignment} bytes (2 GiB) for a tensor, or for the intermediate results of a computation, found {byteCount}: " +
                "use smaller batches, or split what is so large.");
        }

        bytes = GC.AllocateArray<byte>((int)byteCount + Alignment, pinned: true);
        nint start = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(
            ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(bytes));
        Address = (start + (Alignment - 1)) & ~(nint)(Alignment - 1);
        ByteCount = byteCount;
    }

    public nint Address { get; }

    public long ByteCount { get; }
}
