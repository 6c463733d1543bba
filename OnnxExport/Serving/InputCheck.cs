using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Serving;

/// <summary>Compares values with the inputs that they are for.</summary>
internal static class InputCheck
{
    /// <summary>The value of each symbol of the inputs.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="values">One value for each, in their order.</param>
    /// <exception cref="ServingException">A value is missing, or has another type or other sizes than its input.</exception>
    public static Dictionary<string, int> Sizes(IReadOnlyList<TensorDescription> inputs, ReadOnlySpan<Value> values)
    {
        var sizes = new Dictionary<string, int>(StringComparer.Ordinal);
        if (values.Length != inputs.Count)
        {
            throw new ServingException($"Expected values for the inputs {string.Join(", ", inputs.Select(i => i.Name))}, found {values.Length} values.");
        }

        for (int i = 0; i < values.Length; i++)
        {
            TensorDescription description = inputs[i];
            if (values[i].DType != description.Type.DType || values[i].Rank != description.Type.Shape.Rank)
            {
                throw Misfit(description, values[i]);
            }

            for (int axis = 0; axis < values[i].Rank; axis++)
            {
                Dim dim = description.Type.Shape[axis];
                int size = values[i].Sizes[axis];
                int expected = dim.Symbol?.Name is { } symbol ? sizes.TryGetValue(symbol, out int known) ? known : sizes[symbol] = size : dim.Size;
                if (size != expected)
                {
                    throw Misfit(description, values[i]);
                }
            }
        }

        return sizes;
    }

    private static ServingException Misfit(TensorDescription input, Value found) => new($"Expected {input.Type} for the input \"{input.Name}\", found {found}.");
}
