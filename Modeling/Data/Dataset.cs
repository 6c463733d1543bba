using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>
/// Examples held in memory: most as features of float32, and for each example either a class
/// label or a target of real numbers, with a weight if <see cref="WithWeights"/> has given one; with <see cref="Of"/>, of any fields. A data set is never empty, and holds
/// finite numbers and labels in range only.
/// </summary>
/// <remarks><see cref="Take"/>, <see cref="Skip"/> and <see cref="Reshape"/> share the arrays; <see cref="Split(double, RandomSource)"/> copies.</remarks>
public sealed partial class Dataset : IDataSource
{
    private readonly Column[] columns;

    private Dataset(IReadOnlyList<Column> columns)
    {
        this.columns = [.. columns];
        Columns = this.columns.AsReadOnly();
        Layout = new DataLayout([.. columns.Select(column => column.Field)]);
        Count = columns[0].Count;
        ClassNames = Array.Find(this.columns, column => column.Field.Name == DataLayout.Target)?.Names;
        Features = Content<float>(DataLayout.Input);
        Labels = Layout.HasLabels ? Content<long>(DataLayout.Target) : default;
        Targets = Content<float>(DataLayout.Target);
        Weights = Content<float>(DataLayout.Weight);
    }

    /// <summary>The fields of all examples.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>The shape of one example.</summary>
    public DataLayout Layout { get; }

    /// <summary>The number of examples, at least 1.</summary>
    public int Count { get; }

    /// <summary>The number of examples.</summary>
    int? IDataSource.ExampleCount => Count;

    /// <summary>The features, the field "input" of float32, example after example: Count × <see cref="DataLayout.FeatureLength"/> numbers; empty if examples have none.</summary>
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

    /// <summary>A data set of any fields, such as
    /// <c>Dataset.Of(Column.Ragged("text", "time", ids), Column.Of("numbers", numbers, 3), Column.Labels("kind", kinds, classes: 4))</c>. A field "weight" of float32 holds
    /// weights.</summary>
    /// <param name="columns">The fields, each of as many examples.</param>
    /// <exception cref="ArgumentException">There are no columns, two have the same name, or they have different numbers of examples.</exception>
    /// <exception cref="DataException">Two columns have different lengths of the same ragged axis, or a weight is negative.</exception>
    public static Dataset Of(params ReadOnlySpan<Column> columns)
    {
        FieldCheck.Together(columns);
        var data = new Dataset(columns.ToArray());
        if (data.Layout.HasWeights)
            FieldCheck.Weights(Array.Find(data.columns, column => column.Field.Name == DataLayout.Weight)!);
        return data;
    }

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
        ExampleCheck.Finite<float>(features, layout.FeatureLength, "features");
        return new([new DenseColumn<float>(layout.Fields[0], features), new DenseColumn<long>(layout.Fields[1], labels).Named(classNames)]);
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
        ExampleCheck.Finite<float>(features, layout.FeatureLength, "features");
        ExampleCheck.Finite<float>(targets, layout.TargetLength, "targets");
        return new([new DenseColumn<float>(layout.Fields[0], features), new DenseColumn<float>(layout.Fields[1], targets)]);
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
        CheckCanSplit();
        int first = SizeOfFirst(fraction);
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
        foreach (int row in rows)
        {
            if ((uint)row >= (uint)Count)
                throw new ArgumentException($"Row {row} is outside a data set of {Count} examples.", nameof(rows));
        }

        var selected = new Column[columns.Length];
        for (int i = 0; i < selected.Length; i++)
            selected[i] = columns[i].Select(rows);
        return new(selected);
    }

    /// <summary>The same examples with features of another shape of the same length, for example [784] as [1, 28, 28].</summary>
    /// <param name="featureShape">The new shape of one example.</param>
    /// <exception cref="ArgumentException">The new shape holds another number of values.</exception>
    public Dataset Reshape(params ReadOnlySpan<int> featureShape) =>
        With(new DenseColumn<float>(Layout.Reshape(featureShape).Find(DataLayout.Input)!, Features));

    /// <summary>The same examples with other features, already checked by the caller.</summary>
    internal Dataset WithFeatures(float[] features) => WithFeatures(features, [.. Layout.FeatureShape]);

    /// <summary>The same examples with other features of another shape, already checked by the caller.</summary>
    internal Dataset WithFeatures(float[] features, params ReadOnlySpan<int> featureShape) =>
        With(new DenseColumn<float>(new Field(DataLayout.Input, DType.Float32, Shape.OfSizes(featureShape)), features));

    /// <summary>The same examples with their own features as targets, as an autoencoder learns from them (book chapter 14). The features are shared, not
    /// copied.</summary>
    public Dataset AsReconstruction()
    {
        Field field = DataLayout.Values([.. Layout.FeatureShape], [.. Layout.FeatureShape]).Fields[1];
        return new Dataset([.. columns.Where(column => column.Field.Name is DataLayout.Input or DataLayout.Weight)]).With(new DenseColumn<float>(field, Features));
    }

    /// <summary>The same examples with a column in the place of that of its name, or behind the others.</summary>
    /// <param name="column">The field of all examples, such as their tangents or what they cost.</param>
    /// <exception cref="ArgumentException">The column has another number of examples.</exception>
    /// <exception cref="DataException">It has other lengths of a ragged axis, or a weight is negative.</exception>
    public Dataset With(Column column)
    {
        int at = Array.FindIndex(columns, other => other.Field.Name == column.Field.Name);
        Column[] all = at < 0 ? [.. columns, column] : [.. columns[..at], column, .. columns[(at + 1)..]];
        FieldCheck.Together(all);
        if (column.Field.Name == DataLayout.Weight)
            FieldCheck.Weights(column);
        return new(all);
    }

    /// <inheritdoc/>
    public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0)
    {
        RandomSource? random = options.ShuffleSeed is { } seed ? Permutation.Random(seed, epoch) : null;
        return InOrder(options, random is null ? null : Permutation.Of(Count, random), random);
    }

    /// <summary>One pass over the given rows, or over all as they stand; the shuffle seed is not looked at.</summary>
    /// <param name="options">Size of the batches, and the axis by which they are sorted.</param>
    /// <param name="order">The rows; null for all.</param>
    /// <param name="random">Puts sorted batches in an order; null to leave them sorted.</param>
    internal IEnumerable<Batch> InOrder(BatchOptions options, int[]? order, RandomSource? random)
    {
        if (options.BucketBy is { } axis)
        {
            Column column = Array.Find(columns, column => column.Field.Axis == axis) ?? throw Buckets.NoAxis(axis, Layout);
            order = Buckets.Sort(order ?? [.. Enumerable.Range(0, Count)], column.LengthOf, options.Size, random);
        }

        return Pass(options, order);
    }

    private IEnumerable<Batch> Pass(BatchOptions options, int[]? order)
    {
        int examples = order?.Length ?? Count;
        var batch = new Batch(Layout, Math.Min(options.Size, examples));
        for (int start = 0; start < examples; start += options.Size)
        {
            int count = Math.Min(options.Size, examples - start);
            if (count < options.Size && options.DropLast)
                yield break;
            batch.Refer(columns, order, start, count);
            yield return batch;
        }
    }

    /// <summary>For example "60000 × [784] → label of 10 classes".</summary>
    public override string ToString() => $"{Count} × {Layout}";

    private ReadOnlyMemory<T> Content<T>(string name)
        where T : unmanaged => Array.Find(columns, column => column.Field.Name == name) is DenseColumn<T> found ? found.Content : default;

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

    private Dataset Slice(int start, int count) => new([.. columns.Select(column => column.Slice(start, count))]);
}
