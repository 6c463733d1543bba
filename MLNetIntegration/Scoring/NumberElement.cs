using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Numbers and truth values that column and tensor keep alike.</summary>
internal readonly struct NumberElement<T> : IElement<T>
    where T : unmanaged
{
    public static void Write(ReadOnlySpan<T> from, TensorMemory to, int start) => from.CopyTo(to.Span<T>()[start..]);

    public static void Read(TensorMemory from, int start, Span<T> to) => from.Span<T>().Slice(start, to.Length).CopyTo(to);
}
