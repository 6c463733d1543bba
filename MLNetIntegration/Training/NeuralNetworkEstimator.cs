using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
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
    // The memory of the numbers of as many rows as are evaluated at once: a layer on very many reads its weights, not its rows. Of batches that are scored several are under way.
    private const int EvaluationBytes = 4 << 20, ScoringBytes = 2 << 20;

    private readonly MLContext context;
    private readonly IHost host;
    private readonly IReadOnlyList<LearnedTask> tasks;
    private readonly TrainingOptions options;
    private readonly ulong seed;

    internal NeuralNetworkEstimator(IHostEnvironment environment, NetworkHead head, TrainingOptions options)
        : this(environment, [new LearnedTask(head, options.LabelColumn, "", 1)], options)
    {
    }

    internal NeuralNetworkEstimator(IHostEnvironment environment, IReadOnlyList<LearnedTask> tasks, TrainingOptions options)
    {
        this.tasks = tasks;
        this.options = options;
        context = environment as MLContext ?? new MLContext();
        host = environment.Register(nameof(NeuralNetworkEstimator));
        seed = options.Seed ?? (ulong)host.Rand.NextInt64();
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
        var columns = new TrainingColumns(context, input, options, tasks);
        if (options.Validation is { } validation)
        {
            columns.RequireIn(validation.Schema);
        }

        TrainingStatistics statistics = TrainingStatistics.Of(columns, input);
        NetworkMeaning meaning = Meaning(columns, statistics, out int[]? order);
        LabelScale[] scales = tasks.Count == 1 ? [meaning.Scale] : [.. meaning.Tasks.Select(task => task.Scale)];
        NetworkPlan plan = Plan(columns, statistics);
        // Names are settled from the inside out, so that the parameters of a model are called the same with and without the layer before.
        _ = plan.Model.Parameters;
        bool impute = options.MissingFeatures == MissingFeatures.Impute;
        Standardization? standardization = columns.Features.NumberCount > 0 && (options.Standardize || impute) ? new Standardization(statistics, options.Standardize, impute) : null;
        Model network = columns.IsPlain
            ? new TrainedNetwork(standardization, plan.Model, meaning, order)
            : new ColumnNetwork(
                columns.Features, standardization, options.Standardize ? statistics.Series : null, plan.Model, meaning, order, [.. tasks.Zip(columns.Labels, (task, label) => (label.Field, OutputsOf(task, label)))],
                new RandomSource(seed).Fork("columns"));
        _ = network.Parameters;
        options.WarmStart?.CopyTo(network);
        History history = Train(network, plan, new RowSource(columns, options, statistics, standardization?.Means ?? [], scales), columns, scales, input);

        (Variable[] inputs, Variable[] predictions) = network is ColumnNetwork named ? named.Serve() : Serve((TrainedNetwork)network, columns.Features.NumberCount);
        Output[] outputs = [.. tasks.SelectMany((task, i) => task.Outputs(predictions[i], plan, columns.Labels[i], scales[i]))];
        var inference = new Signature(inputs, outputs, name: "network") { Metadata = meaning.ToMetadata() };
        byte[] model = OnnxExporter.Export(inference);
        (ITransformer? preparation, Dictionary<string, IReadOnlyList<string>> read) = columns.IsPlain ? Joined(model, input)
            : (columns.Features.Preparation(), columns.Features.All.ToDictionary(c => c.Field, c => (IReadOnlyList<string>)[c.Served], StringComparer.Ordinal));
        BatchOnnxTransformer scoring = new BatchOnnxEstimator(context, model, new ScoreOnnxOptions
        {
            Inputs = read,
            BatchSize = AtOnce(columns, ScoringBytes, new ScoreOnnxOptions().BatchSize),
            SlotNames = tasks.SelectMany(task => task.SlotNames()).ToDictionary(StringComparer.Ordinal),
            Predictions = [.. tasks.Zip(columns.Labels, (task, label) => task.Prediction(label.Column)).OfType<PredictionOptions>()],
            NaNPolicy = options.MissingFeatures == MissingFeatures.Error ? NaNPolicy.Error : NaNPolicy.Allow,
            IsFinite = true,
            Serving = options.Serving,
            Tokens = columns.Features.Tokens,
        }).Fit(preparation?.Transform(input) ?? input);
        return new NeuralNetworkTransformer(preparation, isJoin: columns.IsPlain, scoring, network, inference, history, options.FeatureColumns);
    }

    /// <inheritdoc/>
    /// <exception cref="TrainingException">A column is missing.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var columns = inputSchema.ToDictionary(c => c.Name, StringComparer.Ordinal);
        IEnumerable<string> needed = [.. options.FeatureColumns, .. tasks.Select(task => task.Label)];
        if (needed.FirstOrDefault(n => !columns.ContainsKey(n)) is { } missing)
        {
            throw new TrainingException($"Expected a column \"{missing}\", found {string.Join(", ", columns.Keys.Select(c => $"\"{c}\""))}.");
        }

        foreach (SchemaShape.Column column in tasks.SelectMany(task => task.Columns(columns[task.Label])).ToArray())
        {
            columns[column.Name] = column;
        }

        return new SchemaShape(columns.Values);
    }

    private static (Variable[] Inputs, Variable[] Predictions) Serve(TrainedNetwork network, int count)
    {
        Variable features = Variable.Input("Features", DType.Float32, ["batch", count]);
        return ([features], [network.Forward(features, new ForwardContext(Mode.Inference))]);
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
        NetworkHead head = tasks[0].Head;
        LabelColumn label = columns.Labels[0];
        IReadOnlyList<string>? classes = tasks.Count == 1 ? ClassLabels.Of(label.Column)?.Names : null;
        order = null;
        var own = new NetworkMeaning(classes, tasks.Count == 1 && head.StandardizesLabel ? statistics.Labels[0].Scale : LabelScale.None)
        {
            Keys = columns.Features.Keys.Where(k => k.KeyNames is not null).ToDictionary(k => k.Field, k => k.KeyNames!.ToArray(), StringComparer.Ordinal),
            Tasks = tasks.Count == 1 ? [] : [.. tasks.Select((task, i) => new TaskMeaning(
                task.Label, ClassLabels.Of(columns.Labels[i].Column)?.Names, task.Head.StandardizesLabel ? statistics.Labels[i].Scale : LabelScale.None))],
        };
        if (options.WarmStart is not { } start)
        {
            return own;
        }

        (start.Meaning ?? new NetworkMeaning(null, LabelScale.None)).RequireSameTasks(own);
        if (!head.StandardizesLabel && start.Scale != LabelScale.None)
        {
            throw new TrainingException(
                $"Expected a network to start from that predicts \"{label.Column.Name}\" as it is, found one for a label of which {start.Scale.Mean} was subtracted before it was "
                + $"divided by {start.Scale.Deviation}.");
        }

        order = start.Meaning?.OrderFor(classes, head.HasOutputPerClass);
        start.Meaning?.RequireSameKeys(own);
        return own with { Classes = start.Meaning?.Classes ?? classes, Scale = start.Scale, Tasks = start.Meaning?.Tasks ?? [] };
    }

    /// <summary>How many rows go through the network at once, fewer than usual where they are very wide.</summary>
    private static int AtOnce(TrainingColumns columns, int bytes, int usual) => Math.Clamp(bytes / (sizeof(float) * Math.Max(1, columns.Features.NumberCount)), 1, usual);

    private static int OutputsOf(LearnedTask task, LabelColumn label) => task.Head is LayeredHead layered ? layered.Outputs(label.Outputs) : label.Outputs;

    /// <summary>The network of the one task, or layers with the outputs of all tasks behind each other and the sum of their losses.</summary>
    private NetworkPlan Plan(TrainingColumns columns, TrainingStatistics statistics)
    {
        RandomSource random = new RandomSource(seed).Fork("network");
        if (tasks is [var only])
        {
            return only.Head.Plan(new NetworkInput(columns.Features.Width, columns.Labels[0].Outputs, random));
        }

        int outputs = tasks.Zip(columns.Labels, OutputsOf).Sum();
        Loss loss = tasks.Select((task, i) => task.Weight * LossOf(((LayeredHead)task.Head).Loss, i).On(columns.Labels[i].Field)).Aggregate((sum, next) => sum + next);
        return NetworkLayers.Of((NeuralNetworkOptions)options, new NetworkInput(columns.Features.Width, outputs, random), outputs, loss);

        Loss LossOf(Loss plain, int task) =>
            options.BalanceClasses && columns.Labels[task].Classes > 0 ? new ClassWeighted(plain, statistics.Labels[task].ClassFactors) : plain;
    }

    private History Train(Model network, NetworkPlan plan, RowSource rows, TrainingColumns columns, LabelScale[] scales, IDataView input)
    {
        (IDataSource train, IDataSource? validation) = rows.Open(input, seed);
        var trainer = new Trainer
        {
            Model = network,
            Loss = plan.Loss,
            Optimizer = options.Optimizer,
            Regularizers = plan.Regularizers,
            Constraints = plan.Constraints,
            Metrics = tasks.Count == 1 ? [] : [.. tasks.Select((task, i) => ((LayeredHead)task.Head).Metric(scales[i]).On(columns.Labels[i].Field))],
            Execution = options.Execution,
        };
        using var log = new ChannelCallback(host);
        History history = trainer.Fit(
            train,
            new FitOptions
            {
                Epochs = options.Epochs,
                BatchSize = options.BatchSize,
                Seed = seed,
                Validation = validation,
                ValidationBatchSize = AtOnce(columns, EvaluationBytes, new FitOptions().ValidationBatchSize),
                EarlyStopping = validation is null ? null : new EarlyStopping { Patience = options.Patience },
                // A callback may save the trainer, with what its optimizer remembers.
                IsFinal = options.Callbacks.Count == 0,
                Progress = options.Progress,
                Callbacks = [log, .. options.Callbacks],
            },
            options.CancellationToken);
        options.CancellationToken.ThrowIfCancellationRequested();
        return history.StopReason == StopReason.Diverged
            ? throw new TrainingException($"Expected a finite loss, found that the training diverged: {history.StopMessage} Lower the learning rate.")
            : history;
    }
}
