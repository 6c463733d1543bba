using System.Globalization;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Checking;

/// <summary>The rules for content in another file: inside the model's folder, no links, long enough.</summary>
internal static class ExternalDataRules
{
    public static void Check(TensorProto tensor, DataType type, long count, CheckContext context, string location)
    {
        foreach ((string key, int times) in tensor.ExternalData.CountBy(e => e.Key))
        {
            if (times > 1)
            {
                context.Error(CheckRule.ExternalData, location, $"Expected distinct keys of external data, found \"{key}\" {times} times.");
            }

            if (key is not ("location" or "offset" or "length" or "checksum"))
            {
                context.Warning(CheckRule.ExternalData, location, $"Expected location, offset, length and checksum of external data, found \"{key}\" as well.");
            }
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

        if (type == DataType.String)
        {
            context.Error(CheckRule.ExternalData, location, "Expected elements of a fixed number of bits in an external file, found type String.");
            return;
        }

        long bytes = ElementTypes.ByteCount(type, count);
        if (!TryNumber("offset", 0, out long offset) || !TryNumber("length", bytes, out long length))
        {
            return;
        }

        if (length != bytes)
        {
            context.Error(CheckRule.ExternalData, location, $"Expected a length of {bytes} bytes for {count} elements of type {type}, found {length}.");
        }
        else if (context.Folder is not null)
        {
            CheckFile(context.Folder, file, offset, length, context, location);
        }

        bool TryNumber(string key, long standard, out long number)
        {
            number = standard;
            if (Find(tensor, key) is not { } text || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            {
                return true;
            }

            context.Error(CheckRule.ExternalData, location, $"Expected the {key} of external data as a number of bytes, found \"{text}\".");
            return false;
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
}
