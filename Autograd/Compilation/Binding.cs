using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>The sizes that a set of input values gives to the symbols of a signature.</summary>
internal sealed class Binding
{
    private Binding(Dictionary<string, int> sizes) => Sizes = sizes;

    public IReadOnlyDictionary<string, int> Sizes { get; }

    /// <summary>Checks every value against its input and collects the sizes of symbols.</summary>
    public static Binding Of(Signature signature, ReadOnlySpan<Value> values)
    {
        if (values.Length != signature.Inputs.Count)
        {
            throw new GraphException(
                $"Expected {signature.Inputs.Count} values for the inputs {string.Join(", ", signature.Inputs)} of \"{signature.Name}\", " +
                $"found {values.Length}.");
        }

        var sizes = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < values.Length; i++)
        {
            Variable input = signature.Inputs[i];
            if (values[i].DType != input.DType)
            {
                throw new DTypeException($"Expected {input.Type} for the input \"{input.Name}\", found {values[i]}.");
            }

            if (values[i].Rank != input.Shape.Rank)
            {
                throw new ShapeException($"Expected {input.Type} for the input \"{input.Name}\", found {values[i]}.");
            }

            for (int axis = 0; axis < input.Shape.Rank; axis++)
            {
                Bind(input, axis, values[i], sizes);
            }
        }

        return new Binding(sizes);
    }

    private static void Bind(Variable input, int axis, Value value, Dictionary<string, int> sizes)
    {
        Dim dim = input.Shape[axis];
        int size = value.Sizes[axis];
        int expected = dim.Symbol is { } symbol
            ? sizes.TryGetValue(symbol, out int known) ? known : sizes[symbol] = size
            : dim.Size;
        if (size != expected)
        {
            throw new ShapeException(
                $"Expected {input.Type} for the input \"{input.Name}\"{(dim.Symbol is null ? string.Empty : $" with {dim} = {expected}")}, found {value}.");
        }
    }
}
