using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Transformers;

/// <summary>
/// Rotary positions (ONNX <c>RotaryEmbedding</c>; Su et al. 2021): pairs of elements of each head are turned by an angle that depends on their place,
/// (x₁ cos − x₂ sin, x₁ sin + x₂ cos). Inputs: x [batch, heads, time, size] or [batch, time, heads·size]; cosines and sines, [places, pairs] where places are given and
/// [batch, time, pairs] where not; places, int64 [batch, time]. Pairs are the two halves, or neighbours.
/// </summary>
/// <remarks>It is an operator from set 23 on, after those that are written: it is written in others.</remarks>
/// <param name="Interleaved">Whether pairs are neighbours.</param>
/// <param name="Heads">The number of heads where they are packed into the last axis; 0 where they have an axis.</param>
/// <param name="Turned">How many elements at the beginning of each head are turned; 0 for all.</param>
public sealed record RotaryEmbedding(bool Interleaved = false, int Heads = 0, int Turned = 0) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new RotaryEmbedding(), new ExampleInput(["batch", 2, 3, 4]), new([5, 2]), new([5, 2]), new(["batch", 3], DType.Int64, 0, 4)),
        new(new RotaryEmbedding(Interleaved: true, Heads: 2), new ExampleInput([2, "time", 8]), new([2, "time", 2]), new([2, "time", 2])),
        new(new RotaryEmbedding(Turned: 2), new ExampleInput([1, 2, 3, 5]), new([1, 3, 1]), new([1, 3, 1])),
    ];

    /// <summary>The standard has no double; the engine computes in it.</summary>
    public override OperatorSchema? StandardSchema() => null;

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new RotaryEmbedding(
        node.Flag("interleaved"), node.Has("num_heads") ? node.Int32("num_heads") : 0, node.Int32("rotary_embedding_dim"))
        .ApplyAll(node[0], node[1], node[2], node.Optional(3));

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable whole = HeadAxis.Apart(this, inputs[0], Heads > 0 ? Heads : null);
        int size = Require.Static(this, whole.Type, 3), turned = Turned == 0 ? size : Turned, pairs = turned / 2;
        if (turned % 2 != 0 || turned > size || inputs[1].Shape[^1] != pairs || inputs[2].Shape != inputs[1].Shape || inputs[1].Shape.Rank != (inputs.Has(3) ? 2 : 3))
            throw new ShapeException($"{Name} expects an even number of elements up to {size} and cosines and sines for {pairs} pairs, found {turned}, {inputs[1].Shape} and {inputs[2].Shape}.");
        (Variable cos, Variable sin) = (Angles(1), Angles(2));
        Variable x = turned == size ? whole : whole.Slice(3, 0, turned);
        (Variable first, Variable second) = Interleaved
            ? (x.Slice(3, 0, turned, 2), x.Slice(3, 1, turned, 2))
            : (x.Slice(3, 0, pairs), x.Slice(3, pairs, turned));
        Variable real = (first * cos) - (second * sin), imaginary = (first * sin) + (second * cos);
        Shape each = real.Shape;
        Variable y = Interleaved
            ? Ops.ReshapeLike(Ops.Concat(4, Ops.Reshape(real, [.. each, 1]), Ops.Reshape(imaginary, [.. each, 1])), x)
            : Ops.Concat(3, real, imaginary);
        if (turned < size)
            y = Ops.Concat(3, y, whole.Slice(3, turned, size));
        return [HeadAxis.Together(y, inputs[0].Shape.Rank == 3)];

        // [batch, 1, time, pairs], the same for all heads.
        Variable Angles(int input)
        {
            Variable table = inputs.Has(3) ? Ops.Gather(inputs[input], inputs[3]) : inputs[input];
            return Ops.Reshape(table, [table.Shape[0], 1, table.Shape[1], table.Shape[2]]);
        }
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => null;
}
