using System.Globalization;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Export;

/// <summary>The file beside a model that holds its large tensors, one after the other in the order in which the model names them, little-endian.</summary>
/// <param name="location">The name of the file, as the model has it.</param>
/// <param name="threshold">The bytes from which a tensor is written there.</param>
internal sealed class ExternalData(string location, long threshold)
{
    // What a system maps into memory begins at a page; Windows, where 64 KiB do.
    private const long Page = 4096, Granularity = 65_536;

    private readonly Dictionary<Value, (long Offset, long Length)> places = new(ReferenceEqualityComparer.Instance);
    private readonly List<Value> values = [];
    private long end;

    /// <summary>Whether there is anything to write.</summary>
    public bool IsEmpty => values.Count == 0;

    /// <summary>Whether a tensor is written there: a large one, and no texts.</summary>
    public bool Takes(Value value) => value.DType != DType.String && value.Count > 0 && value.ByteCount >= threshold;

    /// <summary>A tensor whose content is written there, once for each value.</summary>
    public TensorProto Add(Value value, string name)
    {
        if (!places.TryGetValue(value, out (long Offset, long Length) place))
        {
            long length = ElementTypes.ByteCount(value.DType.ToDataType(), value.Count), unit = length >= Granularity ? Granularity : Page;
            places.Add(value, place = ((end + unit - 1) / unit * unit, length));
            values.Add(value);
            end = place.Offset + length;
        }

        var tensor = new TensorProto { Name = name, DataType = (int)value.DType.ToDataType(), DataLocation = DataLocation.External };
        foreach (int size in value.Sizes)
            tensor.Dims.Add(size);
        tensor.ExternalData.Add(Entry("location", location));
        tensor.ExternalData.Add(Entry("offset", place.Offset.ToString(CultureInfo.InvariantCulture)));
        tensor.ExternalData.Add(Entry("length", place.Length.ToString(CultureInfo.InvariantCulture)));
        return tensor;
    }

    /// <summary>Writes the file, zeros between the tensors.</summary>
    public void WriteTo(Stream stream)
    {
        long at = 0;
        foreach (Value value in values)
        {
            (long offset, long length) = places[value];
            stream.Write(new byte[offset - at]);
            RawBytes.Write(value, stream);
            at = offset + length;
        }
    }

    private static StringStringEntryProto Entry(string key, string value) => new() { Key = key, Value = value };
}
