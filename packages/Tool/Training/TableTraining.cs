using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Texts;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Optimizers;
using Toolkit.OnnxExport.Export;
using Toolkit.Tool.Data;
using Toolkit.Tool.Reporting;

namespace Toolkit.Tool.Training;

/// <summary>Trains a network on a table with ML.NET: numbers standardized, missing ones imputed, categories as learned vectors.</summary>
internal static class TableTraining
{
    /// <summary>Trains on some rows and stops by others.</summary>
    public static TrainedModel Run(ModelData data, EncodedRows train, EncodedRows validation, TrainingSettings settings, Progress progress, CancellationToken cancellation)
    {
        var ml = new MLContext((int)settings.Seed);
        var (learned, watched) = (new TableView(train, data), new TableView(validation, data));
        ITransformer[] keys = [.. data.Columns.Where(column => column.Names is not null).Select(column => Keys(ml, column, learned))];
        ITransformer[] labels = data.Classes is null ? [] : [Keys(ml, new TableColumn(data.Label!, data.Classes), learned)];
        var options = new NeuralNetworkOptions
        {
            FeatureColumns = [.. data.Columns.Select(column => column.Name)],
            LabelColumn = data.Label!,
            HiddenUnits = settings.Hidden,
            Dropout = settings.Dropout,
            MissingFeatures = MissingFeatures.Impute,
            Optimizer = new Adam { LearningRate = settings.LearningRate },
            Epochs = settings.Epochs,
            Patience = settings.Patience,
            BatchSize = settings.BatchSize,
            Seed = settings.Seed,
            Validation = validation.Count > 0 ? Prepared(watched) : null,
            ValidationFraction = 0,
            Execution = new() { Threads = settings.Threads },
            Progress = new EpochLine(progress),
            CancellationToken = cancellation,
        };
        using NeuralNetworkTransformer network =
            (data.Classes is null ? ml.Regression.NeuralNetwork(options) : ml.MulticlassClassification.NeuralNetwork(options)).Fit(Prepared(learned));

        // Labels are not among what the pipeline reads: it scores rows that have none.
        using var pipeline = new MemoryStream();
        ml.Model.Save(new TransformerChain<ITransformer>([.. keys, network]), learned.Schema, pipeline);
        byte[] onnx = OnnxExporter.Export(WithTexts(network.Inference, data), new OnnxExportOptions
        {
            Description = $"Predicts {data.Label} of {string.Join(", ", data.Columns.Select(column => column.Name))}.",
            Metadata = new Dictionary<string, string> { [ModelData.Key] = data.ToJson() },
        });
        return new TrainedModel(onnx, pipeline.ToArray(), data, network.History);

        IDataView Prepared(IDataView rows) => keys.Concat(labels).Aggregate(rows, (view, map) => map.Transform(view));
    }

    /// <summary>The network with the texts of categories as its inputs in place of their keys.</summary>
    private static Signature WithTexts(Signature network, ModelData data)
    {
        if (data.Columns.All(column => column.Names is null))
            return network;
        var sources = new Dictionary<string, Variable>();
        Variable[] inputs = [.. network.Inputs.Zip(data.Columns, (input, column) =>
        {
            if (column.Names is not { } names)
                return input;
            Variable texts = Variable.Input(input.Name!, DType.String, input.Shape);
            sources.Add(input.Name!, new LabelEncoder([.. names], [.. Enumerable.Range(1, names.Count).Select(key => (long)key)], Otherwise: 0).Apply(texts).Cast(input.DType));
            return texts;
        })];
        return network.Behind(inputs, sources);
    }

    /// <summary>What makes keys of the texts of a category, in the order of its names.</summary>
    private static ValueToKeyMappingTransformer Keys(MLContext ml, TableColumn column, IDataView rows)
    {
        IDataView names = ml.Data.LoadFromEnumerable(column.Names!.Select(name => new Name { Text = name }));
        return ml.Transforms.Conversion.MapValueToKey(column.Name, column.Name, keyData: names).Fit(rows);
    }

    private sealed class Name
    {
        public string Text { get; set; } = string.Empty;
    }
}
