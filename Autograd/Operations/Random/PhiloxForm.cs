using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Random;

/// <summary>
/// <see cref="RandomUniform"/> as ONNX nodes on uint64, bit for bit what <see cref="Philox"/> computes. Each 32-bit word lies in the lower half of a
/// uint64, so a product of two words does not overflow. The counter words (c₀, c₂) are the rows of one matrix [2, blocks] and (c₁, c₃) those of
/// another, so each round is written once for both halves.
/// </summary>
/// <param name="opset">The operator set. From 18 on words are combined by <c>BitwiseXor</c>; before, by a table of the 4096 combinations of three
/// times four bits.</param>
internal sealed class PhiloxForm(int opset)
{
    private const int BitwiseXorSince = 18;
    private const int NibblesPerWord = 8;
    private static readonly OnnxInput Key = new OnnxInput.Argument(0);
    private static readonly OnnxInput Counter = new OnnxInput.Argument(1);
    private static readonly OnnxInput Sizes = new OnnxInput.Argument(2);

    // Values are mutable and therefore belong to one form each.
    private readonly OnnxInput two32 = Number(1UL << 32);
    private readonly OnnxInput thirtyTwo = Number(32);
    private readonly OnnxInput sixteen = Number(16);

    // Words lie in matrices [2, blocks]; bits of a word, and words beside each other, in a third axis.
    private readonly OnnxInput third = OnnxInput.Integers(2);
    private readonly OnnxInput shifts = Constant([0, 4, 8, 12, 16, 20, 24, 28], NibblesPerWord);
    private readonly OnnxInput weights = OnnxInput.Integers([.. Enumerable.Range(0, NibblesPerWord).Select(i => 1L << (4 * i))]);
    private readonly OnnxInput table = new OnnxInput.Constant(Value.Of(
        [.. Enumerable.Range(0, 4096).Select(i => (long)((i >> 8) ^ ((i >> 4) & 15) ^ (i & 15)))], 4096));

    public OnnxForm Write(Shape shape, DType type)
    {
        OnnxInput count = !shape.DependsOnData
            ? new OnnxInput.Dimensions([shape.ElementCount])
            : OnnxInput.Of("ReduceProd", [new OnnxAttribute("keepdims", 1L)], Sizes);
        (OnnxInput even, OnnxInput odd) = Words(Blocks(count, type == DType.Float32 ? 4 : 2));
        OnnxInput bits = type == DType.Float32 ? Interleave(even, odd) : Join(even, odd);
        OnnxInput elements = OnnxInput.Of(
            "Slice", OnnxInput.Of("Reshape", bits, Flat(shape, type == DType.Float32 ? 4 : 2)), OnnxInput.Integers(0), count, OnnxInput.Integers(0), OnnxInput.Integers(1));
        return type == DType.Float32
            ? Finish(Shifted("RIGHT", elements, Number(8)), type, shape, Value.Of(1f / (1 << 24)))
            : Finish(elements, type, shape, Value.Of(1.0 / (1L << 53)));
    }

    /// <summary>0, 1, … for the blocks that cover a number of elements.</summary>
    private static OnnxInput Blocks(OnnxInput count, long perBlock)
    {
        OnnxInput above = OnnxInput.Of("Add", count, OnnxInput.Integers(perBlock - 1));
        OnnxInput blocks = OnnxInput.Of("Squeeze", OnnxInput.Of("Div", above, OnnxInput.Integers(perBlock)), OnnxInput.Integers(0));
        OnnxInput range = OnnxInput.Of("Range", Scalar(0), blocks, Scalar(1));
        return OnnxInput.Of("Cast", [new OnnxAttribute("to", DType.UInt64)], range);
    }

    /// <summary>The words (c₀, c₂) and (c₁, c₃) of all blocks after ten rounds, as rows.</summary>
    private (OnnxInput Even, OnnxInput Odd) Words(OnnxInput blocks)
    {
        OnnxInput keys = RoundKeys();
        OnnxInput multipliers = Constant([Philox.Multiplier1, Philox.Multiplier0], 2, 1);
        OnnxInput exchange = OnnxInput.Integers(1, 0);

        // (c₂, c₀): the order in which the products below stand beside the words that they are combined with.
        OnnxInput turned = OnnxInput.Of(
            "Add",
            OnnxInput.Of("Mul", blocks, Constant([0, 1], 2, 1)),
            OnnxInput.Of("Mul", Rest(Counter, two32), Constant([1, 0], 2, 1)));
        OnnxInput even = turned;
        OnnxInput odd = OnnxInput.Of("Mul", Right(Counter, thirtyTwo), Constant([0, 1], 2, 1));
        for (int round = 0; round < Philox.Rounds; round++)
        {
            OnnxInput products = OnnxInput.Of("Mul", turned, multipliers);
            OnnxInput key = Gather(keys, Scalar(round));
            even = Xor(Right(products, thirtyTwo), odd, key);
            odd = Rest(products, two32);
            turned = Gather(even, exchange);
        }

        return (even, odd);
    }

    /// <summary>The two key words of each round, [rounds, 2, 1]; before opset 18 split into nibbles.</summary>
    private OnnxInput RoundKeys()
    {
        var steps = new ulong[2 * Philox.Rounds];
        for (int round = 0; round < Philox.Rounds; round++)
        {
            (steps[2 * round], steps[(2 * round) + 1]) = ((uint)(Philox.Weyl0 * round), (uint)(Philox.Weyl1 * round));
        }

        OnnxInput words = Rest(Right(Key, Constant([0, 32], 2, 1)), two32);
        OnnxInput keys = Rest(OnnxInput.Of("Add", words, Constant(steps, Philox.Rounds, 2, 1)), two32);
        return opset >= BitwiseXorSince ? keys : Nibbles(keys, OnnxInput.Integers(3));
    }

    private OnnxInput Xor(OnnxInput a, OnnxInput b, OnnxInput key)
    {
        if (opset >= BitwiseXorSince)
        {
            return Differing(Differing(a, b), key);
        }

        OnnxInput index = OnnxInput.Of("Add", OnnxInput.Of("Mul", Nibbles(a, third), sixteen), Nibbles(b, third));
        index = OnnxInput.Of("Add", OnnxInput.Of("Mul", index, sixteen), key);
        index = OnnxInput.Of("Cast", [new OnnxAttribute("to", DType.Int64)], index);
        OnnxInput nibbles = OnnxInput.Of("Mul", Gather(table, index), weights);
        OnnxInput word = OnnxInput.Of("ReduceSum", [new OnnxAttribute("keepdims", 0L)], nibbles, third);
        return OnnxInput.Of("Cast", [new OnnxAttribute("to", DType.UInt64)], word);
    }

    /// <summary>The eight times four bits of each word, in a new last axis.</summary>
    private OnnxInput.Computed Nibbles(OnnxInput words, OnnxInput axis) =>
        Rest(Right(OnnxInput.Of("Unsqueeze", words, axis), shifts), sixteen);

    /// <summary>c₀, c₁, c₂, c₃ of each block: [blocks, 2, 2].</summary>
    private OnnxInput Interleave(OnnxInput even, OnnxInput odd)
    {
        OnnxInput pairs = OnnxInput.Of(
            "Concat", [new OnnxAttribute("axis", 2L)], OnnxInput.Of("Unsqueeze", even, third), OnnxInput.Of("Unsqueeze", odd, third));
        return OnnxInput.Of("Transpose", [new OnnxAttribute("perm", new long[] { 1, 0, 2 })], pairs);
    }

    /// <summary>The upper 53 bits of each pair of words, the odd word above the even one: [blocks, 2].</summary>
    private static OnnxInput Join(OnnxInput even, OnnxInput odd)
    {
        OnnxInput bits = OnnxInput.Of("Add", Shifted("LEFT", odd, Number(21)), Right(even, Number(11)));
        return OnnxInput.Of("Transpose", [new OnnxAttribute("perm", new long[] { 1, 0 })], bits);
    }

    private static OnnxForm Finish(OnnxInput bits, DType type, Shape shape, Value scale)
    {
        OnnxInput numbers = OnnxInput.Of("Cast", [new OnnxAttribute("to", type)], bits);
        OnnxInput scaled = OnnxInput.Of("Mul", numbers, new OnnxInput.Constant(scale));
        return new OnnxForm("Reshape") { Inputs = [scaled, shape.DependsOnData ? Sizes : Reshape.TargetOf(shape)] };
    }

    /// <summary>The number of words of all blocks; −1, what is there, where it follows from symbols.</summary>
    private static OnnxInput Flat(Shape shape, int perBlock) => OnnxInput.Integers(
        shape.IsStatic ? (shape.ElementCount.Size + perBlock - 1) / perBlock * (long)perBlock : -1);

    private static OnnxInput Gather(OnnxInput x, OnnxInput indices) => OnnxInput.Of("Gather", [new OnnxAttribute("axis", 0L)], x, indices);

    private static OnnxInput.Computed Shifted(string direction, OnnxInput x, OnnxInput bits) =>
        new OnnxInput.Computed(new OnnxForm("BitShift") { Attributes = [Direction(direction)], Inputs = [x, bits], Read = BitShift.FromOnnx });

    private static OnnxInput.Computed Rest(OnnxInput x, OnnxInput divisor) => new OnnxInput.Computed(new OnnxForm("Mod") { Inputs = [x, divisor], Read = Mod.FromOnnx });

    private static OnnxInput.Computed Differing(OnnxInput a, OnnxInput b) => new OnnxInput.Computed(new OnnxForm("BitwiseXor") { Inputs = [a, b], Read = BitwiseXor.FromOnnx });

    private static OnnxInput.Computed Right(OnnxInput x, OnnxInput bits) => Shifted("RIGHT", x, bits);

    private static OnnxAttribute Direction(string direction) => new("direction", direction);

    private static OnnxInput.Constant Number(ulong number) => new(Value.Of(number));

    private static OnnxInput.Constant Scalar(long number) => new(Value.Of(number));

    private static OnnxInput.Constant Constant(ReadOnlySpan<ulong> numbers, params ReadOnlySpan<int> sizes) =>
        new(Value.Of(numbers, sizes));
}
