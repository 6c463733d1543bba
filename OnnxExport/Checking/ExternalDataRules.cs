using System.Globalization;
using Toolkit.Autograd.Files;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Checking;

/// <summary>The rules for content in another file: inside the model's folder, no links, long enough.</summary>
internal static class ExternalDataRules
{
    private const int LongestPath = 4096;

    public static void Check(TensorProto tensor, DataType type, long count, CheckContext context, string location)
    {
        if (tensor.ExternalData.GroupBy(e => e.Key).Any(g => g.Count() > 1))
        {
            context.Error(CheckRule.ExternalData, location, "Expected distinct keys of external data, found one twice.");
        }

        foreach (string key in tensor.ExternalData.Select(e => e.Key).Where(k => k is not ("location" or "offset" or "length" or "checksum")))
        {
            context.Warning(CheckRule.ExternalData, location, $"Expected location, offset, length and checksum of external data, found \"{key}\" as well.");
        }

        string? file = Find(tensor, "location");
        if (string.IsNullOrEmpty(file))
        {
            context.Error(CheckRule.ExternalData, location, "Expected the location of external data, found none.");
            return;
        }

        // Both separators, on every system: a model is meant to travel.
        string[] parts = file.Split('/', '\\');
        if (file.IndexOfAny([':', '\0']) >= 0 || Path.IsPathRooted(file) || Array.Exists(parts, IsUnsafe))
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
            if (path.Length > LongestPath)
            {
                context.Error(CheckRule.ExternalData, location, $"Expected a path that a system can have, found one of {path.Length} characters and more.");
                return;
            }

            if (new FileInfo(path).LinkTarget is not null)
            {
                context.Error(CheckRule.ExternalData, location, $"Expected a plain file, found that \"{part}\" is a link.");
                return;
            }
        }

        var file = new FileInfo(path);
        if (!RegularFile.Exists(path))
        {
            context.Error(
                CheckRule.ExternalData,
                location,
                $"Expected the file \"{string.Join('/', parts)}\" beside the model, found no such file, or a folder, a pipe or a device.");
        }
        else if (RegularFile.Names(path) > 1)
        {
            // A second name may lie outside the folder, in a place that was not meant to be read.
            context.Error(CheckRule.ExternalData, location, $"Expected a plain file, found that \"{parts[^1]}\" is a hard link.");
        }
        else if (length > file.Length - offset)
        {
            context.Error(
                CheckRule.ExternalData,
                location,
                $"Expected {length} bytes from {offset} on in \"{string.Join('/', parts)}\", found {file.Length} bytes in all.");
        }
    }

    // Windows drops dots and spaces at the end of a name, so that ".. " is the folder above.
    private static bool IsUnsafe(string part) => part.Length == 0 || (part != "." && part[^1] is '.' or ' ');

    private static string? Find(TensorProto tensor, string key) => tensor.ExternalData.FirstOrDefault(e => e.Key == key)?.Value;

    private static bool TryNumber(TensorProto tensor, string key, long standard, out long number)
    {
        string? text = Find(tensor, key);
        number = standard;
        return text is null || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
