using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>A lease of scratch memory; give it back with <see cref="Dispose"/>, exactly once.</summary>
internal readonly unsafe ref struct Scratch
{
    /// <summary>Alignment of <see cref="Pointer"/> in bytes: a cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    private readonly ScratchPool pool;
    private readonly byte[] buffer;

    public Scratch(ScratchPool pool, byte[] buffer)
    {
        this.pool = pool;
        this.buffer = buffer;
        nint start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(buffer));
        Pointer = (byte*)((start + Alignment - 1) & -Alignment);
    }

    /// <summary>Gets the first byte.</summary>
    public byte* Pointer { get; }

    /// <summary>The memory as numbers; no more than were asked for.</summary>
    public Span<T> Span<T>(int count)
        where T : unmanaged => new(Pointer, count);

    /// <summary>Returns the memory to its pool.</summary>
    public void Dispose() => pool.Return(buffer);
}
