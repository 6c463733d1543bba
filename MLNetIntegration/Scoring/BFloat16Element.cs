using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Single numbers that a tensor keeps as bfloat16, their upper half; rounded to the nearest, ties to even.</summary>
internal readonly struct BFloat16Element : IElement<float>
{
    public static void Write(ReadOnlySpan<float> from, TensorMemory to, int start)
    {
        Span<ushort> target = to.Span<ushort>()[start..];
        for (int i = 0; i < from.Length; i++)
        {
            target[i] = Rounded(from[i]);
        }
    }

    public static bool Overflows(float number) => float.IsFinite(number) && Rounded(MathF.Abs(number)) == Rounded(float.PositiveInfinity);

    public static void Read(TensorMemory from, int start, Span<float> to)
    {
        ReadOnlySpan<ushort> source = from.Span<ushort>()[start..];
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
        }
    }

    private static ushort Rounded(float number)
    {
        uint bits = BitConverter.SingleToUInt32Bits(number);

        // Rounding could carry the payload of a not-a-number into infinity, so that keeps its upper half and the quiet bit.
        return float.IsNaN(number) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
