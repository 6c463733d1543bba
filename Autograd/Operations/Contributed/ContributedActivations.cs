using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Contributed;

/// <summary>Reads activations, and those that are attributes of products.</summary>
internal static class ContributedActivations
{
    private const float QuickAlpha = 1.702f;

    public static IReadOnlyList<Variable> Gelu(OnnxNode node) => new Gelu().ApplyAll(node[0]);

    public static IReadOnlyList<Variable> BiasGelu(OnnxNode node) => new Gelu().ApplyAll(node[0] + node[1]);

    public static IReadOnlyList<Variable> FastGelu(OnnxNode node) => new Gelu(Tanh: true).ApplyAll(node.Optional(1) is { } bias ? node[0] + bias : node[0]);

    /// <summary>x·σ(αx).</summary>
    public static IReadOnlyList<Variable> QuickGelu(OnnxNode node) => [node[0] * Ops.Sigmoid(node[0] * node.Number("alpha", QuickAlpha))];

    /// <summary>A result with an activation of a name, empty for none.</summary>
    /// <param name="node">Whose activation it is.</param>
    /// <param name="x">The result.</param>
    /// <param name="first">Its first number; null where the node gives none.</param>
    /// <param name="second">Its second number.</param>
    public static Variable Apply(OnnxNode node, Variable x, float? first, float? second) => (node.Has("activation") ? node.Text("activation") : string.Empty) switch
    {
        "" => x,
        "Relu" => Ops.Relu(x),
        "Tanh" => Ops.Tanh(x),
        "Sigmoid" => Ops.Sigmoid(x),
        "LeakyRelu" => Ops.LeakyRelu(x, first ?? 0.01f),
        "HardSigmoid" => new HardSigmoid(first ?? 0.2f, second ?? 0.5f).Apply(x),
        "HardSwish" => new HardSwish().Apply(x),
        "Elu" => new Elu(first ?? 1f).Apply(x),
        "Softplus" => Ops.Softplus(x),
        "Softsign" => new Softsign().Apply(x),
        "Clip" when first is { } low && second is { } high => Ops.Clip(x, low, high),
        var other => throw new GraphException($"{node.Operator} expects an activation of ONNX Runtime with its numbers, found \"{other}\"."),
    };
}
