using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>How elements of a column lie in a tensor.</summary>
/// <typeparam name="T">The element type of the column.</typeparam>
internal interface IElement<T>
{
    /// <summary>Writes a row's elements into a tensor.</summary>
    static abstract void Write(ReadOnlySpan<T> from, TensorMemory to, int start);

    /// <summary>Whether a number is finite, and infinite where it lies in a tensor.</summary>
    static virtual bool Overflows(T number) => false;

    /// <summary>Reads a row's elements from a tensor.</summary>
    static abstract void Read(TensorMemory from, int start, Span<T> to);
}
