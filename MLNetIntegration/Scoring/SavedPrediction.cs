using System.Text.Json;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The part of the saved options that tells of predicted labels.</summary>
internal static class SavedPrediction
{
    public const string Property = "prediction";

    public static void Write(Utf8JsonWriter json, PredictionOptions prediction, ClassLabels? labels)
    {
        json.WriteStartObject();
        json.WriteString("task", prediction.Task.ToString());
        json.WriteString("output", prediction.Output);
        json.WriteBoolean("logits", prediction.ScoresAreLogits);
        json.WriteString("labelColumn", prediction.LabelColumn);
        json.WriteString("predictedLabel", prediction.PredictedLabelColumn);
        json.WriteBoolean("asText", prediction.PredictedLabelAsText);
        json.WriteString("probability", prediction.ProbabilityColumn);
        json.WriteNumber("threshold", prediction.Threshold);
        if (labels is not null)
        {
            json.WriteString("labelType", LabelText.NameOf(labels.ValueType));
            json.WriteStartArray("labels");
            foreach (string name in labels.Names)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    public static (PredictionOptions Prediction, ClassLabels? Labels) Read(JsonElement saved)
    {
        ClassLabels? labels = !saved.TryGetProperty("labels", out JsonElement names)
            ? null
            : new ClassLabels(
                [.. names.EnumerateArray().Select(n => n.GetString() ?? throw new FormatException("Expected names of classes, found null."))],
                LabelText.Named(saved.GetProperty("labelType").GetString() ?? string.Empty)
                    ?? throw new FormatException($"Expected a type of key values, found {saved.GetProperty("labelType")}."));
        var prediction = new PredictionOptions
        {
            Task = SavedOptions.Named<PredictionTask>(saved.GetProperty("task")),
            Output = saved.GetProperty("output").GetString(),
            ScoresAreLogits = saved.GetProperty("logits").GetBoolean(),
            LabelColumn = saved.GetProperty("labelColumn").GetString(),
            PredictedLabelColumn = saved.GetProperty("predictedLabel").GetString(),
            PredictedLabelAsText = saved.GetProperty("asText").GetBoolean(),
            ProbabilityColumn = saved.GetProperty("probability").GetString(),
            Threshold = saved.GetProperty("threshold").GetDouble(),
        };
        return (prediction, labels);
    }
}
