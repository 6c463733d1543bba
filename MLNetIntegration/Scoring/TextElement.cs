using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Texts.</summary>
internal readonly struct TextElement : IElement<ReadOnlyMemory<char>>
{
    public static void Write(ReadOnlySpan<ReadOnlyMemory<char>> from, TensorMemory to, int start)
    {
        Span<string> target = to.Texts[start..];
        for (int i = 0; i < from.Length; i++)
        {
            target[i] = from[i].ToString();
        }
    }

    public static void Read(TensorMemory from, int start, Span<ReadOnlyMemory<char>> to)
    {
        ReadOnlySpan<string> source = from.Texts[start..];
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = source[i].AsMemory();
        }
    }
}
