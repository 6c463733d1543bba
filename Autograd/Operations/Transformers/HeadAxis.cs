using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Transformers;

/// <summary>The heads of an attention as an axis, and products of them.</summary>
internal static class HeadAxis
{
    /// <summary>[batch, time, heads·size] as [batch, heads, time, size]; what has four axes already as it is.</summary>
    public static Variable Apart(Operation operation, Variable x, int? heads)
    {
        if (x.Shape.Rank == 4)
            return x;
        if (x.Shape.Rank != 3 || heads is not > 0 || !x.Shape[2].TryDivide(heads.Value, out Dim size))
            throw new ShapeException($"{operation.Name} expects [batch, heads, time, size], or [batch, time, heads·size] and the number of heads, found {x.Shape} and {heads?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no number"}.");
        return Ops.Transpose(Ops.Reshape(x, [x.Shape[0], x.Shape[1], heads.Value, size]), [0, 2, 1, 3]);
    }

    /// <summary>x times a number, for float64 as a vector: ONNX Runtime makes a single factor beside a product one of single precision.</summary>
    public static Variable Scaled(Variable x, double factor) => x.DType == DType.Float64 && x.Shape[^1].IsStatic
        ? x * Variable.Of(Value.Full(factor, DType.Float64, x.Shape[^1].Size))
        : x * factor;

    /// <summary>[batch, heads, time, size] as [batch, time, heads·size] where asked.</summary>
    public static Variable Together(Variable x, bool pack) => pack
        ? Ops.Reshape(Ops.Transpose(x, [0, 2, 1, 3]), [x.Shape[0], x.Shape[2], x.Shape[1] * x.Shape[3]])
        : x;

    /// <summary>The product of [batch, heads, m, k] and [batch, fewer heads, k, n]: neighbouring heads of the first share one of the second, which is not copied.</summary>
    public static Variable Multiply(Operation operation, Variable a, Variable b)
    {
        (Shape left, Shape right) = (a.Shape, b.Shape);
        if (left[1] == right[1])
            return Ops.MatMul(a, b);
        if (!left[1].IsStatic || !right[1].IsStatic || right[1] == 0 || left[1].Size % right[1].Size != 0)
            throw new ShapeException($"{operation.Name} expects heads of queries that are a multiple of those of keys, found {left[1]} and {right[1]}.");
        Dim shared = left[1].Size / right[1].Size;
        Variable product = Ops.MatMul(Ops.Reshape(a, [left[0], right[1], shared * left[2], left[3]]), b);
        return Ops.Reshape(product, [left[0], left[1], left[2], right[3]]);
    }
}
