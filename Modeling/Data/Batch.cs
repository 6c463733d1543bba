using System.Runtime.InteropServices;
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
    private readonly BatchColumn[] columns;
    private readonly BatchColumn? features;
    private readonly BatchColumn? target;
    private readonly BatchColumn? weights;
    private int room;

    /// <summary>An empty batch.</summary>
    /// <param name="layout">The shape of one example.</param>
    /// <param name="capacity">How many examples a full batch has, at least 1.</param>
    public Batch(DataLayout layout, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        Layout = layout;
        Capacity = capacity;
        room = Math.Min(capacity, FirstRoom);
        columns = [.. layout.Fields.Select(field => BatchColumn.Create(field, room))];
        features = Find(DataLayout.Input);
        target = Find(DataLayout.Target);
        weights = Find(DataLayout.Weight);
    }

    /// <summary>The shape of one example.</summary>
    public DataLayout Layout { get; }

    /// <summary>How many examples a full batch has.</summary>
    public int Capacity { get; }

    /// <summary>How many examples this batch has: <see cref="Capacity"/>, or fewer in the last batch of a pass.</summary>
    public int Count { get; private set; }

    /// <summary>The features, float32 of shape [Count, …]: the field "input".</summary>
    /// <exception cref="ArgumentException">Examples have no such field.</exception>
    public Value Features => this[DataLayout.Input];

    /// <summary>The labels, int64 of shape [Count], or the targets, float32 of shape [Count, …]: the field "target".</summary>
    /// <exception cref="ArgumentException">Examples have no such field.</exception>
    public Value Target => this[DataLayout.Target];

    /// <summary>The weights, float32 of shape [Count]; null if examples have none and so count once each.</summary>
    public Value? Weights => weights?.First(Count);

    /// <summary>The labels.</summary>
    /// <exception cref="DTypeException">Examples carry targets instead.</exception>
    public ReadOnlySpan<long> Labels => Target.Span<long>();

    /// <summary>A field of all examples, of shape [Count, …]; sequences are padded with zeros to a common length.</summary>
    /// <param name="field">Its name, one of the <see cref="DataLayout.Fields"/>.</param>
    /// <exception cref="ArgumentException">Examples have no such field.</exception>
    public Value this[string field] => (Find(field) ?? throw new ArgumentException(
        $"Expected one of the fields {string.Join(", ", columns.Select(column => $"\"{column.Field.Name}\""))}, found \"{field}\".", nameof(field))).First(Count);

    /// <summary>The length of a ragged axis in each example, int64 of shape [Count].</summary>
    /// <param name="axis">Its symbol, such as "time".</param>
    /// <exception cref="ArgumentException">No field has such an axis.</exception>
    public Value LengthsOf(string axis)
    {
        var column = (RaggedBatchColumn?)Array.Find(columns, column => column.Field.Axis == axis)
            ?? throw new ArgumentException($"Expected the symbol of a ragged axis ({string.Join(", ", Layout.Axes)}), found \"{axis}\".", nameof(axis));
        return Value.Of([.. column.Lengths[..Count].ToArray().Select(length => (long)length)], Count);
    }

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        Count = 0;
        foreach (BatchColumn column in columns)
            column.Clear();
    }

    /// <summary>Puts an example behind those that are there.</summary>
    /// <param name="exampleFeatures">Its features in row-major order.</param>
    /// <param name="label">Its label; not looked at if examples carry targets.</param>
    /// <param name="exampleTarget">Its target in row-major order; empty if examples carry labels.</param>
    /// <param name="weight">Its weight, at least 0; 1 (the default) if examples have none.</param>
    /// <exception cref="InvalidOperationException">The batch is full, or examples have other fields.</exception>
    /// <exception cref="ArgumentException">Features or target have another length.</exception>
    /// <exception cref="DataException">The weight is negative, NaN or infinite, or is not 1 where examples have none.</exception>
    public void Add(ReadOnlySpan<float> exampleFeatures, long label, ReadOnlySpan<float> exampleTarget, float weight = 1f)
    {
        ExampleCheck.Weight(weight, Layout, Count);
        Set(Next(), exampleFeatures, label, exampleTarget, weight);
    }

    /// <summary>Puts an example that was checked behind those that are there.</summary>
    internal void Add(in Example example) => Set(Next(), example);

    /// <summary>Puts the example of a slot of another batch behind those that are there.</summary>
    internal void Add(Batch from, int slot)
    {
        int next = Next();
        for (int i = 0; i < columns.Length; i++)
            columns[i].Set(next, from.columns[i].Row(slot));
    }

    /// <summary>Takes examples of a data set of the same layout. What nobody reads is not copied.</summary>
    /// <param name="from">Its fields.</param>
    /// <param name="order">The order of its rows; null as they stand.</param>
    /// <param name="start">The place of the first example in this order.</param>
    /// <param name="count">How many, at most as many as the batch can have.</param>
    internal void Refer(IReadOnlyList<Column> from, int[]? order, int start, int count)
    {
        Count = count;
        for (int i = 0; i < columns.Length; i++)
            columns[i].Refer(from[i], order, start, count);
    }

    /// <summary>The sum of the weights: the number of examples where they have none.</summary>
    internal double TotalWeight()
    {
        if (weights is null)
            return Count;
        double sum = 0.0;
        foreach (float weight in weights.First(Count).Span<float>())
            sum += weight;
        return sum;
    }

    /// <summary>The weight of the example of a slot.</summary>
    internal float WeightOf(int slot) => weights is null ? 1f : MemoryMarshal.Read<float>(weights.Row(slot));

    /// <summary>The content of a field of the example of a slot, without padding.</summary>
    internal ReadOnlySpan<byte> Row(string field, int slot) => Find(field)!.Row(slot);

    /// <summary>Takes all examples of a batch of the same capacity.</summary>
    internal void CopyFrom(Batch other)
    {
        Open(other.Count);
        for (int i = 0; i < columns.Length; i++)
            columns[i].CopyFrom(other.columns[i], Count);
    }

    /// <summary>Makes room for so many examples, to be set.</summary>
    internal void Open(int count)
    {
        Clear();
        Reserve(count);
        Count = count;
    }

    /// <summary>Overwrites the example of a slot by one that was checked.</summary>
    internal void Set(int slot, in Example example)
    {
        if (example.Fields is null)
        {
            Set(slot, example.Features.Span, example.Label, example.Target.Span, example.Weight);
            return;
        }

        foreach (BatchColumn column in columns)
            column.Set(slot, example.Find(column.Field.Name)!.Bytes);
    }

    /// <summary>Overwrites the example of a slot. Several threads may set different slots.</summary>
    internal void Set(int slot, ReadOnlySpan<float> exampleFeatures, long label, ReadOnlySpan<float> exampleTarget, float weight)
    {
        if (!Layout.IsPlain)
            throw new InvalidOperationException($"Expected examples of features with a label or a target, found {Layout}.");
        features!.Set(slot, MemoryMarshal.AsBytes(exampleFeatures));
        target!.Set(slot, Layout.HasLabels ? MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in label)) : MemoryMarshal.AsBytes(exampleTarget));
        weights?.Set(slot, MemoryMarshal.AsBytes(new ReadOnlySpan<float>(in weight)));
    }

    private BatchColumn? Find(string name)
    {
        foreach (BatchColumn column in columns)
        {
            if (column.Field.Name == name)
                return column;
        }

        return null;
    }

    private int Next()
    {
        if (Count == Capacity)
            throw new InvalidOperationException($"The batch is full: it holds {Capacity} examples.");
        Reserve(Count + 1);
        return Count++;
    }

    /// <summary>Makes room for so many examples; those that are there stay.</summary>
    private void Reserve(int count)
    {
        if (count <= room)
            return;
        room = (int)Math.Min(Capacity, Math.Max(count, 2L * room));
        foreach (BatchColumn column in columns)
            column.Reserve(room, Count);
    }
}
