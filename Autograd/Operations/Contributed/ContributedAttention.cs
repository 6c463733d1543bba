using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Operations.Transformers;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Contributed;

/// <summary>Reads attentions as <see cref="Attention"/>, what comes before them as products and sums.</summary>
internal static class ContributedAttention
{
    // What takes the place of a product that is masked, unless the node says another number.
    private const float MaskValue = -10_000;

    /// <summary>Inputs: x [batch, time, in], weights [in, heads·sizes] of queries, keys and values side by side, their bias, a mask, keys and values of the past [2, batch, heads, past, size], numbers
    /// that are added to the products. Results: y and the keys and values with those of the past.</summary>
    public static IReadOnlyList<Variable> Packed(OnnxNode node)
    {
        node.Refuse(node.Optional(6) is not null || node.IsSet("past_present_share_buffer"), "a buffer that past and present share");
        Variable product = Ops.MatMul(node[0], node[1]);
        return Of(node, node.Optional(2) is { } bias ? product + bias : product, node.Optional(3), node.Optional(4), node.Optional(5));
    }

    /// <summary>As <see cref="Packed"/> with x and weights of eight bits. Inputs: x, weights, bias, the scales of x and weights, a mask, the zero points of x and weights, the past.</summary>
    public static IReadOnlyList<Variable> Quantized(OnnxNode node)
    {
        Variable product = ContributedQuantizedProducts.Product(node[0], node.Optional(6), node[1], node.Optional(7)) * node[3] * node[4];
        return Of(node, product + node[2], node.Optional(5), node.Optional(8), null);
    }

    /// <summary>Inputs: queries, keys and values, [batch, time, heads·size] each, or all in one, [batch, time, heads, 3, size], or keys and values in one, [batch, time, heads, 2, size], or as heads,
    /// [batch, heads, time, size]; their bias; a mask; numbers that are added to the products; keys and values of the past. Results: y, keys, values.</summary>
    public static IReadOnlyList<Variable> Separate(OnnxNode node)
    {
        int heads = node.Needed("num_heads");
        node.Refuse(Enumerable.Range(8, Math.Max(0, node.Count - 8)).Any(i => node.Optional(i) is not null), "a buffer that past and present share");
        (Variable q, Variable k, Variable v) = Parts(node);
        if (node.Optional(3) is { } bias)
        {
            node.Refuse(k.Shape.Rank != 3, "a bias of keys that are heads");
            int[] sizes = [q.Shape[2].Size, k.Shape[2].Size, v.Shape[2].Size];
            IReadOnlyList<Variable> parts = Ops.Split(bias, 0, sizes);
            (q, k, v) = (q + parts[0], k + parts[1], v + parts[2]);
        }

        int size = q.Shape.Rank == 3 ? q.Shape[2].Size / heads : q.Shape[3].Size;
        Variable keys = HeadAxis.Apart(new Attention(new AttentionOptions()), k, heads), values = HeadAxis.Apart(new Attention(new AttentionOptions()), v, heads);
        Variable? mask = Mask(node, node.Optional(4), q.Shape[0], node.Optional(6) is { } past ? past.Shape[2] + keys.Shape[2] : keys.Shape[2], q.DType);
        return Attend(node, heads, size, q, keys, values, Sum(mask, node.Optional(5)), node.Optional(6), node.Optional(7));
    }

    private static (Variable Queries, Variable Keys, Variable Values) Parts(OnnxNode node)
    {
        Variable q = node[0];
        if (q.Shape.Rank == 5)
            return (Part(q, 0), Part(q, 1), Part(q, 2));
        return node[1].Shape.Rank == 5 ? (q, Part(node[1], 0), Part(node[1], 1)) : (q, node[1], node[2]);

        // [batch, time, heads, parts, size] as [batch, time, heads·size].
        static Variable Part(Variable x, int part) =>
            Ops.Reshape(Ops.Slice(x, 3, part, part + 1), [x.Shape[0], x.Shape[1], x.Shape[2] * x.Shape[4]]);
    }

    private static IReadOnlyList<Variable> Of(OnnxNode node, Variable packed, Variable? mask, Variable? past, Variable? bias)
    {
        node.Refuse(node.IsSet("do_rotary"), "a rotary embedding");
        int heads = node.Needed("num_heads"), width = packed.Shape[^1].Size;
        int[] sizes = node.Integers("qkv_hidden_sizes") is { Count: 3 } given ? [.. given.Select(size => (int)size)] : [width / 3, width / 3, width / 3];
        IReadOnlyList<Variable> parts = Ops.Split(packed, 2, sizes);
        var operation = new Attention(new AttentionOptions());
        Variable keys = HeadAxis.Apart(operation, parts[1], heads), values = HeadAxis.Apart(operation, parts[2], heads);
        Variable? pastKeys = past is null ? null : new Squeeze().Apply(Ops.Slice(past, 0, 0, 1), Ops.Integers(0));
        Variable? pastValues = past is null ? null : new Squeeze().Apply(Ops.Slice(past, 0, 1, 2), Ops.Integers(0));
        Dim total = past is null ? keys.Shape[2] : past.Shape[3] + keys.Shape[2];
        IReadOnlyList<Variable> results = Attend(
            node, heads, sizes[0] / heads, parts[0], keys, values, Sum(Mask(node, mask, packed.Shape[0], total, packed.DType), bias), pastKeys, pastValues);
        Variable Row(Variable x) => new Unsqueeze().Apply(x, Ops.Integers(0));
        return node.Results < 2 ? [results[0]] : [results[0], Ops.Concat(0, Row(results[1]), Row(results[2]))];
    }

    private static IReadOnlyList<Variable> Attend(
        OnnxNode node, int heads, int size, Variable queries, Variable keys, Variable values, Variable? bias, Variable? pastKeys, Variable? pastValues)
    {
        float scale = node.Number("scale", 0);
        var operation = new Attention(new AttentionOptions { IsCausal = node.IsSet("unidirectional"), Scale = scale == 0 ? 1 / Math.Sqrt(size) : scale });
        IReadOnlyList<Variable> results = operation.ApplyAll(HeadAxis.Apart(operation, queries, heads), keys, values, bias, pastKeys, pastValues);
        return [HeadAxis.Together(results[0], pack: true), results[1], results[2], results[3]];
    }

    private static Variable? Sum(Variable? mask, Variable? bias) => mask is null ? bias : bias is null ? mask : mask + bias;

    /// <summary>A mask as numbers that are added to the products: the numbers of keys that count, [batch], or with their beginnings behind them, [2·batch]; or which keys count,
    /// [batch, keys] or [batch, queries, keys].</summary>
    private static Variable? Mask(OnnxNode node, Variable? mask, Dim batch, Dim keys, DType type)
    {
        if (mask is null)
            return null;
        Variable counts = mask.Shape.Rank switch
        {
            1 => Range(node, mask, batch, keys),
            2 => Ops.Reshape(Ops.Greater(mask, 0), [mask.Shape[0], 1, 1, mask.Shape[1]]),
            3 => Ops.Reshape(Ops.Greater(mask, 0), [mask.Shape[0], 1, mask.Shape[1], mask.Shape[2]]),
            _ => throw new ShapeException($"{node.Operator} expects a mask of one to three axes, found {mask.Shape}."),
        };
        return Ops.Where(counts, Variable.Scalar(0, type), Variable.Scalar(node.Number("mask_filter_value", MaskValue), type));
    }

    private static Variable Range(OnnxNode node, Variable mask, Dim batch, Dim keys)
    {
        if (!batch.IsStatic || !keys.IsStatic)
            throw new ShapeException($"{node.Operator} expects a batch and keys of known number beside a mask of one axis, found {batch} and {keys}.");
        int rows = batch.Size;
        Variable places = Ops.Cast(Ops.Integers([.. Enumerable.Range(0, keys.Size).Select(i => (long)i)]), mask.DType);
        Variable ends = Ops.Reshape(Ops.Slice(mask, 0, 0, rows), [rows, 1, 1, 1]);
        Variable before = Ops.Less(places, ends);
        return mask.Shape[0] == 2 * rows ? new Elementwise.And().Apply(before, Ops.GreaterOrEqual(places, Ops.Reshape(Ops.Slice(mask, 0, rows, 2 * rows), [rows, 1, 1, 1]))) : before;
    }
}
