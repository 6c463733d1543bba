using Toolkit.Modeling.Data;
using Toolkit.OnnxExport.Serving;
using Toolkit.Tool.Data;

namespace Toolkit.Tool.Scoring;

/// <summary>The rows of a file for a model: as the model says if the tool has trained it, otherwise numbers in the order of the columns.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Labels">Their labels, if they were asked for: classes from 0, or numbers.</param>
/// <param name="Classes">The names of the classes; null for a number or where nobody says.</param>
internal sealed record ScoringData(ScoringRows Rows, float[]? Labels, IReadOnlyList<string>? Classes)
{
    /// <summary>Reads a table or images.</summary>
    /// <param name="session">The model.</param>
    /// <param name="path">A table, a file of images, or a folder with the files of MNIST, whose test images are taken.</param>
    /// <param name="hasLabels">Whether labels are needed.</param>
    /// <param name="options">What only the user knows.</param>
    public static ScoringData Read(OnnxSession session, string path, bool hasLabels, DataOptions options)
    {
        ModelData? known = ModelData.Of(session.Metadata);
        if (!Table.Is(path))
            return OfImages(path, hasLabels, options, known?.Classes);
        Table table = Table.Read(path, options.Separator);
        ModelData data = known switch
        {
            null => Assumed(table, hasLabels, options),
            { Columns.Count: 0 } => throw new DataException($"Expected images, which the model was trained on, found the table '{path}'."),
            _ => known,
        };
        EncodedRows rows = EncodedRows.Of(table, data, hasLabels);
        return new ScoringData(new TableRows(rows), rows.Labels, data.Classes);
    }

    private static ScoringData OfImages(string path, bool hasLabels, DataOptions options, IReadOnlyList<string>? classes)
    {
        string images = Images.ImagesOf(path);
        IdxFile file = IdxFile.Read(images);
        if (file.ElementType != IdxElementType.UInt8 || file.Shape.Count < 2)
            throw new DataException($"'{images}': expected images of bytes, found {file.ElementType} [{string.Join(", ", file.Shape)}].");
        float[]? labels = hasLabels ? [.. IdxFile.Read(Images.LabelsOf(path, options.Labels)).ToInt64().Select(label => (float)label)] : null;
        if (labels is not null && labels.Length != file.Shape[0])
            throw new DataException($"'{images}' has {file.Shape[0]} images, expected as many labels, found {labels.Length}.");
        return new ScoringData(new ImageRows(Array.ConvertAll(file.ToSingle(), pixel => pixel / 255), file.Shape[0]), labels, classes);
    }

    private static ModelData Assumed(Table table, bool hasLabels, DataOptions options)
    {
        int label = options.Label is { } name ? table.Find(name) : hasLabels ? table.Headers.Count - 1 : -1;
        HashSet<int> ignored = [.. options.Ignored.Select(table.Find)];
        return new ModelData(
            [.. table.Headers.Where((_, column) => column != label && !ignored.Contains(column)).Select(header => new TableColumn(header))], label < 0 ? null : table.Headers[label], null);
    }
}
