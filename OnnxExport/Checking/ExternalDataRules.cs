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

        if (!ExternalFile.IsInside(file))
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
            CheckFile(context.Folder, file, offset, length, context, location);
        }
    }

    private static void CheckFile(string folder, string name, long offset, long length, CheckContext context, string location)
    {
        try
        {
            using FileStream file = ExternalFile.Open(folder, name);
            if (length > file.Length - offset)
            {
                context.Error(CheckRule.ExternalData, location, $"Expected {length} bytes from {offset} on in \"{name}\", found {file.Length} bytes in all.");
            }
        }
        catch (FormatException e)
        {
            context.Error(CheckRule.ExternalData, location, e.Message);
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
