using Toolkit.Imaging;
using Toolkit.Modeling.Data;
using Toolkit.OnnxExport.Serving;
using Toolkit.Tool.Data;

namespace Toolkit.Tool.Scoring;

/// <summary>The rows of a file for a model: as the model says if the tool has trained it, otherwise numbers in the order of the columns.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Labels">Their labels, if they were asked for: classes from 0, or numbers.</param>
/// <param name="Classes">The names of the classes; null for a number or where nobody says.</param>
/// <param name="Files">The name of the file that each row is; null where rows stand in one file.</param>
internal sealed record ScoringData(ScoringRows Rows, float[]? Labels, IReadOnlyList<string>? Classes, IReadOnlyList<string>? Files = null)
{
    /// <summary>Reads a table, images or pictures.</summary>
    /// <param name="session">The model.</param>
    /// <param name="path">A table, a file of images, a folder with the files of MNIST, whose test images are taken, a picture, or a folder of pictures.</param>
    /// <param name="hasLabels">Whether labels are needed.</param>
    /// <param name="options">What only the user knows.</param>
    public static ScoringData Read(OnnxSession session, string path, bool hasLabels, DataOptions options)
    {
        ModelData? known = ModelData.Of(session.Metadata);
        if (!Table.Is(path) && !Images.Are(path) && (known?.Pictures is not null || Directory.Exists(path)))
            return OfPictures(path, hasLabels, known);
        if (!Table.Is(path))
            return OfImages(path, hasLabels, options, known?.Classes);
        Table table = Table.Read(path, options.Separator);
        ModelData data = known switch
        {
            null => Assumed(session, table, hasLabels, options),
            { Columns.Count: 0 } => throw new DataException($"Expected images, which the model was trained on, found the table '{path}'."),
            _ => known,
        };
        EncodedRows rows = EncodedRows.Of(table, data, hasLabels, TableRows.Texts(session, data.Columns));
        return new ScoringData(new TableRows(rows), rows.Labels, data.Classes);
    }

    private static ScoringData OfPictures(string path, bool hasLabels, ModelData? known)
    {
        if (known is not { Pictures: { } format, Classes: { } classes })
            throw new DataException($"Expected a model that the tool has trained on a folder of pictures, as '{path}' is one, found another.");
        if (hasLabels)
        {
            Dataset data = ImageFolder.Load(path, format.Options(classes));
            return new ScoringData(new ImageRows(data.Features, data.Count), [.. data.Labels.ToArray().Select(label => (float)label)], classes);
        }

        string[] names = Pictures.Names(path);
        if (names.Length == 0)
            throw new DataException($"'{path}': expected pictures in the folder, found none.");
        return new ScoringData(new PictureRows(File.Exists(path) ? [path] : [.. names.Select(name => Path.Combine(path, name))], format.Options()), null, classes, names);
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

    private static ModelData Assumed(OnnxSession session, Table table, bool hasLabels, DataOptions options)
    {
        int label = options.Label is { } name ? table.Find(name) : hasLabels ? table.Headers.Count - 1 : -1;
        // Inputs with the names of columns read those, whatever stands beside them.
        if (session.Inputs.Count > 1 && session.Inputs.All(input => table.TryFind(input.Name) >= 0))
            return new ModelData([.. session.Inputs.Select(input => new TableColumn(input.Name))], label < 0 ? null : table.Headers[label], null);
        HashSet<int> ignored = [.. options.Ignored.Select(table.Find)];
        return new ModelData(
            [.. table.Headers.Where((_, column) => column != label && !ignored.Contains(column)).Select(header => new TableColumn(header))], label < 0 ? null : table.Headers[label], null);
    }
}
