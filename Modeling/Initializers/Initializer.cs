using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Initializers;

/// <summary>How many connections come into a unit and leave it; initializers choose the scale of weights by it.</summary>
/// <param name="In">Connections into a unit: for a dense layer its inputs, for a convolution channels × kernel area.</param>
/// <param name="Out">Connections out of a unit.</param>
public readonly record struct Fan(int In, int Out);

/// <summary>How a parameter begins. Source: book section 8.4.</summary>
/// <remarks>One of your own is a <c>record</c>, as all of them are: from a class, C# says "Only records may inherit from records" (CS8865).</remarks>
public abstract record Initializer
{
    /// <summary>Creates the initial value, float32.</summary>
    /// <param name="sizes">The sizes of the parameter.</param>
    /// <param name="fan">The connections of one unit.</param>
    /// <param name="random">Random numbers; the same state gives the same value.</param>
    public Value Create(ReadOnlySpan<int> sizes, Fan fan, RandomSource random)
    {
        Value value = Value.Zeros(DType.Float32, sizes);
        Fill(value.Span<float>(), sizes, fan, random);
        return value;
    }

    /// <summary>Creates a parameter, which makes its initial value anew when somebody asks for it.</summary>
    internal Parameter Create(string name, ParameterRole role, ReadOnlySpan<int> sizes, Fan fan, RandomSource random)
    {
        int[] shape = [.. sizes];
        RandomState state = random.State;
        return new Parameter(name, () => Create(shape, fan, new RandomSource(state)), role);
    }

    /// <summary>Fills the elements of a new parameter, which are 0.</summary>
    /// <param name="elements">The elements in row-major order.</param>
    /// <param name="sizes">The sizes of the parameter.</param>
    /// <param name="fan">The connections of one unit.</param>
    /// <param name="random">Random numbers.</param>
    protected abstract void Fill(Span<float> elements, ReadOnlySpan<int> sizes, Fan fan, RandomSource random);
}
