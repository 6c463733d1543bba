using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Single numbers that a tensor keeps as IEEE 754 binary16; rounded to the nearest, infinite above 65504.</summary>
internal readonly struct Float16Element : IElement<float>
{
    public static void Write(ReadOnlySpan<float> from, TensorMemory to, int start)
    {
        Span<Half> target = to.Span<Half>()[start..];
        for (int i = 0; i < from.Length; i++)
        {
            target[i] = (Half)from[i];
        }
    }

    public static bool Overflows(float number) => float.IsFinite(number) && Half.IsInfinity((Half)number);

    public static void Read(TensorMemory from, int start, Span<float> to)
    {
        ReadOnlySpan<Half> source = from.Span<Half>()[start..];
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = (float)source[i];
        }
    }
}
