using System.Globalization;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Checking;

/// <summary>The rules for content in another file: inside the model's folder, no links, long enough.</summary>
internal static class ExternalDataRules
{
    public static void Check(TensorProto tensor, DataType type, long count, CheckContext context, string location)
    {
        if (tensor.ExternalData.GroupBy(e => e.Key).Any(g => g.Count() > 1))
        {
            context.Error(CheckRule.ExternalData, location, "Expected distinct keys of external data, found one twice.");
        }

        string? file = Find(tensor, "location");
        if (string.IsNullOrEmpty(file))
        {
            context.Error(CheckRule.ExternalData, location, "Expected the location of external data, found none.");
            return;
        }

        // Both separators, on every system: a model is meant to travel.
        string[] parts = file.Split('/', '\\');
        if (Path.IsPathRooted(file) || file.Contains(':', StringComparison.Ordinal) || parts.Any(p => p is ".." or ""))
        {
            context.Error(CheckRule.ExternalData, location, $"Expected a path inside the folder of the model, found \"{file}\".");
            return;
        }

        if (!TryNumber(tensor, "offset", 0, out long offset)
            || !TryNumber(tensor, "length", type == DataType.String ? 0 : ElementTypes.ByteCount(type, count), out long length))
        {
            context.Error(
                CheckRule.ExternalData,
                location,
                "Expected offset and length of external data as numbers of at least 0, found something else.");
            return;
        }

        if (type == DataType.String)
        {
            context.Error(CheckRule.ExternalData, location, "Strings cannot be stored in an external file.");
        }
        else if (length != ElementTypes.ByteCount(type, count))
        {
            context.Error(
                CheckRule.ExternalData,
                location,
                $"Expected a length of {ElementTypes.ByteCount(type, count)} bytes for {count} elements of type {type}, found {length}.");
        }
        else if (context.Folder is not null)
        {
            CheckFile(context.Folder, parts, offset, length, context, location);
        }
    }

    private static void CheckFile(string folder, string[] parts, long offset, long length, CheckContext context, string location)
    {
        string path = folder;
        foreach (string part in parts)
        {
            path = Path.Combine(path, part);
            if (new FileInfo(path).LinkTarget is not null)
            {
                context.Error(CheckRule.ExternalData, location, $"Expected a plain file, found that \"{part}\" is a link.");
                return;
            }
        }

        var file = new FileInfo(path);
        if (!file.Exists)
        {
            context.Error(
                CheckRule.ExternalData,
                location,
                $"Expected the file \"{string.Join('/', parts)}\" beside the model, found none.");
        }
        else if (length > file.Length - offset)
        {
            context.Error(
                CheckRule.ExternalData,
                location,
                $"Expected {length} bytes from {offset} on in \"{string.Join('/', parts)}\", found {file.Length} bytes in all.");
        }
    }

    private static string? Find(TensorProto tensor, string key) => tensor.ExternalData.FirstOrDefault(e => e.Key == key)?.Value;

    private static bool TryNumber(TensorProto tensor, string key, long standard, out long number)
    {
        string? text = Find(tensor, key);
        number = standard;
        return text is null || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
