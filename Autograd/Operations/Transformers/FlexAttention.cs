using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Transformers;

/// <summary>
/// Reads <c>FlexAttention</c> (<c>ai.onnx.preview</c>): softmax(scale · Q Kᵀ) V for each head, where a graph may change the products and another the shares. It becomes the operations that it stands
/// for. Several heads of queries may share one of keys.
/// </summary>
internal static class FlexAttention
{
    /// <summary>The domain and the name of the operator.</summary>
    public static readonly (string Domain, string Name) Key = ("ai.onnx.preview", nameof(FlexAttention));

    /// <summary>The operations.</summary>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        DType type = node[0].DType;
        DType soft = node.Has("softmax_precision") ? node.Type("softmax_precision") : type == DType.Float64 ? type : DType.Float32;
        if (node.Inputs.Any(x => x.Shape.Rank != 4 || x.DType != type) || !node[0].Shape[3].IsStatic)
            throw new ShapeException($"{node.Operator} expects queries, keys and values [batch, heads, time, size] of one type and a known size, found {string.Join(", ", node.Inputs.AsEnumerable())}.");

        // Heads are multiplied by an operation of the same kind, which it names in messages.
        var attention = new Attention(new AttentionOptions());
        double scale = node.Has("scale") ? node.Number("scale") : 1 / Math.Sqrt(node[0].Shape[3].Size);
        DType wide = ElementType.Of(type).IsHalf ? DType.Float32 : type;
        Variable q = Ops.Cast(node[0], wide), k = Ops.Cast(node[1], wide), v = Ops.Cast(node[2], wide);
        Variable products = Ops.Cast(HeadAxis.Multiply(attention, HeadAxis.Scaled(q, scale), Ops.Transpose(k, [0, 1, 3, 2])), soft);
        Variable shares = Changed(node, "prob_mod", Ops.Softmax(Changed(node, "score_mod", products)));
        return [Ops.Cast(HeadAxis.Multiply(attention, Ops.Cast(shares, wide), v), type)];
    }

    /// <summary>What a graph in an attribute makes of numbers; the numbers themselves where there is none.</summary>
    private static Variable Changed(OnnxNode node, string name, Variable x)
    {
        if (!node.Has(name))
            return x;
        (IReadOnlyList<Body> bodies, IReadOnlyList<Variable> captured) = node.Close([(name, [x.Type])]);
        IReadOnlyList<Variable> results = bodies[0].Apply([x, .. captured]);
        return results is [var changed] && changed.DType == x.DType && changed.Shape.Rank == x.Shape.Rank
            ? changed
            : throw new GraphException($"{node.Operator} expects a graph \"{name}\" with one result of the type {x.Type}, found {string.Join(", ", results)}.");
    }
}
