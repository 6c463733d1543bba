using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// (x − μ)/√(σ² + ε)·γ + β for each unit or channel. In training μ and σ² are those of the batch (over all axes but 1), and gradients flow through them;
/// at inference they are running means, m ← ρm + (1 − ρ)·batch value. Source: book section 8.7.1, equation 8.35; Ioffe, Szegedy 2015.
/// </summary>
/// <remarks>
/// Input [batch, channels, …], result of the same shape. Padding of ragged axes does not count. The variance is that of the batch, divided by n. Where examples have weights, all of these are weighted means.
/// A batch with fewer examples (or a smaller sum of weights) than the largest so far counts for the running means in proportion: m ← m + (1 − ρ)·(n/n_max)·(batch
/// value − m). One value per channel has no variance: such a batch is normalized with the running means, and leaves them alone. With <see cref="Parts"/> all of this
/// holds for each part of a batch, and the batch value of the running means is the mean over the parts, each in proportion to its examples.
/// Where a group of processes trains on pieces of a batch (<see cref="Training.Trainer.Group"/>), all of this holds for each piece, and the running means follow the mean of the pieces; with
/// <see cref="Synchronized"/> for the batch.
/// </remarks>
public sealed class BatchNormalization : Module
{
    /// <summary>A normalizing layer.</summary>
    /// <param name="channels">The size of axis 1 of the input.</param>
    public BatchNormalization(int channels)
    {
        Channels = Settings.AtLeastOne(channels);
    }

    /// <summary>The size of axis 1 of the input.</summary>
    public int Channels { get; }

    /// <summary>ε: keeps the division harmless; 10⁻⁵ by default.</summary>
    public double Stabilizer { get; init => field = Settings.Positive(value); } = 1e-5;

    /// <summary>ρ: the share of the running means that is kept with each step, at least 0 and below 1; 0.9 by default.</summary>
    public double Decay { get; init => field = Settings.Rate(value); } = 0.9;

    /// <summary>The numbers of examples, at least 1 each, of the first parts of a batch that have means and variances of their own, in training; the examples after them
    /// are one more part. A batch that ends sooner has fewer parts. Empty by default: the whole batch is one. So labelled examples, which come first, cannot stand out
    /// from unlabelled ones by the size of their hidden units. Source: Miyato et al., "Virtual adversarial training", 2018, section 4.3, and Hoffer, Hubara, Soudry, "Train
    /// longer, generalize better", 2017, algorithm 1 (ghost batch normalization).</summary>
    public IntList Parts { get; init => field = [.. value.Select(size => Settings.AtLeastOne(size, nameof(Parts)))]; } = [];

    /// <summary>Whether means and variances are those of the whole batch where a group of processes trains on pieces of it (<see cref="Training.Trainer.Group"/>), as in SyncBatchNorm of PyTorch;
    /// false by default: each piece has its own. They are made of c, the number of examples or Σ w, mean m and variance v of the pieces: μ = Σ c·m/Σ c, σ² = Σ c·(v + m²)/Σ c − μ², sums by the
    /// fixed tree of the group, in float64. Each layer costs two short messages a step, one on the way back. Not with <see cref="Parts"/>. Without a group it changes nothing.</summary>
    public bool Synchronized { get; init; }

    /// <summary>γ, of shape [channels].</summary>
    public Parameter Scale => Own[0];

    /// <summary>β, of shape [channels].</summary>
    public Parameter Shift => Own[1];

    /// <inheritdoc/>
    protected internal override string Kind => "batchnorm";

    /// <inheritdoc/>
    protected internal override string? FaultWhenDrawn => "would use the batch of the moment: expected a model without it, found one with it";

    /// <inheritdoc/>
    protected internal override string Description => $"BatchNormalization {Channels}";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        ChannelAxis.Check(this, input, Channels);
        Parameter runningMean = Own[2], runningVariance = Own[3];
        if (context.Mode != Mode.Training || context.IsFrozen)
            return new Autograd.Operations.Normalization.BatchNormalization(Stabilizer).Apply(input, Scale, Shift, runningMean, runningVariance);
        if (Synchronized && Parts.Count > 0)
            throw new GraphException($"Expected {nameof(Synchronized)} or {nameof(Parts)} in {Title}, found both: parts are the first examples of what is normalized at once.");
        Variable?[] ends = [.. RowsBefore(input)];
        Part[] parts = [.. ends.Select((_, p) => new Part(input, Weight(ends, p, context.Weight), context, Synchronized && context.IsPiece))];
        Follow(parts, input, context);
        Variable mean = Rows(ends, parts, part => Ops.Where(part.Single, runningMean.Variable, part.Mean));
        Variable variance = Rows(ends, parts, part => Ops.Where(part.Single, runningVariance.Variable, part.Variance));
        return ((input - mean) * (Spread(Scale) / (variance + Stabilizer).Sqrt())) + Spread(Shift);

        Variable Spread(Variable perChannel) => ChannelAxis.Spread(this, perChannel, input, Channels);

        Variable Rows(Variable?[] ends, Part[] parts, Func<Part, Variable> value)
        {
            Variable rows = Spread(value(parts[^1]));
            for (int p = parts.Length - 2; p >= 0; p--)
                rows = Ops.Where(WeightedMean.Spread(ends[p]!, input), Spread(value(parts[p])), rows);
            return rows;
        }
    }

    /// <summary>For each part which examples lie before its end; null for all.</summary>
    private IEnumerable<Variable?> RowsBefore(Variable input)
    {
        if (Parts.Count > 0)
        {
            Variable row = Positions.Of(input.Shape[0], input).Cast(DType.Float64);
            int end = 0;
            foreach (int size in Parts)
                yield return Ops.Less(row, end += size);
        }

        yield return null;
    }

    /// <summary>How much each example counts in a part.</summary>
    private static Variable? Weight(Variable?[] ends, int part, Variable? weight)
    {
        if (ends.Length == 1)
            return weight;
        Variable before = part == 0 ? Variable.Scalar(0.0, DType.Float64) : ends[part - 1]!.Cast(DType.Float64);
        Variable inside = (ends[part]?.Cast(DType.Float64) ?? Variable.Scalar(1.0, DType.Float64)) - before;
        return weight is null ? inside : weight.Cast(DType.Float64) * inside;
    }

    /// <summary>Moves the running means by what the parts that have a variance say, in proportion to their examples.</summary>
    private void Follow(Part[] parts, Variable input, ForwardContext context)
    {
        Variable[] counts = [.. parts.Select(part => Ops.Where(part.Single, 0.0, part.Examples))];
        Variable counted = Sum(counts), all = Sum(parts.Select(part => part.Examples));

        // n/n_max: exactly 1 for the largest batch so far, 0 where all weights are 0.
        Variable greatest = Ops.Max(Own[4], all);
        context.Update(Own[4], greatest);
        Variable share = (1.0 - Decay) * (counted / Ops.Where(Ops.Greater(greatest, 0.0), greatest, 1.0));
        Variable keep = (1.0 - share).Cast(DType.Float32), take = share.Cast(DType.Float32);
        context.Update(Own[2], (keep * Own[2].Variable) + (take * Mean(part => part.Mean)));
        context.Update(Own[3], (keep * Own[3].Variable) + (take * Mean(part => part.Variance)));

        Variable Mean(Func<Part, Variable> value) => parts.Length == 1
            ? value(parts[0])
            : Sum(parts.Select((part, p) => (counts[p] / Ops.Where(Ops.Greater(counted, 0.0), counted, 1.0)).Cast(input.DType) * value(part)));

        static Variable Sum(IEnumerable<Variable> terms) => terms.Aggregate((a, b) => a + b);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
    [
        new Parameter(ParameterName("scale"), Value.Full(1.0, DType.Float32, Channels), ParameterRole.Scale),
        new Parameter(ParameterName("shift"), Value.Zeros(DType.Float32, Channels), ParameterRole.Bias),
        new Parameter(ParameterName("mean"), Value.Zeros(DType.Float32, Channels), ParameterRole.State),
        new Parameter(ParameterName("variance"), Value.Full(1.0, DType.Float32, Channels), ParameterRole.State),
        new Parameter(ParameterName("examples"), Value.Of(0.0), ParameterRole.State),
    ];

    /// <summary>The statistics of a part of a batch.</summary>
    private sealed class Part
    {
        public Part(Variable input, Variable? weight, ForwardContext context, bool synchronized)
        {
            IntList axes = [.. Enumerable.Range(0, input.Shape.Rank).Where(axis => axis != 1)];
            Mean = Masked.Mean(input, weight, axes, context);
            Variance = Masked.Mean((input - Mean.Reshape([input.Shape[1], .. Enumerable.Repeat(Dim.Of(1), input.Shape.Rank - 2)])).Square(), weight, axes, context);
            Examples = weight is null ? Ops.Size(input.Shape[0], DType.Float64, input) : weight.Cast(DType.Float64).Sum();

            // How many numbers a statistic is made of: examples that count, times places.
            int[] others = [.. Enumerable.Range(2, input.Shape.Rank - 2)];
            Variable? counts = weight is null ? null : Ops.Greater(weight, 0.0).Cast(DType.Float64);
            if (Masked.Places(input, others, context)?.Cast(DType.Float64) is { } places)
                counts = counts is null ? places : places * WeightedMean.Spread(counts, input);
            Variable numbers = (counts?.Sum() ?? Examples) * Masked.WholeSize(input, others, context, DType.Float64);
            if (synchronized)
            {
                (Mean, Variance) = Whole(Masked.Count(input, weight, others, context), Mean, Variance, context);
                (Examples, numbers) = (context.OverPieces(Examples), context.OverPieces(numbers));
            }

            Single = Ops.Less(numbers, 2.0);
        }

        public Variable Mean { get; }

        public Variable Variance { get; }

        /// <summary>Mean and variance over all pieces. The squares of means, which the variance is the difference of, are float64 and made of the same m.</summary>
        private static (Variable Mean, Variable Variance) Whole(Variable count, Variable mean, Variable variance, ForwardContext context)
        {
            Variable m = mean.Cast(DType.Float64), v = variance.Cast(DType.Float64);
            Variable all = context.OverPieces(count), divisor = Ops.Where(Ops.Greater(all, 0.0), all, 1.0);
            Variable wholeMean = context.OverPieces(count * m) / divisor;
            Variable wholeVariance = (context.OverPieces(count * (v + m.Square())) / divisor) - wholeMean.Square();
            return (wholeMean.Cast(mean.DType), Ops.Max(wholeVariance, 0.0).Cast(variance.DType));
        }

        /// <summary>n, or Σ w.</summary>
        public Variable Examples { get; }

        /// <summary>Whether there is no variance, since a channel has one value, or none.</summary>
        public Variable Single { get; }
    }
}
