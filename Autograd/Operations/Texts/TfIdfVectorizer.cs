using System.Globalization;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Recurrent;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Texts;

/// <summary>What is told of an n-gram.</summary>
public enum TermMode
{
    /// <summary>How often it occurs.</summary>
    TF,

    /// <summary>Its weight, if it occurs.</summary>
    IDF,

    /// <summary>How often it occurs, times its weight.</summary>
    TFIDF,
}

/// <summary>
/// Counts n-grams of a pool in rows of texts or of int32 or int64 numbers (ONNX <c>TfIdfVectorizer</c>): [C] gives [m] and [N, C] gives [N, m] in float32, where m − 1 is the greatest of the indexes. An n-gram's elements
/// may lie apart, with the same number of others between any two.
/// </summary>
/// <param name="Mode">What is told of an n-gram.</param>
/// <param name="Shortest">The least n.</param>
/// <param name="Longest">The greatest n.</param>
/// <param name="MostSkipped">How many elements may lie between two of an n-gram.</param>
/// <param name="Starts">Where the n-grams of each n from 1 on begin in the pool.</param>
/// <param name="Indexes">The place of each n-gram in the result.</param>
/// <param name="Pool">The n-grams, one after the other; numbers in decimal notation.</param>
public sealed record TfIdfVectorizer(
    TermMode Mode, int Shortest, int Longest, int MostSkipped, AttributeList<long> Starts, AttributeList<long> Indexes, AttributeList<string> Pool) : Operation, IReadsTexts, IOperator
{
    /// <summary>The weight of each n-gram; null for 1.</summary>
    public AttributeList<float>? Weights { get; init; }

    /// <summary>Whether the pool holds texts.</summary>
    public bool IsText { get; init; }

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new TfIdfVectorizer(TermMode.TF, 1, 2, 1, [0, 2], [0, 1, 3, 2], ["2", "1", "1", "2", "0", "1"]), new ExampleInput([2, 6], DType.Int64, 0, 2)) { Smoothness = 0 },
        new(new TfIdfVectorizer(TermMode.TFIDF, 2, 2, 0, [0, 2], [0, 1, 3, 2], ["2", "1", "1", "2", "0", "1"]) { Weights = [1, 1, 0.5f, 2] }, new ExampleInput([8], DType.Int64, 0, 2)) { Smoothness = 0 },
        new(new TfIdfVectorizer(TermMode.IDF, 1, 1, 0, [0], [0, 1], ["2", "1"]) { Weights = [3, 0.5f] }, new ExampleInput([8], DType.Int64, 0, 2)) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        bool isText = node.Has("pool_strings");
        IEnumerable<string> pool = isText
            ? node.Texts("pool_strings")!
            : (node.Integers("pool_int64s") ?? throw new GraphException("TfIdfVectorizer expects a pool, found neither pool_strings nor pool_int64s.")).Select(number => number.ToString(CultureInfo.InvariantCulture));
        TermMode mode = node.Text("mode") switch
        {
            "TF" => TermMode.TF,
            "IDF" => TermMode.IDF,
            "TFIDF" => TermMode.TFIDF,
            var other => throw new GraphException($"TfIdfVectorizer expects the mode TF, IDF or TFIDF, found {other}."),
        };
        return new TfIdfVectorizer(
            mode, node.Int32("min_gram_length"), node.Int32("max_gram_length"), node.Int32("max_skip_count"), [.. node.Integers("ngram_counts") ?? []], [.. node.Integers("ngram_indexes") ?? []], [.. pool])
        {
            Weights = node.Numbers("weights") is { } weights ? [.. weights] : null,
            IsText = isText,
        }.ApplyAll(node[0]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        Shape x = inputs[0].Shape;
        if (x.Rank is < 1 or > 2)
            throw new ShapeException($"{Name} expects a row or rows, found the shape {x}.");
        if (inputs[0].DType == DType.String != IsText)
            throw new DTypeException($"{Name} expects {(IsText ? "texts" : "numbers")} as its pool has them, found {inputs[0].DType}.");
        RequirePool();
        return [new TensorType(DType.Float32, [.. x.SkipLast(1), (int)Indexes.Max() + 1])];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request)
    {
        var grams = new Dictionary<string, int>(StringComparer.Ordinal);
        int number = 0;
        for (int n = 1; n <= Starts.Count; n++)
        {
            for (int at = (int)Starts[n - 1]; at < End(n); at += n, number++)
                grams.TryAdd(Key(Enumerable.Range(at, n).Select(i => Pool[i])), number);
        }

        return Kernel.Of(arguments => Compute(arguments.Inputs[0], arguments.Outputs[0], grams));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes =
        [
            new("max_gram_length", (long)Longest), new("max_skip_count", (long)MostSkipped), new("min_gram_length", (long)Shortest), new("mode", Mode.ToString()),
            new("ngram_counts", (IReadOnlyList<long>)[.. Starts]), new("ngram_indexes", (IReadOnlyList<long>)[.. Indexes]),
            IsText ? new("pool_strings", (IReadOnlyList<string>)[.. Pool]) : new("pool_int64s", (IReadOnlyList<long>)[.. Pool.Select(number => long.Parse(number, CultureInfo.InvariantCulture))]),
            .. Weights is null ? [] : new[] { new OnnxAttribute("weights", (IReadOnlyList<float>)[.. Weights]) },
        ],
    };

    /// <summary>Where the n-grams of an n end in the pool.</summary>
    private long End(int n) => n < Starts.Count ? Starts[n] : Pool.Count;

    /// <summary>Refuses a pool that does not divide into n-grams, or has not one place and weight for each.</summary>
    private void RequirePool()
    {
        if (Shortest < 1 || Longest < Shortest || MostSkipped < 0)
            throw new GraphException($"{Name} expects n-grams of 1 element or more, the greatest n not below the least, and at least 0 between, found {Shortest}, {Longest} and {MostSkipped}.");
        long count = 0;
        for (int n = 1; n <= Starts.Count; n++)
        {
            (long start, long end) = (Starts[n - 1], End(n));
            if (start < 0 || end < start || end > Pool.Count || (end - start) % n != 0)
                throw new GraphException($"{Name} expects whole {n}-grams among the {Pool.Count} elements of its pool, found them from {start} to {end}.");
            count += (end - start) / n;
        }

        if (count == 0 || Indexes.Count != count || (Weights ?? [.. new float[count]]).Count != count)
            throw new GraphException($"{Name} expects n-grams with an index and a weight for each, found {count} with {Indexes.Count} indexes and {Weights?.Count.ToString(CultureInfo.InvariantCulture) ?? "no"} weights.");
        if (Indexes.Any(index => index is < 0 or >= int.MaxValue))
            throw new GraphException($"{Name} expects indexes from 0 to {int.MaxValue - 1}, found {Indexes.First(index => index is < 0 or >= int.MaxValue)}.");
    }

    private void Compute(Value x, Value y, Dictionary<string, int> grams)
    {
        int columns = x.Sizes[^1], rows = columns == 0 ? 0 : x.Count / columns, size = y.Sizes[^1];
        Span<float> result = y.Span<float>();
        result.Clear();
        for (int row = 0; row < rows; row++)
        {
            string[] items = [.. Enumerable.Range(row * columns, columns).Select(i => IsText ? x.Texts[i] : ((long)x[i]).ToString(CultureInfo.InvariantCulture))];
            for (int n = Shortest; n <= Math.Min(Longest, Math.Min(Starts.Count, columns)); n++)
            {
                // A single element has nothing between.
                for (int step = 1; step <= (n == 1 ? 1 : Math.Min(MostSkipped, columns) + 1); step++)
                {
                    for (int start = 0; start + ((n - 1L) * step) < columns; start++)
                    {
                        if (grams.TryGetValue(Key(Enumerable.Range(0, n).Select(i => items[start + (i * step)])), out int gram))
                            Count(ref result[(row * size) + (int)Indexes[gram]], gram);
                    }
                }
            }
        }
    }

    private void Count(ref float count, int gram)
    {
        float weight = Weights is null ? 1 : Weights[gram];
        count = Mode switch
        {
            TermMode.TF => count + 1,
            TermMode.IDF => weight,
            _ => count + weight,
        };
    }

    /// <summary>The lengths keep apart what the texts could run together.</summary>
    private static string Key(IEnumerable<string> items) => string.Concat(items.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Length}:{item}")));
}
