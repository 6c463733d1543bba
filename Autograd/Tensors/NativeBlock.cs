using System.Runtime.InteropServices;

namespace Toolkit.Autograd.Tensors;

/// <summary>Zeroed memory outside the heap of the garbage collector, which knows its size and gives it back.</summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    private readonly long byteCount;
    private void* start;

    public NativeBlock(long byteCount)
    {
        this.byteCount = byteCount;
        start = NativeMemory.AllocZeroed((nuint)byteCount);
        GC.AddMemoryPressure(byteCount);
    }

    ~NativeBlock() => Free();

    public nint Address => (nint)start;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (start is not null)
        {
            NativeMemory.Free(start);
            start = null;
            GC.RemoveMemoryPressure(byteCount);
        }
    }
}
