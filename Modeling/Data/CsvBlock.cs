using System.Runtime.InteropServices;

namespace Toolkit.Modeling.Data;

/// <summary>Some records of a table of text that follow each other.</summary>
/// <param name="Index">The number of the block, from 0.</param>
/// <param name="FirstLine">The line of the file with which it begins, from 1.</param>
/// <param name="Bytes">Its bytes, whole records in UTF-8.</param>
public sealed record CsvBlock(int Index, long FirstLine, ReadOnlyMemory<byte> Bytes)
{
    internal Stream Open() => MemoryMarshal.TryGetArray(Bytes, out ArraySegment<byte> segment)
        ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
        : new MemoryStream(Bytes.ToArray(), writable: false);
}
