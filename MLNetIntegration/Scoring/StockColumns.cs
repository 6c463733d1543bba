using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Adds the columns of a binding to a chain of ML.NET's own transformers that ends with the outputs of the model.</summary>
internal sealed class StockColumns(StockChain chain, ModelBinding binding)
{
    private const string Score = "Score", Probability = "Probability", PredictedLabel = "PredictedLabel";

    private readonly IHostEnvironment environment = chain.Context;

    public void Add()
    {
        // Copies first: the linear models all write to "Score".
        var raw = binding.Columns.OfType<OutputColumn>().ToDictionary(o => o.Output, o => chain.CopyOf(o.Tensor.Name));
        foreach (ScoreColumn column in binding.Columns)
        {
            chain.Result(column.Name, column switch
            {
                OutputColumn output => Output(output, raw[output.Output]),
                ProbabilityColumn { Type: VectorDataViewType } probability => Probabilities(probability, raw[probability.Output]),
                ProbabilityColumn probability => Binary(raw[probability.Output], probability.Logits),
                PredictedLabelColumn { Type: BooleanDataViewType } label => Binary(raw[label.Output], label),
                PredictedLabelColumn label => Key(label, raw[label.Output]),
                _ => throw new ScoringException($"Expected a known kind of column, found {column.GetType().Name}."),
            });
        }
    }

    /// <summary>An output as it is, unless it is a scalar here and a vector there, or has names. Only Single numbers can be handed through a model.</summary>
    private string Output(OutputColumn output, string raw)
    {
        if (ColumnTypes.Item(output.Type) != NumberDataViewType.Single)
        {
            return raw;
        }

        return output.Type is not VectorDataViewType ? Scalar(raw)
            : Names(output.Annotations) is { } names ? Named(raw, names, softmax: false)
            : raw;
    }

    private string Scalar(string raw)
    {
        chain.Overwrite(Score);
        chain.Add(StockModels.Scalar(environment, chain.Schema, raw));
        return chain.CopyOf(Score);
    }

    private string Probabilities(ProbabilityColumn column, string raw) => column.Logits || Names(column.Annotations) is not null
        ? Named(raw, Names(column.Annotations), column.Logits, column.Score.Type)
        : raw;

    private string Binary(string raw, bool logits)
    {
        string score = Scalar(raw);
        if (!logits)
        {
            return score;
        }

        // The sigmoid as the calibrator 1 / (1 + exp(−1 · score + 0)).
        chain.Overwrite(Probability);
        chain.Add(chain.Context.BinaryClassification.Calibrators.Platt(slope: -1, offset: 0, scoreColumnName: score));
        return chain.CopyOf(Probability);
    }

    private string Binary(string raw, PredictedLabelColumn label)
    {
        double threshold = label.Probability.Logits ? Math.Log(label.Threshold / (1 - label.Threshold)) : label.Threshold;
        chain.Overwrite(Score);
        chain.Overwrite(PredictedLabel);
        chain.Add(StockModels.Binary(environment, chain.Schema, raw, threshold));
        return chain.CopyOf(PredictedLabel);
    }

    private string Key(PredictedLabelColumn label, string raw)
    {
        bool asText = label.Type is TextDataViewType;
        Multiclass(raw, label.Probability.Score.Type, softmax: false, asText ? new ClassLabels(label.Labels!.Names, typeof(ReadOnlyMemory<char>)) : label.Labels);
        string key = chain.CopyOf(PredictedLabel);
        if (!asText)
        {
            return key;
        }

        string text = chain.Scratch();
        chain.Add(chain.Context.Transforms.Conversion.MapKeyToValue(text, key));
        return text;
    }

    private string Named(string raw, IReadOnlyList<string>? names, bool softmax, DataViewType? type = null)
    {
        Multiclass(raw, type ?? chain.TypeOf(raw), softmax, names is null ? null : new ClassLabels(names, typeof(ReadOnlyMemory<char>)));
        return chain.CopyOf(Score);
    }

    private void Multiclass(string raw, DataViewType type, bool softmax, ClassLabels? classes)
    {
        int size = ColumnTypes.Length(type);
        chain.Overwrite(Score);
        chain.Overwrite(PredictedLabel);
        DataViewSchema schema = chain.Schema;
        string? key = null;
        if (classes is not null)
        {
            // A model takes the names of its classes from a label; the data need not have it later.
            var annotations = new DataViewSchema.Annotations.Builder();
            classes.AddTo(annotations);
            var builder = new DataViewSchema.Builder();
            builder.AddColumns(schema);
            key = "~label";
            while (schema.GetColumnOrNull(key) is not null)
            {
                key += "~";
            }

            builder.AddColumn(key, new KeyDataViewType(typeof(uint), size), annotations.ToAnnotations());
            schema = builder.ToSchema();
        }

        chain.Add(StockModels.Multiclass(environment, schema, raw, size, softmax, key));
    }

    private static IReadOnlyList<string>? Names(DataViewSchema.Annotations? annotations)
    {
        if (annotations?.Schema.GetColumnOrNull(ClassLabels.SlotNames) is null)
        {
            return null;
        }

        VBuffer<ReadOnlyMemory<char>> names = default;
        annotations.GetValue(ClassLabels.SlotNames, ref names);
        return [.. names.DenseValues().Select(n => n.ToString())];
    }
}
