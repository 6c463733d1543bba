namespace Toolkit.Modeling.Data;

/// <summary>
/// Examples that are read anew in each epoch and never held all at once, from a file that does not fit into memory or a generator. All passes see the
/// same examples: one that does not fails at its end. Examples may have any fields. With a shuffle seed, examples pass through a buffer of bounded size from which the next one is drawn at random.
/// </summary>
/// <remarks>A bounded buffer shuffles only locally: an example can appear at most <see cref="ShuffleBuffer"/> places earlier than
/// it stands in the stream. A file sorted by class should be shuffled once before it is streamed.</remarks>
public sealed class StreamSource : IDataSource
{
    private readonly Func<IEnumerable<Example>> open;
    private readonly Lock gate = new();
    private PassContent? earlier;

    /// <summary>A source over a stream that can be opened once per epoch.</summary>
    /// <param name="layout">The shape of one example.</param>
    /// <param name="open">Opens the stream at its beginning. It may hand out the same buffers for each example: they are
    /// copied.</param>
    public StreamSource(DataLayout layout, Func<IEnumerable<Example>> open)
    {
        Layout = layout;
        this.open = open;
    }

    /// <inheritdoc/>
    public DataLayout Layout { get; }

    /// <summary>The number of examples of one pass if it is known; null by default, otherwise at least 1. If it is set and a pass has another number, the
    /// pass fails.</summary>
    public int? ExampleCount { get; init => field = value is { } count ? Settings.AtLeastOne(count, nameof(ExampleCount)) : null; }

    /// <summary>Whether each pass may have examples of its own; false by default: then a pass fails at its end if its examples are not those of the first whole
    /// pass, in whatever order.</summary>
    public bool PassesDiffer { get; init; }

    /// <summary>How many examples the shuffle buffer holds at most; 1024 by default. 1 keeps the order of the stream.</summary>
    public int ShuffleBuffer { get; init => field = Settings.AtLeastOne(value); } = 1024;

    /// <inheritdoc/>
    /// <exception cref="DataException">An example does not fit the layout, holds NaN or ∞, its label is out of range, its
    /// weight is negative or not finite, the stream is empty, its length is not <see cref="ExampleCount"/> or it has other examples than in an earlier pass.</exception>
    public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0) => options.BucketBy is not { } axis ? Pass(options, epoch)
        : Buckets.Sorted(Pass(options with { DropLast = false }, epoch), Layout, axis, options, options.ShuffleSeed is { } seed ? Permutation.Random(seed, epoch).Fork("buckets") : null);

    private IEnumerable<Batch> Pass(BatchOptions options, long epoch)
    {
        var batch = new Batch(Layout, options.Size);
        PassContent seen = default;
        if (options.ShuffleSeed is not { } seed || ShuffleBuffer == 1)
        {
            foreach (Example example in open())
            {
                Check(example, ref seen);
                batch.Add(example);
                if (batch.Count == batch.Capacity)
                {
                    yield return batch;
                    batch.Clear();
                }
            }
        }
        else
        {
            RandomSource random = Permutation.Random(seed, epoch);
            var buffer = new Batch(Layout, ShuffleBuffer);
            foreach (Example example in open())
            {
                Check(example, ref seen);
                if (buffer.Count < buffer.Capacity)
                {
                    buffer.Add(example);
                    continue;
                }

                int slot = random.NextInt32(ShuffleBuffer);
                batch.Add(buffer, slot);
                buffer.Set(slot, example);
                if (batch.Count == batch.Capacity)
                {
                    yield return batch;
                    batch.Clear();
                }
            }

            foreach (int slot in Permutation.Of(buffer.Count, random))
            {
                batch.Add(buffer, slot);
                if (batch.Count == batch.Capacity)
                {
                    yield return batch;
                    batch.Clear();
                }
            }
        }

        Complete(seen);
        if (batch.Count > 0 && !options.DropLast)
            yield return batch;
    }

    private void Check(in Example example, ref PassContent seen)
    {
        long row = seen.Count;
        if (example.Fields is { } fields)
        {
            FieldCheck.Example(fields, Layout, row);
            seen.Add(example);
            return;
        }

        if (example.Features.Length != Layout.FeatureLength)
            throw Mismatch(row, "features", Layout.FeatureLength, Layout.FeatureShape, example.Features.Length);
        if (example.Target.Length != Layout.TargetLength)
            throw Mismatch(row, "target values", Layout.TargetLength, Layout.TargetShape, example.Target.Length);
        ExampleCheck.Finite<float>(example.Features.Span, Layout.FeatureLength, "features", row);
        if (Layout.HasLabels)
            ExampleCheck.Labels([example.Label], Layout.ClassCount, row);
        else
            ExampleCheck.Finite<float>(example.Target.Span, Layout.TargetLength, "targets", row);
        ExampleCheck.Weight(example.Weight, Layout, row);
        seen.Add(example);
    }

    private static DataException Mismatch(long row, string what, int expected, IReadOnlyList<int> shape, int found) =>
        new($"Example {row} of the stream (counted from 0) has {found} {what}; expected {expected}, shape {Shapes.Text([.. shape])}.");

    private void Complete(in PassContent pass)
    {
        if (pass.Count == 0)
            throw new DataException("The stream is empty: expected at least one example.");
        if (ExampleCount is { } expected && pass.Count != expected)
            throw new DataException($"The stream has {pass.Count} examples; expected {expected}.");
        if (PassesDiffer)
            return;
        lock (gate)
        {
            earlier?.RequireSame(pass);
            earlier ??= pass;
        }
    }
}
