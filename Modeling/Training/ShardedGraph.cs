using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;

namespace Toolkit.Modeling.Training;

/// <summary>
/// A step of training in two computations. The first, of a piece of the batch (a shard), gives what is to be summed over the pieces: the gradients, and what modules make of the examples,
/// such as running means, each counting by the share of the piece in the weights of the batch. The second makes updates of the sums.
/// </summary>
/// <remarks>
/// The loss of the batch is that of the whole step: each of its terms is divided by its Σ w·m over the batch. Penalties that read examples are means over the pieces, those of parameters
/// alone are added once. Statistics of the batch in modules are those of a piece, unless they are summed over the
/// pieces (<see cref="SumOverPieces"/>). Random numbers differ between pieces: a counter c is replaced by c·S + s in piece s of S.
/// </remarks>
internal sealed class ShardedGraph
{
    /// <summary>The places of the outputs of <see cref="Shard"/>: share·loss and share·(penalties that read examples), float64; what is measured, and what is to be summed, follow.</summary>
    public const int LossOutput = 0, PenaltyOutput = 1;

    /// <summary>The places of the outputs of <see cref="Update"/>.</summary>
    public const int RateOutput = 0, OtherPenaltyOutput = 1;

    private readonly Variable share = Variable.Input("shard.share", DType.Float64, []);
    private readonly Variable index = Variable.Input("shard.index", DType.UInt64, []);

    public ShardedGraph(Trainer trainer, DataLayout layout, OptimizerState state)
    {
        CheckModel(trainer.Model);
        var terms = new TermShares();
        var step = new StepObjective(trainer, layout, state, terms);
        ILookup<bool, Variable> ofExamples = step.Penalties.ToLookup(penalty => Reads(step, penalty));
        Variable[] penalties = [.. ofExamples[true]], others = [.. ofExamples[false]];
        Variable total = penalties.Aggregate(step.Objective.Loss, (sum, penalty) => sum + penalty);
        Update[] averaged = [.. step.Context.Updates.Where(update => Reads(step, update.NewValue))];
        foreach (Update update in averaged)
            RequireNumber(update.Parameter);

        var measures = new MeasureList(new Output("shard.loss", Share(step.Objective.Loss)), new Output("shard.penalty", Share(Sum(penalties))));
        measures.AddLoss(trainer.Loss.TermsOf(step.Objective.Outputs, step.Symbols.Fields, step.Symbols));
        measures.AddMetrics(trainer.Metrics, step.Objective.Outputs, step.Symbols, trainer.Loss);
        Measures = measures.Measures;
        Summed = measures.Outputs.Count;
        Output[] summed =
        [
            .. step.Learned.Zip(step.ScaledGradients(share.Cast(total.DType) * total), (parameter, gradient) => new Output($"gradient.{parameter.Name}", Wide(gradient))),
            .. averaged.Select(update => new Output($"average.{update.Parameter.Name}", Wide(Share(update.NewValue, update.Parameter.DType)))),
        ];
        var numbers = new Substitution(Counters(trainer.Shards, step.Context.Updates.Except(averaged)));
        Shard = numbers.Apply(new Signature([.. step.Inputs, share, index], [.. measures.Outputs, .. summed], name: "training_shard"));
        TermCounts = terms.Counts.Count == 0 ? null
            : numbers.Apply(new Signature([.. step.Inputs, index], [.. terms.Counts.Select((count, i) => new Output($"{terms.Inputs[i].Name}.count", count))], name: "term_counts"));
        CheckSums(Shard.Nodes, mayMeet: true);
        CheckSums(TermCounts?.Nodes ?? [], mayMeet: false);
        Update = BuildUpdate(trainer, step, state, averaged, [.. summed.Select(output => Variable.Input(output.Name, output.Variable.DType, output.Variable.Shape))], Sum(others));
    }

    /// <summary>Inputs: the fields of examples and lengths of ragged axes, the terms that <see cref="TermCounts"/> counts, "shard.share" and "shard.index".</summary>
    public Signature Shard { get; }

    /// <summary>How many outputs of <see cref="Shard"/> come before those that are summed element by element.</summary>
    public int Summed { get; }

    /// <summary>Where <see cref="Shard"/> puts out sums of loss and metrics.</summary>
    public Measures Measures { get; }

    /// <summary>Σ w·m of the terms of the loss in a piece, for those that do not count examples by their weight alone; null if there are none.</summary>
    public Signature? TermCounts { get; }

    /// <summary>Inputs: the sums. Outputs: "learning_rate" and "penalty", that of parameters alone. Updates everything.</summary>
    public Signature Update { get; }

    private static Signature BuildUpdate(Trainer trainer, StepObjective step, OptimizerState state, Update[] averaged, Variable[] sums, Variable penalty)
    {
        int learned = step.Learned.Count;
        Variable[] scaled = [.. step.Learned.Select((parameter, i) => sums[i].Cast(parameter.DType))];
        IReadOnlyList<Variable> gradients = step.Scaling?.Unscaled(scaled) ?? scaled;
        IReadOnlyList<Variable?> further = Gradient.OrNull(penalty, [.. step.Learned.Select(parameter => parameter.Variable)]);
        Dictionary<Parameter, Variable> averages = averaged.Select((update, i) => (update.Parameter, Average: sums[learned + i])).ToDictionary(pair => pair.Parameter, pair => pair.Average);
        IReadOnlyList<Update> updates = step.Updates(
            [.. gradients.Zip(further, (sum, other) => other is null ? sum : sum + other)],
            step.Context.Updates.Select(update => averages.TryGetValue(update.Parameter, out Variable? average) ? update with { NewValue = average.Cast(update.Parameter.DType) } : update));
        return new Signature(sums, [new Output("learning_rate", trainer.Optimizer.Rate(state)), new Output("penalty", penalty.Cast(DType.Float64))], updates, "training_update");
    }

    /// <summary>What takes the place of the counters of random numbers in a piece.</summary>
    private Dictionary<Variable, Variable> Counters(int shards, IEnumerable<Update> updates) => updates
        .Where(update => update.Parameter.DType == DType.UInt64)
        .ToDictionary(update => update.Parameter.Variable, update => Ops.Add(Ops.Mul(update.Parameter, Variable.Of(Value.Of((ulong)shards))), index));

    private static bool Reads(StepObjective step, Variable variable) => step.Symbols.ReadBy([variable]).Count > 0;

    private static Variable Sum(Variable[] terms) => terms.Length == 0 ? Variable.Scalar(0.0, DType.Float32) : terms.Aggregate((sum, term) => sum + term);

    private Variable Share(Variable x, DType? type = null) => share.Cast(type ?? DType.Float64) * x.Cast(type ?? DType.Float64);

    // What is summed is float64 where it was, and float32 otherwise.
    private static Variable Wide(Variable x) => x.DType is DType.Float64 or DType.Float32 ? x : x.Cast(DType.Float32);

    private static void RequireNumber(Parameter parameter)
    {
        if (!parameter.DType.IsFloating())
        {
            throw new GraphException(
                $"Expected that what a step makes of the examples besides gradients are real numbers, of which the pieces of a batch have a mean; found \"{parameter.Name}\" of type {parameter.DType}.");
        }
    }

    /// <summary>Refuses sums over pieces where the computation cannot be cut: in a loop, or in what a term of the loss counts.</summary>
    private static void CheckSums(IEnumerable<Node> nodes, bool mayMeet)
    {
        foreach (Node node in nodes)
        {
            if (!mayMeet && node.Operation is SumOverPieces)
            {
                throw new GraphException(
                    $"Expected statistics of a whole batch ({nameof(BatchNormalization)}.{nameof(BatchNormalization.Synchronized)}) neither within a loop, such as that of {nameof(Regularizers.Contractive)}, " +
                    "nor in what a term of the loss counts, found them there: without it each piece of a batch has its own.");
            }

            CheckSums((node.Operation as IHasBodies)?.Bodies.SelectMany(body => body.Nodes) ?? [], mayMeet: false);
        }
    }

    private static void CheckModel(Model model)
    {
        if (model.FaultWhenShuffled is not null)
        {
            throw new GraphException(
                $"Expected a model whose batches can be cut into pieces, found {model.Title}, which carries something on from each example of a batch to the same place of the next: train without {nameof(Trainer.Group)}.");
        }

        foreach (Model child in model.Children)
            CheckModel(child);
    }
}
