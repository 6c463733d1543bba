using System.Globalization;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tool.Benchmarks;

/// <summary>Values for the inputs of a model that nobody has described, the same in every run: numbers between −1 and 1, whole numbers 0 and 1.</summary>
internal static class MadeInputs
{
    /// <summary>A value for each input, and the size of each symbol.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="rows">The size of the first axis of each, where the model leaves it open.</param>
    /// <param name="given">Other sizes, as NAME=NUMBER.</param>
    /// <exception cref="ArgumentException">A size is open and not given, or is none.</exception>
    public static (Value[] Values, Dictionary<string, int> Sizes) Of(IReadOnlyList<TensorDescription> inputs, int rows, IReadOnlyList<string> given)
    {
        Dictionary<string, int> sizes = given.Select(Size).ToDictionary(StringComparer.Ordinal);
        foreach (string symbol in inputs.Where(input => input.Shape.Rank > 0).Select(input => input.Shape[0].Symbol?.Name).OfType<string>())
            sizes.TryAdd(symbol, rows);
        var random = new RandomSource(7);
        return ([.. inputs.Select(input => Made(input, sizes, random))], sizes);
    }

    private static Value Made(TensorDescription input, Dictionary<string, int> sizes, RandomSource random)
    {
        var value = Value.Zeros(input.Type.DType, [.. input.Shape.Select(dim => dim.Symbol?.Name is not { } symbol ? dim.Size : sizes.TryGetValue(symbol, out int size) ? size
            : throw new ArgumentException($"Expected the size \"{symbol}\" of the input {input} as --size {symbol}=NUMBER, found none."))]);
        for (int i = 0; i < value.Count; i++)
            value[i] = value.DType.IsFloating() ? random.NextUniform(-1, 1) : random.NextInt32(2);
        return value;
    }

    private static KeyValuePair<string, int> Size(string text) =>
        text.Split('=') is [var name, var number] && int.TryParse(number, CultureInfo.InvariantCulture, out int size) && size >= 1
            ? KeyValuePair.Create(name, size)
            : throw new ArgumentException($"Expected a size as --size NAME=NUMBER, found \"{text}\".");
}
