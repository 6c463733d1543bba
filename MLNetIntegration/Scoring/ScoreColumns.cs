using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Decides which columns a model adds.</summary>
internal static class ScoreColumns
{
    public static IReadOnlyList<ScoreColumn> Of(
        OnnxSession session, ScoreOnnxOptions options, IReadOnlyDictionary<string, int> sizes, IReadOnlyList<ClassLabels?> labels)
    {
        foreach (string name in options.Outputs.Keys.Concat(options.SelectedOutputs ?? []).Concat(options.SlotNames.Keys))
        {
            Find(session, name);
        }

        if (options.SelectedOutputs is null && session.UnservedOutputs is [var other, ..])
        {
            throw NoTensor(session, other);
        }

        int[] selected = options.SelectedOutputs is { } names ? [.. names.Select(n => Find(session, n))] : [.. Enumerable.Range(0, session.Outputs.Count)];
        HashSet<string> batch = BatchAxis.Symbols(session);
        foreach (int output in selected)
        {
            BatchAxis.RequireFirstOf(session.Outputs[output], batch, session.Inputs);
        }

        int[] predicted = [.. options.Predictions.Select(p => Score(session, p, selected))];
        OutputColumn[] outputs = [.. selected.Select(i => Output(session, i, options, sizes, predicted.Zip(labels).FirstOrDefault(p => p.First == i).Second))];
        ScoreColumn[] columns =
        [
            .. outputs, .. options.Predictions.SelectMany((prediction, p) => Predictions(outputs.First(c => c.Output == predicted[p]), prediction, labels[p])),
        ];

        return columns.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw new ScoringException($"Expected a name for each column that is added, found \"{twice.Key}\" {twice.Count()} times; rename in ScoreOnnxOptions.")
            : columns;
    }

    private static OutputColumn Output(
        OnnxSession session, int index, ScoreOnnxOptions options, IReadOnlyDictionary<string, int> sizes, ClassLabels? labels)
    {
        TensorDescription output = session.Outputs[index];
        DataViewType type = OutputColumn.TypeOf(output, sizes);
        IReadOnlyList<string>? slots = options.SlotNames.GetValueOrDefault(output.Name) ?? (type is VectorDataViewType ? labels?.Names : null);
        if (slots is not null && (type is not VectorDataViewType vector || vector.Size != slots.Count))
        {
            throw new ScoringException($"Expected as many names as the model output {output} has elements per row ({type}), found {slots.Count}.");
        }

        DataViewSchema.Annotations? annotations = null;
        if (slots is not null)
        {
            var builder = new DataViewSchema.Annotations.Builder();
            ClassLabels.AddTexts(builder, ClassLabels.SlotNames, slots);
            annotations = builder.ToAnnotations();
        }

        return new OutputColumn(options.Outputs.GetValueOrDefault(output.Name, output.Name), type, index, annotations, output);
    }

    private static IEnumerable<ScoreColumn> Predictions(OutputColumn score, PredictionOptions prediction, ClassLabels? labels)
    {
        bool multiclass = prediction.Task == PredictionTask.Multiclass;
        int classes = score.Type is VectorDataViewType vector ? vector.Size : 1;
        if (ColumnTypes.Of(score.Tensor) != NumberDataViewType.Single || (multiclass ? classes < 2 : classes != 1 || score.Type is VectorDataViewType))
        {
            throw new ScoringException(
                $"A {prediction.Task} prediction expects {(multiclass ? "a known number, at least two," : "one")} of Single scores per row, found {score.Tensor}.");
        }

        var probability = new ProbabilityColumn(prediction.ProbabilityColumn ?? string.Empty, score, prediction.ScoresAreLogits);
        if (prediction.ProbabilityColumn is not null)
        {
            yield return probability;
        }

        if (prediction.PredictedLabelColumn is not { } name)
        {
            yield break;
        }

        if (!multiclass)
        {
            yield return new PredictedLabelColumn(name, BooleanDataViewType.Instance, probability, null, null, prediction.Threshold);
            yield break;
        }

        if (prediction.PredictedLabelAsText)
        {
            yield return labels is not null
                ? new PredictedLabelColumn(name, TextDataViewType.Instance, probability, null, labels, 0)
                : throw new ScoringException("A predicted label as text expects PredictionOptions.Labels or LabelColumn, found neither.");
            yield break;
        }

        var annotations = new DataViewSchema.Annotations.Builder();
        labels?.AddTo(annotations);
        yield return new PredictedLabelColumn(name, new KeyDataViewType(typeof(uint), classes), probability, annotations.ToAnnotations(), labels, 0);
    }

    private static int Score(OnnxSession session, PredictionOptions prediction, int[] selected)
    {
        int[] candidates = prediction.Output is { } name
            ? [.. selected.Where(i => i == Find(session, name))]
            : [.. selected.Where(i => session.Outputs[i].ElementType is TensorElementType.Float or TensorElementType.Float16 or TensorElementType.BFloat16)];
        return candidates is [var only]
            ? only
            : throw new ScoringException(
                $"Expected one output of Single numbers for the prediction, found {candidates.Length} among " +
                $"{string.Join(", ", selected.Select(i => session.Outputs[i]))}; name one in PredictionOptions.Output.");
    }

    private static int Find(OnnxSession session, string name)
    {
        for (int i = 0; i < session.Outputs.Count; i++)
        {
            if (session.Outputs[i].Name == name)
            {
                return i;
            }
        }

        throw session.UnservedOutputs.Contains(name) ? NoTensor(session, name) : new ScoringException($"The options name the model output \"{name}\", but the model's outputs are " +
            $"{string.Join(", ", session.Outputs.Select(o => $"\"{o.Name}\""))}.");
    }

    private static ScoringException NoTensor(OnnxSession session, string name) => new(
        $"Expected tensors as model outputs, found \"{name}\", a sequence or a map; choose others in {nameof(ScoreOnnxOptions)}.{nameof(ScoreOnnxOptions.SelectedOutputs)}: "
        + $"{string.Join(", ", session.Outputs.Select(o => $"\"{o.Name}\""))}.");
}
