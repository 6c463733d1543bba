using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributed;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Training;

/// <summary>Does a step together with other processes: each computes its pieces of the batch, all sum, and each makes the same updates.</summary>
internal sealed class ShardedStep : StepRunner
{
    private const int LossNumber = 0, PenaltyNumber = 1, CancelNumber = 2, BatchNumber = 3, FirstMeasure = 4;

    private readonly Trainer trainer;
    private readonly IProcessGroup group;
    private readonly ShardedGraph graph;
    private readonly Shards shards;
    private readonly ShardSums sums;
    private readonly Function shardFunction;
    private readonly Function updateFunction;
    private readonly Function? termFunction;
    private readonly Value[] inputs;
    private readonly Value[] outputs;
    private readonly Value[] termInputs;
    private readonly Value[] termOutputs;
    private readonly Value[] updateOutputs;
    private readonly Value share = Value.Of(0.0);
    private readonly Value index = Value.Of(0UL);
    private readonly double[] weights;
    private readonly double[,] terms;
    private readonly Value[] ratios;
    private readonly MeasureTotals measured;
    private ShardSum? total;
    private bool cancelled;
    private bool agreed;

    public ShardedStep(Trainer trainer, IProcessGroup group, DataLayout layout)
    {
        (this.trainer, this.group) = (trainer, group);
        TrainingAgreement.RequireSizes(group, trainer.Shards);
        graph = new ShardedGraph(trainer, layout, trainer.State.Optimizer);
        shards = new Shards(layout, trainer.Shards);
        shardFunction = Function.Compile(graph.Shard, trainer.Execution);
        updateFunction = Function.Compile(graph.Update, trainer.Execution);
        termFunction = graph.TermCounts is { } counts ? Function.Compile(counts, trainer.Execution) : null;
        int termCount = graph.TermCounts?.Outputs.Count ?? 0;
        inputs = new Value[graph.Shard.Inputs.Count];
        outputs = new Value[graph.Shard.Outputs.Count];
        termInputs = new Value[graph.TermCounts?.Inputs.Count ?? 0];
        termOutputs = new Value[termCount];
        updateOutputs = new Value[graph.Update.Outputs.Count];
        weights = new double[trainer.Shards];
        terms = new double[trainer.Shards, termCount];
        ratios = [.. Enumerable.Range(0, termCount).Select(_ => Value.Of(0.0))];
        measured = new MeasureTotals(graph.Measures);
        sums = new ShardSums(group, graph.Shard.Outputs.Skip(graph.Summed), FirstMeasure + measured.Length);
    }

    /// <inheritdoc/>
    public override void Agree(IDataSource data, FitOptions options)
    {
        TrainingAgreement.Require(trainer, group, graph, data, options);
        // What is in memory has been compared; other batches are compared when they come.
        agreed = data.Columns is not null || group.Size == 1;
    }

    /// <inheritdoc/>
    public override bool IsCancelled(CancellationToken cancellation) => group.Size == 1 ? cancellation.IsCancellationRequested : cancelled;

    /// <inheritdoc/>
    public override void Save(Action save)
    {
        if (group.Rank == 0)
            save();
        group.Barrier(new Purpose("checkpoint", trainer.State.Steps));
    }

    /// <inheritdoc/>
    public override void Run(Batch batch, CancellationToken cancellation)
    {
        double all = 0.0;
        for (int s = 0; s < weights.Length; s++)
            all += weights[s] = shards.Weight(batch, s);
        CountTerms(batch);
        sums.Clear();
        int own = weights.Length / group.Size, first = group.Rank * own;
        for (int s = first; s < first + own; s++)
        {
            RunShard(batch, s, all, sums.Next());
            sums.Add();
        }

        long checksum = agreed ? 0L : Shards.Checksum(batch);
        sums.Own.Numbers[CancelNumber] = cancellation.IsCancellationRequested ? 1.0 : 0.0;
        sums.Own.Numbers[BatchNumber] = checksum;
        total = sums.Total(trainer.State.Steps + 1);
        if (total.Numbers[BatchNumber] != (double)checksum * group.Size)
        {
            throw new ProcessGroupException(
                $"Expected the same batch in all processes, found another one than that of rank {group.Rank} in step {trainer.State.Steps + 1}: their sources give different examples, or in another order.");
        }

        cancelled = total.Numbers[CancelNumber] > 0.0;
        Loss = total.Numbers[LossNumber];
        Objective = Loss + total.Numbers[PenaltyNumber];
        // A batch in which no example counts is not there.
        if (all == 0.0)
            return;
        updateFunction.RunInto(total.Values, updateOutputs, CancellationToken.None);
        Rate = updateOutputs[ShardedGraph.RateOutput].Scalar();
        Objective += updateOutputs[ShardedGraph.OtherPenaltyOutput].Scalar();
    }

    /// <inheritdoc/>
    public override void AddTo(MeasureTotals totals, int count) => totals.Add(total!.Numbers[FirstMeasure..]);

    private void RunShard(Batch batch, int shard, double all, ShardSum sum)
    {
        if (weights[shard] == 0.0 || shards.Of(batch, shard) is not { } piece)
        {
            sum.Clear();
            return;
        }

        double part = weights[shard] / all;
        for (int t = 0; t < ratios.Length; t++)
        {
            double terms = 0.0;
            for (int s = 0; s < weights.Length; s++)
                terms += this.terms[s, t];
            ratios[t].Span<double>()[0] = terms == 0.0 ? 0.0 : this.terms[shard, t] / terms / part;
        }

        share.Span<double>()[0] = part;
        index.Span<ulong>()[0] = (ulong)shard;
        Bind(piece, inputs, graph.Shard.Inputs.Count - 2 - ratios.Length);
        inputs[^2] = share;
        sum.Values.CopyTo(outputs.AsSpan(graph.Summed));
        shardFunction.RunInto(inputs, outputs, CancellationToken.None);
        measured.Clear();
        measured.Add(outputs, piece.Count);
        sum.Numbers[LossNumber] = outputs[ShardedGraph.LossOutput].Scalar();
        sum.Numbers[PenaltyNumber] = outputs[ShardedGraph.PenaltyOutput].Scalar();
        (sum.Numbers[CancelNumber], sum.Numbers[BatchNumber]) = (0.0, 0.0);
        measured.CopyTo(sum.Numbers[FirstMeasure..]);
    }

    /// <summary>Each process has the whole batch, and counts all pieces.</summary>
    private void CountTerms(Batch batch)
    {
        for (int s = 0; s < weights.Length && termFunction is not null; s++)
        {
            for (int t = 0; t < ratios.Length; t++)
                terms[s, t] = 0.0;
            if (weights[s] == 0.0 || shards.Of(batch, s) is not { } piece)
                continue;
            index.Span<ulong>()[0] = (ulong)s;
            Bind(piece, termInputs, termInputs.Length - 1 - ratios.Length);
            termFunction.RunInto(termInputs, termOutputs, CancellationToken.None);
            for (int t = 0; t < ratios.Length; t++)
                terms[s, t] = termOutputs[t].Scalar();
        }
    }

    private void Bind(Batch piece, Value[] values, int fields)
    {
        ExampleSymbols.Bind(piece, graph.Shard.Inputs, values.AsSpan(0, fields));
        ratios.CopyTo(values, fields);
        values[^1] = index;
    }
}
