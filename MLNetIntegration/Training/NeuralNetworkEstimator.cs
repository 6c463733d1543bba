using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>
/// Trains a network on the rows of a data view: as an estimator like those of ML.NET, so that pipelines, <c>CrossValidate</c> and sweeps take it. The same
/// seed gives the same network, however many threads train it.
/// </summary>
public sealed class NeuralNetworkEstimator : IEstimator<NeuralNetworkTransformer>
{
    private readonly MLContext context;
    private readonly NetworkHead head;
    private readonly TrainingOptions options;
    private readonly ulong seed;

    internal NeuralNetworkEstimator(IHostEnvironment environment, NetworkHead head, TrainingOptions options)
    {
        this.head = head;
        this.options = options;
        context = environment as MLContext ?? new MLContext();
        seed = options.Seed ?? (ulong)environment.Register(nameof(NeuralNetworkEstimator)).Rand.NextInt64();
    }

    /// <summary>Trains the network.</summary>
    /// <param name="input">The training rows: read once for means and deviations, then copied, or read in each epoch above the memory budget.</param>
    /// <exception cref="TrainingException">A column is missing or of a wrong type, a number is not finite, or the training diverged.</exception>
    /// <exception cref="ServingException">The native ONNX Runtime is missing; names the package to add. Nothing has been read or trained.</exception>
    /// <exception cref="ProviderUnavailableException">The provider to score on is not available and falling back is not allowed. Nothing has been read or trained.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    /// <exception cref="ShapeException">A network of the user's own does not fit the features or its loss.</exception>
    public NeuralNetworkTransformer Fit(IDataView input)
    {
        // What is trained for hours must not fail at last for want of a package.
        OnnxSession.RequireAvailable(options.Serving);
        var columns = new TrainingColumns(context, input.Schema, options, head);
        if (options.Validation is { } validation)
        {
            columns.RequireIn(validation.Schema);
        }

        TrainingStatistics statistics = TrainingStatistics.Of(columns, input);
        NetworkMeaning meaning = Meaning(columns, statistics, out int[]? order);
        NetworkPlan plan = head.Plan(new NetworkInput(columns.Features.Width, columns.Label.Outputs, new RandomSource(seed).Fork("network")));
        // Names are settled from the inside out, so that the parameters of a model are called the same with and without the layer before.
        _ = plan.Model.Parameters;
        bool impute = options.MissingFeatures == MissingFeatures.Impute;
        Standardization? standardization = columns.Features.NumberCount > 0 && (options.Standardize || impute) ? new Standardization(statistics, options.Standardize, impute) : null;
        Model network = columns.Features.IsPlain
            ? new TrainedNetwork(standardization, plan.Model, meaning, order)
            : new ColumnNetwork(columns.Features, standardization, plan.Model, meaning, order, new RandomSource(seed).Fork("columns"));
        _ = network.Parameters;
        options.WarmStart?.CopyTo(network);
        History history = Train(network, plan, new RowSource(columns, options, statistics, standardization?.Means ?? [], meaning.Scale), input);

        (Variable[] inputs, Variable prediction) = network is ColumnNetwork named ? named.Serve() : Serve((TrainedNetwork)network, columns.Features.NumberCount);
        var inference = new Signature(inputs, head.Outputs(prediction, plan, columns.Label, meaning.Scale), name: "network") { Metadata = meaning.ToMetadata() };
        byte[] model = OnnxExporter.Export(inference);
        (ITransformer? preparation, Dictionary<string, IReadOnlyList<string>> read) = columns.Features.IsPlain ? Joined(model, input)
            : (columns.Features.Preparation(), columns.Features.All.ToDictionary(c => c.Field, c => (IReadOnlyList<string>)[c.Served], StringComparer.Ordinal));
        BatchOnnxTransformer scoring = new BatchOnnxEstimator(context, model, new ScoreOnnxOptions
        {
            Inputs = read,
            SlotNames = head.SlotNames,
            Prediction = head.Prediction(columns.Label.Column),
            NaNPolicy = options.MissingFeatures == MissingFeatures.Error ? NaNPolicy.Error : NaNPolicy.Allow,
            Serving = options.Serving,
        }).Fit(preparation?.Transform(input) ?? input);
        return new NeuralNetworkTransformer(preparation, isJoin: columns.Features.IsPlain, scoring, network, inference, history);
    }

    /// <inheritdoc/>
    /// <exception cref="TrainingException">A column is missing.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var columns = inputSchema.ToDictionary(c => c.Name, StringComparer.Ordinal);
        IEnumerable<string> needed = [.. options.FeatureColumns, options.LabelColumn];
        if (needed.FirstOrDefault(n => !columns.ContainsKey(n)) is { } missing)
        {
            throw new TrainingException($"Expected a column \"{missing}\", found {string.Join(", ", columns.Keys.Select(c => $"\"{c}\""))}.");
        }

        foreach (SchemaShape.Column column in head.Columns(columns[options.LabelColumn]))
        {
            columns[column.Name] = column;
        }

        return new SchemaShape(columns.Values);
    }

    private static (Variable[] Inputs, Variable Prediction) Serve(TrainedNetwork network, int count)
    {
        Variable features = Variable.Input("Features", DType.Float32, ["batch", count]);
        return ([features], network.Forward(features, new ForwardContext(Mode.Inference)));
    }

    /// <summary>The one column of features. That of several joined is called after them and the content of the model, so that no column of the user's, nor
    /// of another network, is taken for it.</summary>
    private (ITransformer? Join, Dictionary<string, IReadOnlyList<string>> Read) Joined(byte[] model, IDataView input)
    {
        string joined = options.FeatureColumns is [var only]
            ? only
            : $"{string.Join('+', options.FeatureColumns)}#{Convert.ToHexStringLower(SHA256.HashData(model).AsSpan(0, 8))}";
        return (
            options.FeatureColumns.Count == 1 ? null : context.Transforms.Concatenate(joined, [.. options.FeatureColumns]).Fit(input),
            new Dictionary<string, IReadOnlyList<string>> { ["Features"] = [joined] });
    }

    /// <summary>What the outputs of the network mean: measured on the training rows, or that of a network to start from.</summary>
    private NetworkMeaning Meaning(TrainingColumns columns, TrainingStatistics statistics, out int[]? order)
    {
        LabelColumn label = columns.Label;
        IReadOnlyList<string>? classes = ClassLabels.Of(label.Column)?.Names;
        order = null;
        var own = new NetworkMeaning(classes, head.StandardizesLabel ? new LabelScale(statistics.LabelMean, statistics.LabelDeviation) : LabelScale.None)
        {
            Keys = columns.Features.Keys.Where(k => k.KeyNames is not null).ToDictionary(k => k.Field, k => k.KeyNames!.ToArray(), StringComparer.Ordinal),
        };
        if (options.WarmStart is not { } start)
        {
            return own;
        }

        if (!head.StandardizesLabel && start.Scale != LabelScale.None)
        {
            throw new TrainingException(
                $"Expected a network to start from that predicts \"{label.Column.Name}\" as it is, found one for a label of which {start.Scale.Mean} was subtracted before it was "
                + $"divided by {start.Scale.Deviation}.");
        }

        order = start.Meaning?.OrderFor(classes, head.HasOutputPerClass);
        start.Meaning?.RequireSameKeys(own);
        return own with { Classes = start.Meaning?.Classes ?? classes, Scale = start.Scale };
    }

    private History Train(Model network, NetworkPlan plan, RowSource rows, IDataView input)
    {
        (IDataSource train, IDataSource? validation) = rows.Open(input, seed);
        var trainer = new Trainer
        {
            Model = network,
            Loss = plan.Loss,
            Optimizer = options.Optimizer,
            Regularizers = plan.Regularizers,
            Constraints = plan.Constraints,
            Execution = options.Execution,
        };
        History history = trainer.Fit(
            train,
            new FitOptions
            {
                Epochs = options.Epochs,
                BatchSize = options.BatchSize,
                Seed = seed,
                Validation = validation,
                EarlyStopping = validation is null ? null : new EarlyStopping { Patience = options.Patience },
                Progress = options.Progress,
            },
            options.CancellationToken);
        options.CancellationToken.ThrowIfCancellationRequested();
        return history.StopReason == StopReason.Diverged
            ? throw new TrainingException($"Expected a finite loss, found that the training diverged: {history.StopMessage} Lower the learning rate.")
            : history;
    }
}
