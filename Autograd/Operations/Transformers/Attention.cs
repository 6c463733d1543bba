using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;
using Range = Toolkit.Autograd.Operations.Shaping.Range;

namespace Toolkit.Autograd.Operations.Transformers;

/// <summary>The attributes of <see cref="Attention"/>.</summary>
public sealed record AttentionOptions
{
    /// <summary>Whether a query sees no key behind its own place, counted behind the past (ONNX <c>is_causal</c>).</summary>
    public bool IsCausal { get; init; }

    /// <summary>The number of heads of queries, where heads are packed into the last axis; null where they have an axis.</summary>
    public int? QueryHeads { get; init; }

    /// <summary>The number of heads of keys and values, a divisor of those of queries; null where they have an axis.</summary>
    public int? KeyHeads { get; init; }

    /// <summary>The factor of the products; null for 1/√(head size).</summary>
    public double? Scale { get; init; }

    /// <summary>c of c·tanh(products/c), which bounds them; 0 for none.</summary>
    public double Softcap { get; init; }

    /// <summary>Which products the fourth result gives: 0 as they are, 1 after the softcap, 2 with the mask, 3 after the softmax (ONNX <c>qk_matmul_output_mode</c>).</summary>
    public int ProductsMode { get; init; }

    /// <summary>The type of the softmax; null for that of the inputs.</summary>
    public DType? SoftmaxType { get; init; }
}

/// <summary>
/// softmax(scale · Q Kᵀ + mask) V for each head (ONNX <c>Attention</c>; Vaswani et al. 2017). Inputs: Q [batch, heads, queries, size], K [batch, heads, keys, size], V [batch, heads,
/// keys, size'], or all three with the heads packed into the last axis, [batch, queries, heads·size]; a mask that broadcasts to [batch, heads, queries, keys], truth values
/// or numbers that are added, missing keys at the end masked; keys and values of the past, [batch, heads, past, size]; the numbers of keys of each example that are no padding,
/// int64 [batch]. Several heads of queries may share one of keys. Results: y in the layout of Q, keys and values with those of the past before them, and the products.
/// </summary>
/// <remarks>It is an operator from set 23 on, after those that are written: it is written in others. A query that sees no key gives NaN.</remarks>
/// <param name="Options">The attributes.</param>
public sealed record Attention(AttentionOptions Options) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Attention(new AttentionOptions()), new ExampleInput(["batch", 2, 3, 4]), new(["batch", 2, 5, 4]), new(["batch", 2, 5, 2])),
        new(new Attention(new AttentionOptions() { IsCausal = true, Scale = 0.25 }), new ExampleInput(["batch", 4, "time", 2]), new(["batch", 2, "time", 2]), new(["batch", 2, "time", 3])),
        new(new Attention(new AttentionOptions() { QueryHeads = 2, KeyHeads = 1, Softcap = 1.5, ProductsMode = 1 }), new ExampleInput([2, 3, 4]), new([2, 4, 2]), new([2, 4, 2]), new([3, 4])),
        new(
            new Attention(new AttentionOptions { IsCausal = true, ProductsMode = 3 }),
            new ExampleInput([2, 2, 2, 2]), new([2, 2, 2, 2]), new([2, 2, 2, 2]), new([2, 1, 2, 5]), new([2, 2, 3, 2]), new([2, 2, 3, 2])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Attention(new AttentionOptions
    {
        IsCausal = node.Flag("is_causal"),
        QueryHeads = node.Has("q_num_heads") ? node.Int32("q_num_heads") : null,
        KeyHeads = node.Has("kv_num_heads") ? node.Int32("kv_num_heads") : null,
        Scale = node.Has("scale") ? node.Number("scale") : null,
        Softcap = node.Number("softcap"),
        ProductsMode = node.Int32("qk_matmul_output_mode"),
        SoftmaxType = node.Has("softmax_precision") ? node.Type("softmax_precision") : null,
    }).ApplyAll([.. Enumerable.Range(0, node.Count).Select(node.Optional)]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        // As in the standard's text, every step is of the type of the queries: half types take half the memory.
        DType type = inputs[0].DType;
        Variable q = HeadAxis.Apart(this, inputs[0], Options.QueryHeads), k = HeadAxis.Apart(this, Own(1), Options.KeyHeads), v = HeadAxis.Apart(this, Own(2), Options.KeyHeads);
        Dim past = 0;
        if (inputs.Has(4) != inputs.Has(5))
            throw new GraphException($"{Name} expects keys and values of the past, or neither, found one of them.");
        if (inputs.Has(4))
        {
            past = inputs[4].Shape[2];
            (k, v) = (Ops.Concat(2, Own(4), k), Ops.Concat(2, Own(5), v));
        }

        (Dim queries, Dim keys, Dim size) = (q.Shape[2], k.Shape[2], q.Shape[3]);
        if (k.Shape[3] != size || v.Shape[2] != keys || k.Shape[1] != v.Shape[1])
            throw new ShapeException($"{Name} expects keys of the size of queries and as many values as keys, found queries {q.Shape}, keys {k.Shape} and values {v.Shape}.");

        // Numbers are scaled before heads are set apart, so that nothing stands between that and the product.
        double root = Math.Sqrt(Options.Scale ?? (1 / Math.Sqrt(size.Size)));
        Variable asked = HeadAxis.Apart(this, HeadAxis.Scaled(inputs[0], root), Options.QueryHeads);
        Variable answering = inputs.Has(4) ? HeadAxis.Scaled(k, root) : HeadAxis.Apart(this, HeadAxis.Scaled(Own(1), root), Options.KeyHeads);
        Variable products = HeadAxis.Multiply(this, asked, Ops.Transpose(answering, [0, 1, 3, 2]));
        Variable capped = Options.Softcap == 0 ? products : Options.Softcap * Ops.Tanh(products * (1 / Options.Softcap));
        Variable masked = capped;
        if (inputs.Has(3))
            masked += Bias(inputs[3], keys, type, k);
        if (inputs.Has(6))
            masked = Ops.Where(Ops.Less(Positions(keys, k), Ops.Reshape(inputs[6], [inputs[6].Shape[0], 1, 1, 1])), masked, double.NegativeInfinity);
        if (Options.IsCausal)
        {
            Variable places = Ops.Reshape(Positions(queries, q), [queries, 1]);
            if (past != 0)
                places += Sizes.Of([past], inputs[4]);
            masked = Ops.Where(Ops.GreaterOrEqual(places, Positions(keys, k)), masked, double.NegativeInfinity);
        }

        Variable shares = Ops.Cast(Ops.Softmax(Ops.Cast(masked, Options.SoftmaxType ?? type)), type);
        Variable y = HeadAxis.Together(HeadAxis.Multiply(this, shares, v), Options.QueryHeads is not null && inputs[0].Shape.Rank == 3);
        Variable shown = Options.ProductsMode switch
        {
            0 => products,
            1 => capped,
            2 => masked,
            3 => shares,
            var other => throw new GraphException($"{Name} expects qk_matmul_output_mode 0 to 3, found {other}."),
        };
        return [y, Ops.Cast(k, inputs[1].DType), Ops.Cast(v, inputs[2].DType), shown];

        Variable Own(int input) => Ops.Cast(inputs[input], type);
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => null;

    /// <summary>A mask as numbers that are added; keys that it does not reach are masked.</summary>
    private static Variable Bias(Variable mask, Dim keys, DType type, Variable carrier)
    {
        Variable bias = mask.DType == DType.Bool
            ? Ops.Where(mask, Variable.Scalar(0, type), double.NegativeInfinity)
            : Ops.Cast(mask, type);
        Dim reach = mask.Shape[^1];
        if (reach == keys || reach == 1)
            return bias;
        Variable missing = Sizes.Of([keys - reach], carrier, mask);
        Variable border = Ops.Concat(0, Ops.Integers(0), missing);
        return new Pad().Apply(bias, border, Variable.Scalar(double.NegativeInfinity, type), Ops.Integers(mask.Shape.Rank - 1));
    }

    /// <summary>0, 1, … up to a size.</summary>
    private static Variable Positions(Dim size, Variable carrier) => new Range().Apply(
        Variable.Of(Value.Of(0L)), size.IsStatic ? Variable.Of(Value.Of(size.Number)) : new Squeeze().Apply(Sizes.Of([size], carrier), Ops.Integers(0)), Variable.Of(Value.Of(1L)));
}
