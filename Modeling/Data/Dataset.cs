namespace Toolkit.Modeling.Data;

/// <summary>
/// Examples held in memory: features as one dense array of float32 with a shape per example, and for each example either a class
/// label or a target of real numbers, with a weight if <see cref="WithWeights"/> has given one. A data set is never empty, and holds finite numbers and
/// labels in range only.
/// </summary>
/// <remarks><see cref="Take"/>, <see cref="Skip"/> and <see cref="Reshape"/> share the arrays; <see cref="Split"/> copies.</remarks>
public sealed partial class Dataset : IDataSource
{
    private Dataset(
        DataLayout layout,
        int count,
        ReadOnlyMemory<float> features,
        ReadOnlyMemory<long> labels,
        ReadOnlyMemory<float> targets,
        IReadOnlyList<string>? classNames,
        ReadOnlyMemory<float> weights = default)
    {
        Layout = layout;
        Count = count;
        Features = features;
        Labels = labels;
        Targets = targets;
        ClassNames = classNames;
        Weights = weights;
    }

    /// <summary>The shape of one example.</summary>
    public DataLayout Layout { get; }

    /// <summary>The number of examples, at least 1.</summary>
    public int Count { get; }

    /// <summary>The number of examples.</summary>
    int? IDataSource.ExampleCount => Count;

    /// <summary>The features, example after example: Count × <see cref="DataLayout.FeatureLength"/> numbers.</summary>
    public ReadOnlyMemory<float> Features { get; }

    /// <summary>The labels, Count numbers; empty if examples carry targets.</summary>
    public ReadOnlyMemory<long> Labels { get; }

    /// <summary>The targets, example after example: Count × <see cref="DataLayout.TargetLength"/> numbers; empty if examples carry
    /// labels.</summary>
    public ReadOnlyMemory<float> Targets { get; }

    /// <summary>The weights, Count numbers; empty if examples have none and so count once each.</summary>
    public ReadOnlyMemory<float> Weights { get; }

    /// <summary>The name of each class, in the order of the labels, or null if the source had numbers only.</summary>
    public IReadOnlyList<string>? ClassNames { get; }

    /// <summary>A data set for classification. The arrays are taken over, not copied.</summary>
    /// <param name="features">The features, example after example.</param>
    /// <param name="featureShape">The shape of the features of one example.</param>
    /// <param name="labels">The class of each example, from 0 to <paramref name="classCount"/> − 1.</param>
    /// <param name="classCount">The number of classes.</param>
    /// <param name="classNames">The name of each class, or null.</param>
    /// <param name="allowUnlabelled">Whether −1 stands for an example without a label, for semi-supervised training (see
    /// <see cref="Losses.LabelledOnly"/>); false by default.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together, or there are no examples.</exception>
    /// <exception cref="DataException">A label is out of range, or a feature is NaN or infinite.</exception>
    public static Dataset FromLabels(
        float[] features,
        ReadOnlySpan<int> featureShape,
        long[] labels,
        int classCount,
        IReadOnlyList<string>? classNames = null,
        bool allowUnlabelled = false)
    {
        var layout = DataLayout.Labels(featureShape, classCount);
        CheckLength(features.Length, labels.Length, layout.FeatureLength, layout.FeatureShape, "features");
        if (classNames is not null && classNames.Count != classCount)
            throw new ArgumentException($"{classNames.Count} class names for {classCount} classes.", nameof(classNames));
        ExampleCheck.Labels(labels, classCount, least: allowUnlabelled ? -1 : 0);
        ExampleCheck.Finite(features, layout.FeatureLength, "features");
        return new(layout, labels.Length, features, labels, default, classNames);
    }

    /// <summary>A data set for regression, or any other model with targets of real numbers. The arrays are taken over, not
    /// copied.</summary>
    /// <param name="features">The features, example after example.</param>
    /// <param name="featureShape">The shape of the features of one example.</param>
    /// <param name="targets">The targets, example after example; may be the same array as the features.</param>
    /// <param name="targetShape">The shape of the target of one example; empty for a single number.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together, or there are no examples.</exception>
    /// <exception cref="DataException">A feature or target is NaN or infinite.</exception>
    public static Dataset FromTargets(
        float[] features, ReadOnlySpan<int> featureShape, float[] targets, ReadOnlySpan<int> targetShape)
    {
        var layout = DataLayout.Values(featureShape, targetShape);
        int count = features.Length / layout.FeatureLength;
        CheckLength(features.Length, count, layout.FeatureLength, layout.FeatureShape, "features");
        CheckLength(targets.Length, count, layout.TargetLength, layout.TargetShape, "targets");
        ExampleCheck.Finite(features, layout.FeatureLength, "features");
        ExampleCheck.Finite(targets, layout.TargetLength, "targets");
        return new(layout, count, features, default, targets, null);
    }

    /// <summary>The first <paramref name="count"/> examples.</summary>
    /// <param name="count">How many, from 1 to <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer examples, or the result would be empty.</exception>
    public Dataset Take(int count)
    {
        if (count < 1 || count > Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), count, $"Expected 1 to {Count} examples to take from a data set of {Count}, found {count}.");
        }

        return Slice(0, count);
    }

    /// <summary>All examples but the first <paramref name="count"/>.</summary>
    /// <param name="count">How many, from 0 to <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The result would be empty.</exception>
    public Dataset Skip(int count)
    {
        if (count < 0 || count >= Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), count, $"Expected 0 to {Count - 1} examples to skip in a data set of {Count}, found {count}.");
        }

        return Slice(count, Count - count);
    }

    /// <summary>Cuts the data set into two random parts that share no example.</summary>
    /// <param name="fraction">The share of the first part, above 0 and below 1; its size is rounded to the nearest whole number, and
    /// neither part is left empty.</param>
    /// <param name="random">Chooses the examples; it is advanced, so a second call gives another cut.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="InvalidOperationException">There is only one example.</exception>
    public (Dataset First, Dataset Second) Split(double fraction, RandomSource random)
    {
        Settings.InsideUnit(fraction);
        if (Count < 2)
            throw new InvalidOperationException("A data set of one example cannot be split into two parts.");
        int first = Math.Clamp((int)Math.Round(fraction * Count), 1, Count - 1);
        int[] order = Permutation.Of(Count, random.Fork());
        return (Select(order.AsSpan(0, first)), Select(order.AsSpan(first)));
    }

    /// <summary>The examples of the given rows, in that order, copied.</summary>
    /// <param name="rows">Row numbers from 0; a row may occur several times, as in bagging (book 7.11).</param>
    /// <exception cref="ArgumentException">There are no rows, or one is out of range.</exception>
    public Dataset Select(ReadOnlySpan<int> rows)
    {
        if (rows.IsEmpty)
            throw new ArgumentException("A data set needs at least one example.", nameof(rows));
        var features = new float[checked(rows.Length * Layout.FeatureLength)];
        var targets = new float[rows.Length * Layout.TargetLength];
        var labels = Layout.HasLabels ? new long[rows.Length] : [];
        float[] weights = Layout.HasWeights ? new float[rows.Length] : [];
        for (int i = 0; i < rows.Length; i++)
        {
            int row = rows[i];
            if ((uint)row >= (uint)Count)
                throw new ArgumentException($"Row {row} is outside a data set of {Count} examples.", nameof(rows));
            Row(Features, row, Layout.FeatureLength).CopyTo(features.AsSpan(i * Layout.FeatureLength));
            if (Layout.HasLabels)
                labels[i] = Labels.Span[row];
            else
                Row(Targets, row, Layout.TargetLength).CopyTo(targets.AsSpan(i * Layout.TargetLength));
            if (Layout.HasWeights)
                weights[i] = Weights.Span[row];
        }

        return new(Layout, rows.Length, features, labels, targets, ClassNames, weights);
    }

    /// <summary>The same examples with features of another shape of the same length, for example [784] as [1, 28, 28].</summary>
    /// <param name="featureShape">The new shape of one example.</param>
    /// <exception cref="ArgumentException">The new shape holds another number of values.</exception>
    public Dataset Reshape(params ReadOnlySpan<int> featureShape) =>
        new(Layout.Reshape(featureShape), Count, Features, Labels, Targets, ClassNames, Weights);

    /// <summary>The same examples with other features, already checked by the caller.</summary>
    internal Dataset WithFeatures(float[] features) => new(Layout, Count, features, Labels, Targets, ClassNames, Weights);

    /// <summary>The same examples with other features of another shape, already checked by the caller.</summary>
    internal Dataset WithFeatures(float[] features, params ReadOnlySpan<int> featureShape) =>
        new(Layout.WithFeatures(featureShape), Count, features, Labels, Targets, ClassNames, Weights);

    /// <summary>The same examples with their own features as targets, as an autoencoder learns from them (book chapter 14). The features are shared, not
    /// copied.</summary>
    public Dataset AsReconstruction()
    {
        var layout = DataLayout.Values([.. Layout.FeatureShape], [.. Layout.FeatureShape]);
        return new(Layout.HasWeights ? layout.WithWeights() : layout, Count, Features, default, Features, null, Weights);
    }

    /// <inheritdoc/>
    public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0)
    {
        return InOrder(options, options.ShuffleSeed is { } seed ? Permutation.Of(Count, Permutation.Random(seed, epoch)) : null);
    }

    /// <summary>One pass over the given rows, or over all as they stand; the shuffle seed is not looked at.</summary>
    internal IEnumerable<Batch> InOrder(BatchOptions options, int[]? order)
    {
        int examples = order?.Length ?? Count;
        var batch = new Batch(Layout, Math.Min(options.Size, examples));
        for (int start = 0; start < examples; start += options.Size)
        {
            int count = Math.Min(options.Size, examples - start);
            if (count < options.Size && options.DropLast)
                yield break;
            Fill(batch, start, count, order);
            yield return batch;
        }
    }

    /// <summary>For example "60000 × [784] → label of 10 classes".</summary>
    public override string ToString() => $"{Count} × {Layout}";

    private static ReadOnlySpan<float> Row(ReadOnlyMemory<float> values, int row, int length) => values.Span.Slice(row * length, length);

    private static void CheckLength(int found, int count, int perExample, IReadOnlyList<int> shape, string what)
    {
        if (count == 0)
            throw new ArgumentException("The data set is empty: expected at least one example.", what);
        if (found != (long)count * perExample)
        {
            throw new ArgumentException(
                $"Expected {(long)count * perExample} {what} ({count} examples of shape {Shapes.Text([.. shape])}), found {found}.",
                what);
        }
    }

    private void Fill(Batch batch, int start, int count, int[]? order)
    {
        batch.Clear();
        for (int i = 0; i < count; i++)
        {
            int row = order is null ? start + i : order[start + i];
            batch.Add(
                Row(Features, row, Layout.FeatureLength),
                Layout.HasLabels ? Labels.Span[row] : -1,
                Row(Targets, row, Layout.TargetLength),
                WeightOf(row));
        }
    }

    private Dataset Slice(int start, int count) => new(
        Layout,
        count,
        Features.Slice(start * Layout.FeatureLength, count * Layout.FeatureLength),
        Layout.HasLabels ? Labels.Slice(start, count) : default,
        Targets.Slice(start * Layout.TargetLength, count * Layout.TargetLength),
        ClassNames,
        Layout.HasWeights ? Weights.Slice(start, count) : default);
}
