using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tool.Scoring;

/// <summary>Images for the one input of a model: bytes as they are for an input of integers, numbers from 0 to 1 for one of floating-point numbers.</summary>
/// <param name="pixels">The pixels of all images one after the other, from 0 to 1.</param>
/// <param name="count">The number of images.</param>
internal sealed class ImageRows(ReadOnlyMemory<float> pixels, int count) : ScoringRows
{
    public override int Count => count;

    public override Value[] Inputs(OnnxSession session, int start, int count)
    {
        int width = pixels.Length / Count;
        return session.Inputs is [var only]
            ? [Fill(only, count, width, (row, pixel) => Pixel(only, pixels.Span[((start + row) * width) + pixel]))]
            : throw new DataException($"Expected one input for images, found {string.Join(", ", session.Inputs)}.");
    }
}
