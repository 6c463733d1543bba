using System.Globalization;
using Google.Protobuf;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Format;

/// <summary>Weights that a model keeps in files beside it.</summary>
public static class ExternalTensors
{
    /// <summary>Brings all weights into the model itself, so that it needs no files. A model without such weights, or what is no model, is given back as it is.</summary>
    /// <param name="model">The bytes of the .onnx file.</param>
    /// <param name="folder">The folder of the model, where its files are and which no path leaves; null to refuse such weights.</param>
    /// <exception cref="FormatException">A file is missing, too short, a link or outside the folder, or the whole is above 2 GiB.</exception>
    public static byte[] Embed(byte[] model, string? folder)
    {
        ModelProto proto;
        try
        {
            proto = ModelProto.Parser.ParseFrom(model);
        }
        catch (InvalidProtocolBufferException)
        {
            return model;
        }

        TensorProto[] external = [.. Messages(proto).OfType<TensorProto>().Where(t => t.DataLocation == DataLocation.External)];
        if (external.Length == 0)
        {
            return model;
        }

        if (folder is null)
        {
            throw new FormatException(
                $"Expected a model that holds its weights, found \"{external[0].Name}\" in a file beside it: give the path of the model in place of its content.");
        }

        long total = model.LongLength;
        foreach (TensorProto tensor in external)
        {
            try
            {
                total += Load(tensor, folder, total);
            }
            catch (Exception e) when (e is FormatException or IOException)
            {
                throw new FormatException($"The weights \"{tensor.Name}\" cannot be read: {e.Message}", e);
            }
        }

        return proto.ToByteArray();
    }

    private static long Load(TensorProto tensor, string folder, long before)
    {
        var entries = tensor.ExternalData.GroupBy(e => e.Key).ToDictionary(g => g.Key, g => g.First().Value, StringComparer.Ordinal);
        string location = entries.GetValueOrDefault("location", string.Empty);
        using FileStream file = ExternalFile.Open(folder, location);
        long offset = Number(entries, "offset", 0);
        long length = Number(entries, "length", file.Length - offset);
        if (offset < 0 || length < 0 || length > file.Length - offset)
        {
            throw new FormatException(
                $"Expected {length} bytes at {offset}, found that the file \"{location}\" has {file.Length}.");
        }

        if (before + length > int.MaxValue)
        {
            throw new FormatException($"Expected a model with weights of at most 2 GiB, found {before + length} bytes up to \"{tensor.Name}\".");
        }

        byte[] content = new byte[length];
        file.Position = offset;
        file.ReadExactly(content);
        tensor.RawData = UnsafeByteOperations.UnsafeWrap(content);
        tensor.ExternalData.Clear();
        tensor.DataLocation = DataLocation.Default;
        return length;
    }

    private static long Number(Dictionary<string, string> entries, string key, long otherwise) => !entries.TryGetValue(key, out string? text)
        ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new FormatException($"Expected a number of bytes as {key} of external data, found \"{text}\".");

    /// <summary>Every message with tensors inside, wherever it is: graphs, attributes, functions, what a training adds.</summary>
    private static IEnumerable<IMessage> Messages(ModelProto model)
    {
        var open = new Stack<IMessage>([model]);
        while (open.TryPop(out IMessage? message))
        {
            yield return message;
            IEnumerable<IMessage?> inside = message switch
            {
                ModelProto m => [m.Graph, .. m.Functions, .. m.TrainingInfo],
                TrainingInfoProto t => [t.Initialization, t.Algorithm],
                GraphProto g => [.. g.Initializer, .. g.SparseInitializer, .. g.Node],
                FunctionProto f => [.. f.Node, .. f.AttributeProto],
                NodeProto n => n.Attribute,
                AttributeProto a => [a.T, a.G, a.SparseTensor, .. a.Tensors, .. a.Graphs, .. a.SparseTensors],
                SparseTensorProto s => [s.Values, s.Indices],
                _ => [],
            };
            foreach (IMessage? next in inside)
            {
                if (next is not null)
                {
                    open.Push(next);
                }
            }
        }
    }
}
