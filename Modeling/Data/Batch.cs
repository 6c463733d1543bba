using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>
/// A few examples side by side, in memory that the next batch of the same pass overwrites: valid until the enumeration moves on.
/// </summary>
/// <remarks>A source of one's own fills a batch with <see cref="Add(ReadOnlySpan{float}, long, ReadOnlySpan{float}, float)"/> and starts the next one with <see cref="Clear"/>.</remarks>
public sealed class Batch
{
    private const int FirstRoom = 64;

    // Room for 'room' examples: more is made as examples come, so that a great capacity costs nothing by itself.
    private Value features;
    private Value target;
    private Value? weights;
    private int room;
    private (Value Features, Value Target, Value? Weights)? few;

    /// <summary>An empty batch.</summary>
    /// <param name="layout">The shape of one example.</param>
    /// <param name="capacity">How many examples a full batch has, at least 1.</param>
    public Batch(DataLayout layout, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        Layout = layout;
        Capacity = capacity;
        room = Math.Min(capacity, FirstRoom);
        (features, target, weights) = Allocate(room);
    }

    /// <summary>The shape of one example.</summary>
    public DataLayout Layout { get; }

    /// <summary>How many examples a full batch has.</summary>
    public int Capacity { get; }

    /// <summary>How many examples this batch has: <see cref="Capacity"/>, or fewer in the last batch of a pass.</summary>
    public int Count { get; private set; }

    /// <summary>The features, float32 of shape [Count, …].</summary>
    public Value Features => Count == room ? features : Few().Features;

    /// <summary>The labels, int64 of shape [Count], or the targets, float32 of shape [Count, …].</summary>
    public Value Target => Count == room ? target : Few().Target;

    /// <summary>The weights, float32 of shape [Count]; null if examples have none and so count once each.</summary>
    public Value? Weights => Count == room ? weights : Few().Weights;

    /// <summary>The labels.</summary>
    /// <exception cref="DTypeException">Examples carry targets instead.</exception>
    public ReadOnlySpan<long> Labels => Target.Span<long>();

    /// <summary>A field of all examples, of shape [Count, …].</summary>
    /// <param name="field">Its name, one of the <see cref="DataLayout.Fields"/>.</param>
    /// <exception cref="ArgumentException">Examples have no such field.</exception>
    public Value this[string field] => field switch
    {
        DataLayout.Input => Features,
        DataLayout.Target => Target,
        DataLayout.Weight when Weights is { } weight => weight,
        _ => throw new ArgumentException($"Expected one of the fields {string.Join(", ", Layout.Fields.Select(f => $"\"{f.Name}\""))}, found \"{field}\".", nameof(field)),
    };

    /// <summary>Empties the batch.</summary>
    public void Clear() => Count = 0;

    /// <summary>Puts an example behind those that are there.</summary>
    /// <param name="exampleFeatures">Its features in row-major order.</param>
    /// <param name="label">Its label; not looked at if examples carry targets.</param>
    /// <param name="exampleTarget">Its target in row-major order; empty if examples carry labels.</param>
    /// <param name="weight">Its weight, at least 0; 1 (the default) if examples have none.</param>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    /// <exception cref="DataException">The weight is negative, NaN or infinite, or is not 1 where examples have none.</exception>
    public void Add(ReadOnlySpan<float> exampleFeatures, long label, ReadOnlySpan<float> exampleTarget, float weight = 1f)
    {
        if (Count == Capacity)
            throw new InvalidOperationException($"The batch is full: it holds {Capacity} examples.");
        ExampleCheck.Weight(weight, Layout, Count);
        Reserve(Count + 1);
        Count++;
        Set(Count - 1, exampleFeatures, label, exampleTarget, weight);
    }

    /// <summary>Puts the example of a slot of another batch behind those that are there.</summary>
    internal void Add(Batch from, int slot) => Add(
        from.features.Span<float>().Slice(slot * Layout.FeatureLength, Layout.FeatureLength),
        Layout.HasLabels ? from.target.Span<long>()[slot] : -1,
        Layout.HasLabels ? [] : from.target.Span<float>().Slice(slot * Layout.TargetLength, Layout.TargetLength),
        from.WeightOf(slot));

    /// <summary>The sum of the weights: the number of examples where they have none.</summary>
    internal double TotalWeight()
    {
        if (weights is null)
            return Count;
        double sum = 0.0;
        foreach (float weight in weights.Span<float>()[..Count])
            sum += weight;
        return sum;
    }

    /// <summary>The weight of the example of a slot.</summary>
    internal float WeightOf(int slot) => weights is null ? 1f : weights.Span<float>()[slot];

    /// <summary>Takes all examples of a batch of the same capacity.</summary>
    internal void CopyFrom(Batch other)
    {
        Open(other.Count);
        Begin(other.features, features, Count);
        Begin(other.target, target, Count);
        if (weights is not null)
            Begin(other.weights!, weights, Count);
    }

    /// <summary>Makes room for so many examples, to be <see cref="Set"/>.</summary>
    internal void Open(int count)
    {
        Reserve(count);
        (few, Count) = (null, count);
    }

    /// <summary>Overwrites the example of a slot. Several threads may set different slots.</summary>
    internal void Set(int slot, ReadOnlySpan<float> exampleFeatures, long label, ReadOnlySpan<float> exampleTarget, float weight)
    {
        // Whatever was copied for an incomplete batch is out of date now.
        few = null;
        exampleFeatures.CopyTo(features.Span<float>().Slice(slot * Layout.FeatureLength, Layout.FeatureLength));
        if (Layout.HasLabels)
            target.Span<long>()[slot] = label;
        else
            exampleTarget.CopyTo(target.Span<float>().Slice(slot * Layout.TargetLength, Layout.TargetLength));
        if (weights is not null)
            weights.Span<float>()[slot] = weight;
    }

    /// <summary>Makes room for so many examples; those that are there stay.</summary>
    private void Reserve(int count)
    {
        if (count <= room)
            return;
        room = (int)Math.Min(Capacity, Math.Max(count, 2L * room));
        (Value oldFeatures, Value oldTarget, Value? oldWeights) = (features, target, weights);
        (features, target, weights) = Allocate(room);
        Begin(oldFeatures, features, Count);
        Begin(oldTarget, target, Count);
        if (weights is not null)
            Begin(oldWeights!, weights, Count);
    }

    /// <summary>Copies the first examples.</summary>
    private static void Begin(Value from, Value to, int count)
    {
        int bytes = from.Bytes.Length / from.Sizes[0] * count;
        from.Bytes[..bytes].CopyTo(to.Bytes);
    }

    private (Value Features, Value Target, Value? Weights) Few()
    {
        if (few is { } found && found.Features.Sizes[0] == Count)
            return found;
        (Value Features, Value Target, Value? Weights) copy = Allocate(Count);
        Begin(features, copy.Features, Count);
        Begin(target, copy.Target, Count);
        if (weights is not null)
            Begin(weights, copy.Weights!, Count);
        few = copy;
        return copy;
    }

    private (Value Features, Value Target, Value? Weights) Allocate(int count) => (
        Value.Zeros(DType.Float32, [count, .. Layout.FeatureShape]),
        Layout.HasLabels ? Value.Zeros(DType.Int64, count) : Value.Zeros(DType.Float32, [count, .. Layout.TargetShape]),
        Layout.HasWeights ? Value.Zeros(DType.Float32, count) : null);
}
