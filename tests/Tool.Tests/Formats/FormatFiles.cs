using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.MLNetIntegration.Tests;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Tool.Tests.Formats;

/// <summary>What the files of each format are made of, and what they give. The files themselves are committed, and not written again.</summary>
internal static class FormatFiles
{
    /// <summary>The folder of the files.</summary>
    public static string Folder { get; } = Path.Combine(PageProgram.Root, "tests", "Tool.Tests", "Formats", "Files");

    /// <summary>The rows that pipelines score.</summary>
    public static readonly Flat[] Rows =
    [
        new() { Size = 30, Place = "bay", Note = "a garden", Price = 90, Kind = "little" }, new() { Size = 90, Place = "inland", Note = "no view", Price = 90, Kind = "large" },
        new() { Size = 60, Place = "bay", Note = "a view, a garden", Price = 180, Kind = "little" }, new() { Size = 100, Place = "coast", Note = "", Price = 100, Kind = "large" },
    ];

    /// <summary>The path of a file.</summary>
    public static string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>The numbers that a file gave when it was written.</summary>
    public static double[] Expected(string name) => [.. File.ReadAllLines(PathOf($"{name}.txt")).Select(line => double.Parse(line, CultureInfo.InvariantCulture))];

    /// <summary>The scores of a pipeline: all numbers of all columns that it adds whose names end in "Score".</summary>
    public static double[] Scores(MLContext ml, ITransformer pipeline)
    {
        IDataView scored = pipeline.Transform(ml.Data.LoadFromEnumerable(Rows));
        return
        [
            .. scored.Schema.Where(column => column.Name.EndsWith("Score", StringComparison.Ordinal)).SelectMany(column => column.Type is VectorDataViewType
                ? scored.GetColumn<float[]>(column.Name).SelectMany(row => row) : scored.GetColumn<float>(column.Name)).Select(score => (double)score),
        ];
    }

    /// <summary>The training of the checkpoint: dropout, Adam with its moments, and an order of examples.</summary>
    public static Trainer Training()
    {
        var random = new RandomSource(5);
        return new Trainer
        {
            Model = new Sequential(new Dense(3, 5, random) { Activation = Ops.Tanh }, new Dropout(0.2, random), new Dense(5, 2, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam { LearningRate = 0.01 },
        };
    }

    /// <summary>The examples of the checkpoint.</summary>
    public static Dataset Examples() => Dataset.FromLabels([.. Enumerable.Range(0, 60).Select(i => MathF.Sin(i * i))], [3], [.. Enumerable.Range(0, 20).Select(i => (long)(i % 2))], 2);

    /// <summary>The logits of the examples.</summary>
    public static double[] Logits(Trainer trainer)
    {
        Value logits = trainer.Model.Predict(Examples());
        return [.. Enumerable.Range(0, logits.Count).Select(i => logits[i])];
    }

    /// <summary>Pipelines by the version of their saved options: 1 one score, 2 several, 3 tokens.</summary>
    public static ITransformer Pipeline(MLContext ml, int version, string vocabulary)
    {
        IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Repeat(Rows, 10).SelectMany(each => each));
        var options = new NeuralNetworkOptions { FeatureColumns = ["Size", "PlaceKey"], HiddenUnits = [4], Epochs = 5, Seed = 1, ValidationFraction = 0 };
        var keys = new EstimatorChain<ITransformer>().Append(ml.Transforms.Conversion.MapValueToKey("PlaceKey", "Place")).Append(ml.Transforms.Conversion.MapValueToKey("KindKey", "Kind"));
        return version switch
        {
            1 => keys.Append(ml.Regression.NeuralNetwork(options with { LabelColumn = "Price" })).Fit(rows),
            2 => keys.Append(ml.MultiTaskNeuralNetwork([NetworkTask.Multiclass("PlaceKey"), NetworkTask.Multiclass("KindKey")], options with { FeatureColumns = ["Size"] })).Fit(rows),
            _ => ml.Regression.NeuralNetwork(options with
            {
                LabelColumn = "Price",
                FeatureColumns = ["Size", "Note"],
                ColumnOptions = new Dictionary<string, ColumnOptions> { ["Note"] = new() { Tokenizer = TextTokenizer.WordPiece(vocabulary) } },
            }).Fit(rows),
        };
    }

    internal sealed class Flat
    {
        public float Size { get; set; }

        public string Place { get; set; } = string.Empty;

        public string Note { get; set; } = string.Empty;

        public float Price { get; set; }

        public string Kind { get; set; } = string.Empty;
    }
}
