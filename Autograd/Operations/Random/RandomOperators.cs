using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Random;

/// <summary>
/// The random generators of the standard, read as <see cref="RandomUniform"/> and what follows from it. The standard leaves the numbers open; these are a function of the attribute <c>seed</c>, or where
/// there is none of the name of the node's result, so they are the same in every run and no two nodes without a seed have the same.
/// </summary>
internal static class RandomOperators
{
    /// <summary>What applies a node, by domain and operator.</summary>
    public static IEnumerable<KeyValuePair<(string Domain, string Name), Func<OnnxNode, IReadOnlyList<Variable>>>> All { get; } =
    [
        Of("Bernoulli", Bernoulli),
        Of("Multinomial", Multinomial),
        Of("RandomNormal", node => Normal(node, ShapeOf(node), node.Type("dtype"))),
        Of("RandomNormalLike", node => Normal(node, Ops.ShapeOf(node[0]), TypeLike(node))),
        Of("RandomUniform", node => Between(node, ShapeOf(node), node.Type("dtype"))),
        Of("RandomUniformLike", node => Between(node, Ops.ShapeOf(node[0]), TypeLike(node))),
    ];

    /// <summary>1 with the probability that the input states, 0 otherwise.</summary>
    private static IReadOnlyList<Variable> Bernoulli(OnnxNode node) =>
        [Ops.Cast(Ops.Less(Uniform(node, Ops.ShapeOf(node[0]), Computed(node[0].DType)), Ops.Cast(node[0], Computed(node[0].DType))), TypeLike(node))];

    /// <summary>Classes drawn with the probabilities softmax(x) for each row, [batch, sample_size].</summary>
    private static IReadOnlyList<Variable> Multinomial(OnnxNode node)
    {
        Variable x = Ops.Cast(node[0], Computed(node[0].DType));
        if (x.Shape.Rank != 2)
            throw new ShapeException($"{node.Operator} expects [batch, classes], found {x.Type}.");
        int count = node.Int32("sample_size") is > 0 and var asked ? asked : throw new GraphException($"{node.Operator} expects at least one as \"sample_size\", found {node.Int32("sample_size")}.");
        Variable shares = Ops.Softmax(x), upTo = new Reductions.CumSum().Apply(shares, Variable.Scalar(1, DType.Int64));
        Variable drawn = Uniform(node, Ops.Concat(0, new ShapeOf(0, 1).Apply(x), Ops.Integers(count)), x.DType);

        // The last bound is 1, which rounding may miss.
        Variable inner = Ops.Slice(upTo, 1, 0, -1);
        Variable isBehind = Ops.GreaterOrEqual(new Unsqueeze().Apply(drawn, Ops.Integers(2)), new Unsqueeze().Apply(inner, Ops.Integers(1)));
        return [Ops.Cast(Ops.Sum(Ops.Cast(isBehind, DType.Int64), [2]), node.Type("dtype"))];
    }

    /// <summary>Normal numbers by the method of Box and Muller.</summary>
    private static IReadOnlyList<Variable> Normal(OnnxNode node, Variable shape, DType type)
    {
        DType computed = Computed(type);
        Variable length = Ops.Sqrt(-2 * Ops.Log(1 - Uniform(node, shape, computed))), angle = 2 * Math.PI * Uniform(node, shape, computed, draw: 1);
        return [Ops.Cast(node.Number("mean") + (node.Number("scale") * (length * Ops.Cos(angle))), type)];
    }

    private static IReadOnlyList<Variable> Between(OnnxNode node, Variable shape, DType type)
    {
        (double low, double high) = (node.Number("low"), node.Number("high"));
        return [Ops.Cast(low + ((high - low) * Uniform(node, shape, Computed(type))), type)];
    }

    private static Variable Uniform(OnnxNode node, Variable shape, DType type, ulong draw = 0) =>
        new RandomUniform(type).Apply(Variable.Of(Value.Of(KeyOf(node))), Variable.Of(Value.Of(draw)), shape);

    private static Variable ShapeOf(OnnxNode node) => node.Integers("shape") is { } shape && shape.All(size => size >= 0)
        ? Ops.Integers(shape)
        : throw new GraphException($"{node.Operator} needs sizes of at least 0 as the attribute \"shape\", found {string.Join(", ", node.Integers("shape") ?? [])}.");

    private static DType TypeLike(OnnxNode node) => node.Has("dtype") ? node.Type("dtype") : node[0].DType;

    private static DType Computed(DType type) => type == DType.Float64 ? type : DType.Float32;

    /// <summary>The seed, or a hash of the name (FNV-1a).</summary>
    private static ulong KeyOf(OnnxNode node)
    {
        if (node.Has("seed"))
            return BitConverter.SingleToUInt32Bits(node.Number("seed"));
        const ulong Prime = 0x100000001b3;
        return node.Label.Aggregate(0xcbf29ce484222325, (hash, letter) => unchecked((hash ^ letter) * Prime));
    }

    private static KeyValuePair<(string Domain, string Name), Func<OnnxNode, IReadOnlyList<Variable>>> Of(string name, Func<OnnxNode, IReadOnlyList<Variable>> apply) =>
        new((string.Empty, name), apply);
}
