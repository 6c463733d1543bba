using System.Text;
using System.Text.Json;
using Toolkit.MLNetIntegration.Training;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The options that are saved with a pipeline, kept as a property of the .onnx file, where other readers do not mind them.</summary>
internal static class SavedOptions
{
    private const string Key = "toolkit.score_onnx";
    private const string Several = "predictions", Tokens = "tokens";

    // Files with several predictions are of version 2, those with tokenizers of version 3; libraries that know lower versions alone refuse those, and read the others.
    private const int VersionOfSeveral = 2, VersionOfTokens = 3;

    public static byte[] Of(ModelBinding binding, IReadOnlyList<ClassLabels?> labels)
    {
        ScoreOnnxOptions options = binding.Options;
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("version", options.Tokens.Count > 0 ? VersionOfTokens : options.Predictions.Count > 1 ? VersionOfSeveral : 1);
            json.WriteNumber("batchSize", options.BatchSize);
            WriteLists(json, "inputs", binding.Inputs.Select(i => (i.Input.Name, i.Columns.Select(c => c.Name))));
            json.WriteStartObject("outputs");
            foreach ((string output, string column) in options.Outputs)
            {
                json.WriteString(output, column);
            }

            json.WriteEndObject();
            WriteLists(json, "selected", options.SelectedOutputs is { } selected ? [("names", selected)] : []);
            json.WriteStartObject("dimensions");
            foreach ((string symbol, int size) in options.Dimensions)
            {
                json.WriteNumber(symbol, size);
            }

            json.WriteEndObject();
            WriteLists(json, "slotNames", options.SlotNames.Select(s => (s.Key, s.Value.AsEnumerable())));
            json.WriteString("nan", options.NaNPolicy.ToString());
            json.WriteNumber("nanReplacement", options.NaNReplacement);
            json.WriteBoolean("finite", options.IsFinite);
            if (options.Prediction is { } prediction)
            {
                json.WritePropertyName(SavedPrediction.Property);
                SavedPrediction.Write(json, prediction, labels[0]);
            }
            else if (options.Predictions.Count > 1)
            {
                json.WriteStartArray(Several);
                for (int i = 0; i < options.Predictions.Count; i++)
                {
                    SavedPrediction.Write(json, options.Predictions[i], labels[i]);
                }

                json.WriteEndArray();
            }

            if (options.Tokens.Count > 0)
            {
                WriteTokens(json, options.Tokens);
            }

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
    public static (ScoreOnnxOptions Options, IReadOnlyList<ClassLabels?> Labels)? From(OnnxSession session, ServingOptions serving)
    {
        if (!session.Metadata.TryGetValue(Key, out string? text))
        {
            return null;
        }

        try
        {
            (ScoreOnnxOptions Options, IReadOnlyList<ClassLabels?> Labels) saved = Parse(text, serving);
            saved.Options.Check();
            return saved;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new ScoringException($"Expected the options that ScoreOnnx has saved with a model, found something else: {e.Message}", e);
        }
    }

    /// <summary>A value of an enumeration by its name; numbers are none.</summary>
    public static T Named<T>(JsonElement name)
        where T : struct, Enum => Enum.GetNames<T>().Contains(name.GetString())
            ? Enum.Parse<T>(name.GetString()!)
            : throw new FormatException($"Expected one of {string.Join(", ", Enum.GetNames<T>())}, found {name}.");

    private static (ScoreOnnxOptions Options, IReadOnlyList<ClassLabels?> Labels) Parse(string text, ServingOptions serving)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement root = document.RootElement;

        // The first files do not say which they are.
        if (root.TryGetProperty("version", out JsonElement version) && version.GetInt32() is not (>= 1 and <= VersionOfTokens))
        {
            throw new FormatException($"Expected version 1 to {VersionOfTokens}, found version {version}; the file was saved by a newer version of this library.");
        }

        var options = new ScoreOnnxOptions
        {
            BatchSize = root.GetProperty("batchSize").GetInt32(),
            Inputs = Lists(root, "inputs"),
            Outputs = root.GetProperty("outputs").EnumerateObject().ToDictionary(p => p.Name, p => Text(p.Value), StringComparer.Ordinal),
            Serving = serving,
        };

        // Files of the first version end here.
        if (!root.TryGetProperty("nan", out JsonElement nan))
        {
            return (options, []);
        }

        options = options with
        {
            SelectedOutputs = Lists(root, "selected").Values.FirstOrDefault(),
            Dimensions = root.GetProperty("dimensions").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetInt32(), StringComparer.Ordinal),
            SlotNames = Lists(root, "slotNames"),
            NaNPolicy = Named<NaNPolicy>(nan),
            NaNReplacement = root.GetProperty("nanReplacement").GetDouble(),
            IsFinite = root.TryGetProperty("finite", out JsonElement finite) && finite.GetBoolean(),
        };
        JsonElement[] saved = root.TryGetProperty(SavedPrediction.Property, out JsonElement one) ? [one]
            : root.TryGetProperty(Several, out JsonElement several) ? [.. several.EnumerateArray()] : [];
        (PredictionOptions Prediction, ClassLabels? Labels)[] read = [.. saved.Select(SavedPrediction.Read)];
        return (options with { Predictions = [.. read.Select(r => r.Prediction)], Tokens = ReadTokens(root) }, [.. read.Select(r => r.Labels)]);
    }

    private static void WriteTokens(Utf8JsonWriter json, IReadOnlyList<TokenColumn> columns)
    {
        json.WriteStartArray(Tokens);
        foreach (TokenColumn column in columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("source", column.Source);
            json.WritePropertyName("tokenizer");
            column.Tokenizer.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static TokenColumn[] ReadTokens(JsonElement root) => root.TryGetProperty(Tokens, out JsonElement saved)
        ? [.. saved.EnumerateArray().Select(one => new TokenColumn(Text(one.GetProperty("name")), Text(one.GetProperty("source")), TextTokenizer.Read(one.GetProperty("tokenizer"))))]
        : [];

    private static void WriteLists(Utf8JsonWriter json, string property, IEnumerable<(string Name, IEnumerable<string> Items)> lists)
    {
        json.WriteStartObject(property);
        foreach ((string name, IEnumerable<string> items) in lists)
        {
            json.WriteStartArray(name);
            foreach (string item in items)
            {
                json.WriteStringValue(item);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static Dictionary<string, IReadOnlyList<string>> Lists(JsonElement root, string property) => root.GetProperty(property).EnumerateObject()
        .ToDictionary(p => p.Name, p => (IReadOnlyList<string>)[.. p.Value.EnumerateArray().Select(Text)], StringComparer.Ordinal);

    private static string Text(JsonElement value) => value.GetString() ?? throw new FormatException("Expected a name, found null.");

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
