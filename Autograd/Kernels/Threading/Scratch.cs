using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>A lease of scratch memory; give it back with <see cref="Dispose"/>, exactly once.</summary>
internal readonly unsafe ref struct Scratch
{
    /// <summary>Alignment of <see cref="Pointer"/> in bytes: a cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    private readonly ScratchPool? pool;
    private readonly byte[]? buffer;
    private readonly Storage? large;

    public Scratch(ScratchPool pool, byte[] buffer)
    {
        this.pool = pool;
        this.buffer = buffer;
        nint start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(buffer));
        Pointer = (byte*)((start + Alignment - 1) & -Alignment);
    }

    /// <summary>Scratch memory that is larger than an array can be.</summary>
    public Scratch(Storage large)
    {
        this.large = large;
        Pointer = (byte*)large.Address;
    }

    /// <summary>Gets the first byte.</summary>
    public byte* Pointer { get; }

    /// <summary>The memory as numbers; no more than were asked for.</summary>
    public Span<T> Span<T>(int count)
        where T : unmanaged => new(Pointer, count);

    /// <summary>Returns the memory to its pool, or to the system if it is too large for that.</summary>
    public void Dispose()
    {
        large?.Release();
        pool?.Return(buffer!);
    }
}
