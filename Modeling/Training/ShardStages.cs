using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributed;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Training;

/// <summary>
/// The computation of the pieces of a process, cut where modules sum over all pieces of the batch: a stage is run for each piece, then all processes sum, then comes the next stage. Each
/// piece keeps what its later stages read. Without such sums there is one stage, and nothing is kept.
/// </summary>
internal sealed class ShardStages
{
    private readonly Stage[] stages;
    private readonly Value[][] kept;
    private readonly int inputs;

    /// <summary>Compiles the stages.</summary>
    /// <param name="shard">The computation of a piece.</param>
    /// <param name="pieces">The number of pieces of this process.</param>
    /// <param name="group">The processes.</param>
    /// <param name="options">Threads and switches.</param>
    public ShardStages(Signature shard, int pieces, IProcessGroup group, ExecutionOptions options)
    {
        inputs = shard.Inputs.Count;
        IReadOnlyList<Segment> segments = Segment.Cut(shard, node => node.Operation is SumOverPieces);
        var places = new Dictionary<Variable, int>(ReferenceEqualityComparer.Instance);
        foreach (Variable variable in shard.Inputs.Concat(segments.SelectMany(segment => segment.Results.Concat(segment.After.SelectMany(node => node.Outputs)))))
            places.TryAdd(variable, places.Count);
        stages = [.. segments.Select(segment => new Stage(segment, places, group, options))];
        kept = [.. Enumerable.Range(0, stages.Length == 1 ? 1 : pieces).Select(_ => new Value[places.Count])];
    }

    /// <summary>The number of stages.</summary>
    public int Count => stages.Length;

    /// <summary>The inputs of a piece, to be written before the first stage.</summary>
    /// <param name="piece">The number of the piece in this process.</param>
    public Span<Value> InputsOf(int piece) => KeptOf(piece).AsSpan(0, inputs);

    /// <summary>Begins a stage that is not the last.</summary>
    public void Begin(int stage) => stages[stage].Sums!.Clear();

    /// <summary>Runs a stage that is not the last for a piece.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="piece">The number of the piece in this process.</param>
    /// <param name="isEmpty">Whether no example of it counts.</param>
    public void Run(int stage, int piece, bool isEmpty)
    {
        Stage now = stages[stage];
        ShardSum sum = now.Sums!.Next();
        if (isEmpty)
        {
            sum.Clear();
        }
        else
        {
            Value[] own = kept[piece];
            // The memory of the last time, if it fits.
            for (int i = 0; i < now.Outputs.Length; i++)
                now.Outputs[i] = own[now.Results[i]];
            now.Run(own, now.Outputs);
            for (int i = 0; i < now.Outputs.Length; i++)
                own[now.Results[i]] = now.Outputs[i];
            for (int i = 0; i < sum.Values.Length; i++)
                sum.Values[i].CopyFrom(own[now.Summed[i]]);
        }

        now.Sums.Add();
    }

    /// <summary>Ends a stage that is not the last: its sums are there for all pieces.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="step">The step of the training.</param>
    public void End(int stage, long step)
    {
        Stage now = stages[stage];
        Value[] total = now.Sums!.Total(step).Values;
        foreach (Value[] own in kept)
        {
            for (int i = 0; i < total.Length; i++)
                own[now.Sum[i]] = total[i];
        }
    }

    /// <summary>Runs the last stage for a piece.</summary>
    /// <param name="piece">The number of the piece in this process.</param>
    /// <param name="outputs">Places for the outputs of the computation.</param>
    public void RunLast(int piece, Value[] outputs) => stages[^1].Run(KeptOf(piece), outputs);

    private Value[] KeptOf(int piece) => kept[kept.Length == 1 ? 0 : piece];

    /// <summary>A stage, and where its values are kept.</summary>
    private sealed class Stage
    {
        private readonly Function function;
        private readonly int[] sources;
        private readonly Value[] arguments;

        public Stage(Segment segment, Dictionary<Variable, int> places, IProcessGroup group, ExecutionOptions options)
        {
            function = Function.Compile(segment.Signature, options);
            sources = [.. segment.Sources.Select(source => places[source])];
            arguments = new Value[sources.Length];
            Results = [.. segment.Results.Select(result => places[result])];
            Outputs = new Value[Results.Length];
            Summed = [.. segment.After.Select(node => places[node.Inputs[0]])];
            Sum = [.. segment.After.Select(node => places[node.Outputs[0]])];
            if (Sum.Length > 0)
                Sums = new ShardSums(group, segment.After.Select((node, i) => new Output($"sum{i}", node.Outputs[0])), 0, ("batch statistics", "batch statistics"));
        }

        /// <summary>Where results are kept.</summary>
        public int[] Results { get; }

        /// <summary>Where what is summed after the stage is kept.</summary>
        public int[] Summed { get; }

        /// <summary>Where the sums are kept.</summary>
        public int[] Sum { get; }

        /// <summary>Room for results.</summary>
        public Value[] Outputs { get; }

        /// <summary>Sums after the stage; null for the last.</summary>
        public ShardSums? Sums { get; }

        public void Run(Value[] own, Value[] outputs)
        {
            for (int i = 0; i < arguments.Length; i++)
                arguments[i] = own[sources[i]];
            function.RunInto(arguments, outputs, CancellationToken.None);
        }
    }
}
