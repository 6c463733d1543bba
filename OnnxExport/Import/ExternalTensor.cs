using System.Globalization;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Import;

/// <summary>Reads a tensor of a valid model, from the file beside the model if its content lies there.</summary>
internal static class ExternalTensor
{
    public static Value Read(TensorProto tensor, string? folder)
    {
        if (tensor.DataLocation != DataLocation.External)
            return TensorConversion.ToValue(tensor);
        if (folder is null)
            throw new ImportException($"The tensor \"{tensor.Name}\" lies in another file: load the model by its path, so that the folder is known.");
        string Entry(string key, string standard) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value ?? standard;
        long offset = long.Parse(Entry("offset", "0"), CultureInfo.InvariantCulture);
        using FileStream file = Open(tensor, folder, Entry("location", string.Empty));
        Value value = TensorConversion.Zeros(tensor);
        file.Seek(offset, SeekOrigin.Begin);
        RawBytes.Read(file, ElementTypes.ByteCount((DataType)tensor.DataType, value.Count), value);
        return value;
    }

    private static FileStream Open(TensorProto tensor, string folder, string location)
    {
        try
        {
            return ExternalFile.Open(folder, location);
        }
        catch (FormatException e)
        {
            throw new ImportException($"The tensor \"{tensor.Name}\" cannot be read: {e.Message}", e);
        }
    }
}
