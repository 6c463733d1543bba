using System.Text;
using System.Text.Json;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The options that are saved with a pipeline, kept as a property of the .onnx file, where other readers do not mind them.</summary>
internal static class SavedOptions
{
    private const string Key = "toolkit.score_onnx";

    public static byte[] Of(IReadOnlyList<InputColumns> inputs, ScoreOnnxOptions options)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("batchSize", options.BatchSize);
            json.WriteStartObject("inputs");
            foreach (InputColumns input in inputs)
            {
                json.WriteStartArray(input.Input.Name);
                foreach (string column in input.Columns.Select(c => c.Name))
                {
                    json.WriteStringValue(column);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteStartObject("outputs");
            foreach ((string output, string column) in options.Outputs)
            {
                json.WriteString(output, column);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>
    /// The model with the saved options as one more entry of ModelProto.metadata_props (field 14). Protocol buffers concatenate: fields of a message may be
    /// appended, and of entries with the same key ONNX Runtime keeps the last, so a model saved twice needs no rewriting.
    /// </summary>
    public static byte[] AppendTo(this byte[] options, byte[] model)
    {
        byte[] key = Encoding.UTF8.GetBytes(Key);
        using var entry = new MemoryStream();
        WriteField(entry, 1, key);
        WriteField(entry, 2, options);
        using var result = new MemoryStream();
        result.Write(model);
        WriteField(result, 14, entry.ToArray());
        return result.ToArray();
    }

    /// <summary>The options saved with a model, or null if it was not saved by this library.</summary>
    public static ScoreOnnxOptions? From(OnnxSession session, ServingOptions serving)
    {
        if (!session.Metadata.TryGetValue(Key, out string? text))
        {
            return null;
        }

        using JsonDocument document = JsonDocument.Parse(text);
        return new ScoreOnnxOptions
        {
            BatchSize = document.RootElement.GetProperty("batchSize").GetInt32(),
            Inputs = document.RootElement.GetProperty("inputs").EnumerateObject().ToDictionary(
                p => p.Name, p => (IReadOnlyList<string>)[.. p.Value.EnumerateArray().Select(v => v.GetString()!)], StringComparer.Ordinal),
            Outputs = document.RootElement.GetProperty("outputs").EnumerateObject().ToDictionary(
                p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal),
            Serving = serving,
        };
    }

    private static void WriteField(MemoryStream stream, int number, byte[] content)
    {
        stream.WriteByte((byte)((number << 3) | 2));
        uint length = (uint)content.Length;
        for (; length >= 0x80; length >>= 7)
        {
            stream.WriteByte((byte)(length | 0x80));
        }

        stream.WriteByte((byte)length);
        stream.Write(content);
    }
}
