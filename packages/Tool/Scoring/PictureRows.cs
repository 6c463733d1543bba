using Toolkit.Autograd.Tensors;
using Toolkit.Imaging;
using Toolkit.Modeling.Data;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tool.Scoring;

/// <summary>Pictures for the one input of a model, read when they are scored.</summary>
/// <param name="files">Their files.</param>
/// <param name="options">How they become numbers.</param>
internal sealed class PictureRows(IReadOnlyList<string> files, ImageOptions options) : ScoringRows
{
    public override int Count => files.Count;

    public override Value[] Inputs(OnnxSession session, int start, int count)
    {
        float[][] pictures = [.. files.Skip(start).Take(count).Select(file => ImageFile.Read(file, options))];
        return session.Inputs is [var only]
            ? [Fill(only, count, pictures[0].Length, (row, pixel) => Pixel(only, pictures[row][pixel]))]
            : throw new DataException($"Expected one input for pictures, found {string.Join(", ", session.Inputs)}.");
    }
}
