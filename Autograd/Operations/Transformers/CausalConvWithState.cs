using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Transformers;

/// <summary>
/// A convolution of each channel along time that looks back only (ONNX <c>CausalConvWithState</c>; Gu and Dao 2023): y[t] = Σ w[i] · x[t − (k − 1) + i] + bias. Inputs: x [batch, C,
/// time]; w [C, 1, k]; optionally bias [C], and what came before x, [batch, C, k − 1], zeros where left out. Results: y of the shape of x, and the last k − 1 elements of x
/// with what came before.
/// </summary>
/// <remarks>It is an operator from set 27 on, after those that are written: it is written in others.</remarks>
/// <param name="Silu">Whether the result is y · σ(y) (ONNX <c>activation</c> silu and swish).</param>
public sealed record CausalConvWithState(bool Silu = false) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new CausalConvWithState(), new ExampleInput(["batch", 2, "time"]), new([2, 1, 3])),
        new(new CausalConvWithState(Silu: true), new ExampleInput(["batch", 3, 2]), new([3, 1, 4]), new([3]), new(["batch", 3, 3])),
    ];

    /// <summary>The standard has no double; the engine computes in it.</summary>
    public override OperatorSchema? StandardSchema() => null;

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new CausalConvWithState(node.Text("activation") switch
    {
        "none" => false,
        "silu" or "swish" => true,
        var other => throw new GraphException($"CausalConvWithState expects the activation none, silu or swish, found \"{other}\"."),
    }).ApplyAll([.. Enumerable.Range(0, node.Count).Select(node.Optional)]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        (Variable x, Variable w) = (inputs[0], inputs[1]);
        if (x.Shape.Rank != 3 || w.Shape.Rank != 3 || w.Shape[0] != x.Shape[1] || w.Shape[1] != 1 || !w.Shape.IsStatic || w.Shape[2] == 0)
            throw new ShapeException($"{Name} expects x [batch, C, time] and weights [C, 1, k] of known size, found {x.Shape} and {w.Shape}.");
        int before = w.Shape[2].Size - 1;
        Variable whole = inputs.Optional(3) is { } past ? Ops.Concat(2, past, x) : Ops.Pad(x, [0, 0, before], [0, 0, 0]);
        Variable y = new Conv([1], [0, 0], [1], w.Shape[0].Size).Apply(whole, w, inputs.Optional(2));
        return
        [
            Silu ? y * Ops.Sigmoid(y) : y,
            before == 0 ? Ops.Slice(whole, 2, 0, 0) : Ops.Slice(whole, 2, -before, int.MaxValue),
        ];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => null;
}
