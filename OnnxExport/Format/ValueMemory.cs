using System.Buffers;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Format;

/// <summary>The bytes of a value as memory, not copied: what holds it sees what is written to the value.</summary>
/// <param name="value">A value whose bytes have room in one span.</param>
internal sealed class ValueMemory(Value value) : MemoryManager<byte>
{
    /// <inheritdoc/>
    public override Span<byte> GetSpan() => value.Bytes;

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException("Expected bytes to be read as a span, found that they are to be pinned.");

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
