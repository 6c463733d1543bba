using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Conformance.Files;

/// <summary>Values for the inputs of a model that nobody has described: the same in every run.</summary>
internal static class MadeInputs
{
    // Sizes that a file leaves open: height and width of a line of text in a picture, the length of a sentence, the samples of a piece of sound.
    private const int Height = 48, Width = 192, Words = 32, Samples = 576;

    /// <summary>A value for each input.</summary>
    /// <param name="signature">The computation.</param>
    /// <param name="rows">The size of a first axis that the file leaves open.</param>
    public static Value[] Of(Signature signature, int rows)
    {
        var sizes = new Dictionary<Symbol, int>();
        var random = new Random(7);
        return [.. signature.Inputs.Select(input => Of(input, Sizes(input, rows, sizes), random))];
    }

    private static int[] Sizes(Variable input, int rows, Dictionary<Symbol, int> known)
    {
        Shape shape = input.Shape;
        var sizes = new int[shape.Rank];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (shape[axis].Symbol is { } symbol)
                sizes[axis] = known.TryGetValue(symbol, out int size) ? size : known[symbol] = axis == 0 ? rows : shape.Rank < 4 ? input.DType.IsFloating() ? Samples : Words : axis == 2 ? Height : Width;
            else
                sizes[axis] = shape[axis].Size;
        }

        return sizes;
    }

    private static Value Of(Variable input, int[] sizes, Random random)
    {
        Value value = Value.Zeros(input.DType, sizes);
        if (input.DType == DType.String)
            return value;
        bool isMask = input.Name!.Contains("mask", StringComparison.OrdinalIgnoreCase), isKind = input.Name.Contains("type", StringComparison.OrdinalIgnoreCase);
        for (int i = 0; i < value.Count; i++)
        {
            value[i] = input.DType.IsFloating() ? (2 * random.NextDouble()) - 1

                // The last quarter of every row is padding.
                : isMask ? sizes.Length > 1 && i % sizes[^1] >= sizes[^1] - (sizes[^1] / 4) ? 0 : 1
                : isKind ? 0

                // A single number is the rate of a sound, others are places in a vocabulary.
                : value.Rank == 0 ? 16_000 : random.Next(1, 100);
        }

        return value;
    }
}
