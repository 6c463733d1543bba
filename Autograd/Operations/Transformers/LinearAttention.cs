using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Transformers;

/// <summary>How <see cref="LinearAttention"/> changes its state, S, from step to step.</summary>
public enum LinearAttentionRule
{
    /// <summary>S + k vᵀ (ONNX <c>linear</c>).</summary>
    Linear,

    /// <summary>e^g S + k vᵀ (ONNX <c>gated</c>).</summary>
    Gated,

    /// <summary>S + β k (v − Sᵀ k)ᵀ (ONNX <c>delta</c>).</summary>
    Delta,

    /// <summary>e^g S + β k (v − e^g Sᵀ k)ᵀ (ONNX <c>gated_delta</c>).</summary>
    GatedDelta,
}

/// <summary>
/// Attention without a softmax, as a recurrence (ONNX <c>LinearAttention</c>; Katharopoulos et al. 2020, Yang et al. 2024): a state S [size, size'] of each head takes up keys and
/// values, o = scale · Sᵀ q. Inputs: queries [batch, time, heads·size], keys [batch, time, fewer heads·size], values [batch, time, fewer heads·size']; the state before,
/// [batch, fewer heads, size, size'], zeros where left out; g [batch, time, fewer heads·size] or [batch, time, fewer heads]; β [batch, time, fewer heads] or [batch, time, 1].
/// Neighbouring heads of queries share one of keys. Results: [batch, time, heads·size'] and the last state.
/// </summary>
/// <remarks>It is an operator from set 27 on, after those that are written: it is written as a Scan. Numbers of 16 bits are computed in float32.</remarks>
/// <param name="QueryHeads">The number of heads of queries.</param>
/// <param name="KeyHeads">The number of heads of keys and values, a divisor of it.</param>
/// <param name="Rule">How the state changes.</param>
/// <param name="Scale">The factor of the result; 0 for 1/√size.</param>
public sealed record LinearAttention(int QueryHeads, int KeyHeads, LinearAttentionRule Rule = LinearAttentionRule.GatedDelta, double Scale = 0) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new LinearAttention(2, 2, LinearAttentionRule.Linear), Narrow(["batch", 3, 4]), Narrow(["batch", 3, 4]), Narrow(["batch", 3, 6])),
        new(new LinearAttention(4, 2, LinearAttentionRule.Gated, 0.7), Narrow([2, "time", 4]), Narrow([2, "time", 2]), Narrow([2, "time", 4]), Narrow([2, 2, 1, 2]), Narrow([2, "time", 2])),
        new(new LinearAttention(1, 1), Narrow([2, 3, 2]), Narrow([2, 3, 2]), Narrow([2, 3, 2]), Narrow([2, 1, 2, 2]), Narrow([2, 3, 2]), Narrow([2, 3, 1])),
    ];

    /// <summary>The standard has no double; the engine computes in it.</summary>
    public override OperatorSchema? StandardSchema() => null;

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new LinearAttention(
        node.Int32("q_num_heads"),
        node.Int32("kv_num_heads"),
        node.Text("update_rule") switch
        {
            "linear" => LinearAttentionRule.Linear,
            "gated" => LinearAttentionRule.Gated,
            "delta" => LinearAttentionRule.Delta,
            "gated_delta" => LinearAttentionRule.GatedDelta,
            var other => throw new GraphException($"LinearAttention expects the update_rule linear, gated, delta or gated_delta, found \"{other}\"."),
        },
        node.Number("scale")).ApplyAll([.. Enumerable.Range(0, node.Count).Select(node.Optional)]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        bool isGated = Rule is LinearAttentionRule.Gated or LinearAttentionRule.GatedDelta, isDelta = Rule is LinearAttentionRule.Delta or LinearAttentionRule.GatedDelta;
        DType type = inputs[0].DType, wide = ElementType.Of(type).IsHalf ? DType.Float32 : type;
        Variable q = Steps(inputs[0], QueryHeads), k = Steps(inputs[1], KeyHeads), v = Steps(inputs[2], KeyHeads);
        if (QueryHeads % KeyHeads != 0 || k.Shape[3] != q.Shape[3])
            throw new ShapeException($"{Name} expects keys of the size of queries and heads of queries that are a multiple of those of keys, found {QueryHeads} heads in {inputs[0].Shape} and {KeyHeads} in {inputs[1].Shape}.");
        (Dim batch, Dim size, Dim width) = (q.Shape[1], k.Shape[3], v.Shape[3]);
        q = Ops.Reshape(q, [q.Shape[0], batch, KeyHeads, QueryHeads / KeyHeads, size]);
        Variable before = inputs.Optional(3) is { } past
            ? Ops.Cast(past, wide)
            : Ops.Expand(Variable.Scalar(0, wide), [batch, KeyHeads, size, width], inputs[0]);
        var steps = new List<Variable> { q, k, v };
        if (isGated)
            steps.Add(Steps(inputs[4], KeyHeads));
        if (isDelta)
            steps.Add(inputs[5].Shape[2] == 1 ? Steps(inputs[5], 1) : Steps(inputs[5], KeyHeads));
        double scale = Scale == 0 ? 1 / Math.Sqrt(size.Size) : Scale;
        (IReadOnlyList<Variable> last, IReadOnlyList<Variable> results) = Ops.Scan([before], steps, (states, elements) =>
        {
            Variable state = states[0], key = Column(elements[1]), value = elements[2];
            if (isGated)
                state *= Column(Ops.Exp(elements[3]));
            if (isDelta)
                value = elements[^1] * (value - (state * key).Sum([2]));
            state += key * Ops.Reshape(value, [value.Shape[0], value.Shape[1], 1, value.Shape[2]]);
            return ([state], [HeadAxis.Scaled(Ops.MatMul(elements[0], state), scale)]);
        });
        Variable y = Ops.Transpose(results[0], [1, 0, 2, 3, 4]);
        return
        [
            Ops.Cast(Ops.Reshape(y, [batch, inputs[0].Shape[1], QueryHeads * width]), type),
            Ops.Cast(last[0], inputs.Optional(3)?.DType ?? type),
        ];

        // [batch, time, heads·size] as [time, batch, heads, size].
        Variable Steps(Variable x, int heads) => x.Shape.Rank == 3 && heads > 0 && x.Shape[2].TryDivide(heads, out Dim each)
            ? Ops.Transpose(Ops.Reshape(Ops.Cast(x, wide), [x.Shape[0], x.Shape[1], heads, each]), [1, 0, 2, 3])
            : throw new ShapeException($"{Name} expects [batch, time, heads·size] with {heads} heads, found {x.Shape}.");

        // [batch, heads, size] as columns.
        static Variable Column(Variable x) => Ops.Reshape(x, [x.Shape[0], x.Shape[1], x.Shape[2], 1]);
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => null;

    private static ExampleInput Narrow(Shape shape) => new(shape, Low: -1, High: 1);
}
