using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributed;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Training;

/// <summary>
/// Trains a model: builds the computation of one step (loss, penalties, gradients, updates, projections) as one graph, and runs it over
/// batches, epoch after epoch. All mathematics is in the graph, which is public and exportable; the trainer only loops, measures, reports
/// and stops.
/// </summary>
/// <remarks>The same seeds give the same parameters bit for bit, on any number of threads, where the processor has the same vector instructions: wider vectors add in
/// another order. While one thread trains, a second <see cref="Fit"/> is refused; other
/// threads may evaluate, diagnose and save a checkpoint, which wait for the step that is running and see the training between two steps. Two trainers of one
/// model must not train at once.</remarks>
public sealed class Trainer : ICheckpointed
{
    private TrainerState? state;
    private TrainingGraph? graph;
    private StepRunner? runner;
    private readonly Evaluator?[] evaluators = new Evaluator?[2];
    private int fitting;

    /// <summary>The model.</summary>
    public required Model Model { get; init; }

    /// <summary>What is made small.</summary>
    public required Loss Loss { get; init; }

    /// <summary>How parameters follow gradients.</summary>
    public required Optimizer Optimizer { get; init; }

    /// <summary>Terms that are added to the loss; none by default.</summary>
    public IReadOnlyList<Regularizer> Regularizers { get; init => field = [.. value]; } = [];

    /// <summary>Sets to which parameters are projected back after each step, in this order; none by default.</summary>
    public IReadOnlyList<Constraint> Constraints { get; init => field = [.. value]; } = [];

    /// <summary>What is measured besides the loss; nothing by default.</summary>
    public IReadOnlyList<Metric> Metrics { get; init => field = [.. value]; } = [];

    /// <summary>What numbers the model computes with in training and evaluation; float32 by default.</summary>
    public TrainingPrecision Precision { get; init; }

    /// <summary>Threads and compiler switches.</summary>
    public ExecutionOptions Execution { get; init; } = new();

    /// <summary>The processes that train together, each with the same model, data and options; null (the default) for this one alone. Each batch is cut into <see cref="Shards"/> pieces,
    /// each process computes some of them, and all sum by a fixed tree: parameters, history and checkpoints are the same bits for any number of processes.</summary>
    /// <remarks>A group of one process (<see cref="SingleProcess"/>) does the same computation alone. <see cref="Fit"/> refuses processes that differ in anything that matters, and ends all when
    /// one fails. The process of rank 0 writes checkpoints; all read them. Statistics of the batch in modules, such as those of batch normalization, are those of a piece
    /// unless they are <see cref="BatchNormalization.Synchronized"/>.</remarks>
    public IProcessGroup? Group { get; init; }

    /// <summary>S: the number of pieces of a batch where a <see cref="Group"/> trains, a power of two of at least its size; 8 by default. It is part of the model: another number gives
    /// other roundings, masks and batch statistics.</summary>
    public int Shards { get; init => field = TrainingAgreement.PowerOfTwo(value); } = 8;

    /// <summary>What measures the time of epochs, which histories and checkpoints hold; the system's by default. With one that stands still, equal trainings write checkpoints that are equal
    /// byte for byte.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The number of epochs that are done.</summary>
    public int EpochsDone => state?.Epochs.Count ?? 0;

    /// <summary>The computation of one step: an input for each field of the examples ("input", "target" and, if they have weights, "weight"), one for the lengths of
    /// each ragged axis ("time.length"), the outputs "loss", "objective",
    /// "learning_rate" and the sum of each metric over the batch, and the updates of all parameters. Where examples have weights or do not all count, the sums are Σ w·m·v,
    /// and more outputs hold the Σ w·m that they are to be divided by ("accuracy.weight"), those of the loss as well ("loss.sum", "loss.sum.weight").</summary>
    /// <exception cref="InvalidOperationException">It is not built yet: call <see cref="Prepare"/> or <see cref="Fit"/> first.</exception>
    public Signature TrainingStep => Graph.Step;

    /// <summary>The computation of an evaluation: those of the inputs of <see cref="TrainingStep"/> that it reads, and as outputs the sums of "loss" and of each metric over
    /// the batch, with their weights ("loss.weight") where examples have some or do not all count.</summary>
    /// <exception cref="InvalidOperationException">It is not built yet: call <see cref="Prepare"/> or <see cref="Fit"/> first.</exception>
    public Signature EvaluationStep => Graph.Evaluation;

    /// <summary>Everything that training changes: the parameters of the model, then what the optimizer remembers.</summary>
    /// <exception cref="InvalidOperationException">The computations are not built yet.</exception>
    public IReadOnlyList<Parameter> Parameters => [.. Model.Parameters, .. State.Optimizer.Parameters];

    /// <summary>Held while a step or anything else changes the training or looks at more than one part of it.</summary>
    internal Lock Gate { get; } = new();

    internal bool IsPrepared => state is not null;

    internal TrainerState State => state ?? throw NotPrepared();

    /// <summary>What does the steps, compiled.</summary>
    internal StepRunner Runner => runner ?? throw NotPrepared();

    internal TrainingGraph Graph => graph ?? throw NotPrepared();

    /// <summary>Builds the computations for examples of a shape, if that has not been done. <see cref="Fit"/> does it by itself.</summary>
    /// <param name="layout">The shape of an example.</param>
    /// <exception cref="ShapeException">Data, model and loss do not fit together, or differ from those of an earlier call.</exception>
    /// <exception cref="GraphException">Two parameters have the same name, or the loss does not depend on one.</exception>
    public void Prepare(DataLayout layout)
    {
        lock (Gate)
        {
            state?.Layout.RequireSame(layout);
            if (state is not null && state.Layout.HasWeights == layout.HasWeights)
                return;
            if (state?.Totals.Steps > 0)
                throw new ShapeException($"Epoch {EpochsDone + 1} was begun with examples {state.Layout}; it can only go on with the same, found {layout}.");
            TrainerState prepared = state ?? new TrainerState(layout);
            graph = new TrainingGraph(this, layout, prepared.Optimizer);
            prepared.Layout = layout;
            prepared.Totals = new EpochTotals(graph.StepMeasures);
            (state, runner) = (prepared, null);
            Model.InputFields = graph.InputFields;
        }
    }

    /// <summary>Compiles the step for examples of a shape, if that has not been done, after <see cref="Prepare"/>. <see cref="Fit"/> does it by itself, before it asks for the first batch. The
    /// first batch of each size is then planned when it comes.</summary>
    /// <param name="layout">The shape of an example.</param>
    /// <exception cref="ShapeException">Data, model and loss do not fit together, or differ from those of an earlier call.</exception>
    /// <exception cref="GraphException">Two parameters have the same name, or the loss does not depend on one.</exception>
    public void Compile(DataLayout layout)
    {
        lock (Gate)
        {
            Prepare(layout);
            runner ??= Group is null ? new WholeStep(this) : new ShardedStep(this, Group, layout);
        }
    }

    void ICheckpointed.Save(Action<IReadOnlyList<StoredParameter>, StoredTraining> save) => TrainerStore.Save(this, save);

    void ICheckpointed.Load(string path, IReadOnlyList<StoredParameter> parameters, StoredTraining training) => Alone(nameof(Checkpoint.Load), () =>
    {
        TrainerStore.Load(this, path, parameters, training);
        return true;
    });

    /// <summary>Undoes <see cref="Prepare"/>, when it was for data that have then been refused.</summary>
    internal void Unprepare()
    {
        lock (Gate)
        {
            (state, graph, runner, Model.InputFields) = (null, null, null, null);
            Array.Clear(evaluators);
        }
    }

    /// <summary>Trains until the number of epochs that the options ask for is done in all, or until a reason to stop comes up. Called
    /// again, also after a checkpoint was loaded, it goes on where it stood, within an epoch if need be, and ends as if it had never been
    /// interrupted.</summary>
    /// <param name="data">The training examples.</param>
    /// <param name="options">How long, and on what; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the training after the step that is running; no exception is thrown.</param>
    /// <returns>The epochs, and why the training ended. With early stopping, the model has the best parameters, and the optimizer what it remembered with them;
    /// after a divergence, those from the end of the last epoch, after which every number was found to be finite; otherwise the last ones.</returns>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="InvalidOperationException">The trainer is training already, or a parameter is NaN or infinite at the beginning.</exception>
    /// <exception cref="ShapeException">Data, model and loss do not fit together.</exception>
    /// <exception cref="GraphException">Two parameters have the same name, or the loss does not depend on one.</exception>
    /// <exception cref="DataException">The data are not what they should be, or no example of an epoch counts.</exception>
    public History Fit(IDataSource data, FitOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new FitOptions();
        return Alone(nameof(Fit), () => Together(() =>
        {
            Prepare(data.Layout);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var run = new TrainingRun(this, data, options, stop);
            // What contradicts itself has been refused by now.
            Compile(data.Layout);
            return run.Run();
        }));
    }

    /// <summary>Measures the model as an application would run it: without dropout and penalties.</summary>
    /// <param name="data">The examples; fields that neither the model nor the loss nor a metric reads, such as those of regularizers, may be missing.</param>
    /// <param name="batchSize">How many are evaluated at once; 256 by default.</param>
    /// <returns>Means over all examples, Σ w·m·v/Σ w·m, exact for any size of batches.</returns>
    /// <exception cref="DataException">The data are not what they should be, or no example counts.</exception>
    public Evaluation Evaluate(IDataSource data, int batchSize = 256)
    {
        lock (Gate)
        {
            if (state is null)
                Prepare(data.Layout);
            RequireForEvaluation(data.Layout);
            Evaluator evaluator = evaluators[data.Layout.HasWeights ? 1 : 0] ??=
                new Evaluator(this, data.Layout.HasWeights ? State.Layout.WithWeights() : State.Layout.WithoutWeights());
            return evaluator.Run(data, batchSize);
        }
    }

    /// <summary>Refuses examples that cannot be evaluated.</summary>
    internal void RequireForEvaluation(DataLayout found) => State.Layout.RequireIn(found, [.. EvaluationStep.Inputs.Select(input => input.Name!)]);

    /// <summary>Does what no training may run beside.</summary>
    /// <exception cref="InvalidOperationException">A training is running.</exception>
    internal T Alone<T>(string what, Func<T> action)
    {
        if (Interlocked.Exchange(ref fitting, 1) != 0)
        {
            throw new InvalidOperationException(
                $"Expected a trainer that is not training, found that {nameof(Fit)} is running, in another thread or around the report of progress that calls {what}. " +
                "Wait until it ends, or cancel it.");
        }

        try
        {
            return action();
        }
        finally
        {
            Volatile.Write(ref fitting, 0);
        }
    }

    /// <summary>Does what other processes do, too: if it fails in this one, they do not wait for it.</summary>
    private T Together<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (Group is { Size: > 1 } && e is not ProcessGroupException)
        {
            Group.Abort(e.ToString());
            throw;
        }
    }

    /// <summary>The learning rate of the last step; 0 before the first.</summary>
    internal double LastRate => State.Totals.Steps > 0 ? State.Totals.LearningRate : State.Epochs.Count > 0 ? State.Epochs[^1].LearningRate : 0.0;

    /// <summary>The metrics by name.</summary>
    internal IReadOnlyDictionary<string, double> ByName(MeasureTotals totals)
    {
        var named = new Dictionary<string, double>(MeasureNames.Comparer);
        for (int i = 0; i < Metrics.Count; i++)
            named.Add(Metrics[i].FullName, totals.Of(1 + i, Metrics[i].FullName));
        return named;
    }

    private static InvalidOperationException NotPrepared() =>
        new($"The computations are not built yet: call {nameof(Prepare)} or {nameof(Fit)} first.");
}
