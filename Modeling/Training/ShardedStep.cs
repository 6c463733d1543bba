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
    private readonly ShardStages stages;
    private readonly Function updateFunction;
    private readonly Function? termFunction;
    private readonly Value[] outputs;
    private readonly Value[] termInputs;
    private readonly Value[] termOutputs;
    private readonly Value[] updateOutputs;
    private readonly int[] sizes;
    private readonly double[] weights;
    private readonly double[,] terms;
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
        stages = new ShardStages(graph.Shard, trainer.Shards / group.Size, group, trainer.Execution);
        updateFunction = Function.Compile(graph.Update, trainer.Execution);
        termFunction = graph.TermCounts is { } signature ? Function.Compile(signature, trainer.Execution) : null;
        int termCount = graph.TermCounts?.Outputs.Count ?? 0;
        outputs = new Value[graph.Shard.Outputs.Count];
        termInputs = termFunction is not null ? [.. new Value[termFunction.Signature.Inputs.Count - termCount - 1], .. Numbers(termCount)] : [];
        termOutputs = new Value[termCount];
        updateOutputs = new Value[graph.Update.Outputs.Count];
        sizes = new int[trainer.Shards / group.Size];
        for (int piece = 0; piece < sizes.Length; piece++)
            Numbers(termCount + 1).CopyTo(stages.InputsOf(piece)[^(termCount + 2)..]);
        weights = new double[trainer.Shards];
        terms = new double[trainer.Shards, termCount];
        measured = new MeasureTotals(graph.Measures);
        sums = new ShardSums(group, graph.Shard.Outputs.Skip(graph.Summed), FirstMeasure + measured.Length, ("loss and metrics", "gradients"));
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
        RunPieces(batch, all);
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
        // A batch in which no example sizes is not there.
        if (all == 0.0)
            return;
        updateFunction.RunInto(total.Values, updateOutputs, CancellationToken.None);
        Rate = updateOutputs[ShardedGraph.RateOutput].Scalar();
        Objective += updateOutputs[ShardedGraph.OtherPenaltyOutput].Scalar();
    }

    /// <inheritdoc/>
    public override void AddTo(MeasureTotals totals, int count) => totals.Add(total!.Numbers[FirstMeasure..]);

    private void RunPieces(Batch batch, double all)
    {
        sums.Clear();
        // Pieces whose forward passes do not meet follow each other in the same memory.
        bool meet = stages.Count > 1;
        for (int piece = 0; piece < sizes.Length && meet; piece++)
            Bind(batch, piece, piece, all);
        for (int stage = 0; stage < stages.Count - 1; stage++)
        {
            stages.Begin(stage);
            for (int piece = 0; piece < sizes.Length; piece++)
                stages.Run(stage, piece, isEmpty: sizes[piece] == 0);
            stages.End(stage, trainer.State.Steps + 1);
        }

        for (int piece = 0; piece < sizes.Length; piece++)
        {
            if (!meet)
                Bind(batch, piece, 0, all);
            Finish(piece, sums.Next());
            sums.Add();
        }
    }

    /// <summary>Makes the inputs of a piece.</summary>
    private void Bind(Batch batch, int piece, int place, double all)
    {
        int shard = (group.Rank * sizes.Length) + piece;
        sizes[piece] = 0;
        if (weights[shard] == 0.0 || shards.Of(batch, shard, place) is not { } examples)
            return;
        sizes[piece] = examples.Count;
        Span<Value> inputs = stages.InputsOf(piece);
        int fields = inputs.Length - TermCount - 2;
        ExampleSymbols.Bind(examples, graph.Shard.Inputs, inputs[..fields]);
        double part = weights[shard] / all;
        for (int t = 0; t < TermCount; t++)
        {
            double terms = 0.0;
            for (int s = 0; s < weights.Length; s++)
                terms += this.terms[s, t];
            inputs[fields + t].Span<double>()[0] = terms == 0.0 ? 0.0 : this.terms[shard, t] / terms / part;
        }

        inputs[^2].Span<double>()[0] = part;
        inputs[^1].Span<ulong>()[0] = (ulong)shard;
    }

    private void Finish(int piece, ShardSum sum)
    {
        if (sizes[piece] == 0)
        {
            sum.Clear();
            return;
        }

        sum.Values.CopyTo(outputs.AsSpan(graph.Summed));
        stages.RunLast(piece, outputs);
        measured.Clear();
        measured.Add(outputs, sizes[piece]);
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
            for (int t = 0; t < TermCount; t++)
                terms[s, t] = 0.0;
            if (weights[s] == 0.0 || shards.Of(batch, s) is not { } piece)
                continue;
            termInputs[^1].Span<ulong>()[0] = (ulong)s;
            ExampleSymbols.Bind(piece, graph.Shard.Inputs, termInputs.AsSpan(0, termInputs.Length - TermCount - 1));
            termFunction.RunInto(termInputs, termOutputs, CancellationToken.None);
            for (int t = 0; t < TermCount; t++)
                terms[s, t] = termOutputs[t].Scalar();
        }
    }

    private int TermCount => termOutputs.Length;

    /// <summary>So many float64 numbers, and a counter.</summary>
    private static Value[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => Value.Of(0.0)), Value.Of(0UL)];
}
