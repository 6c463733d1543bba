using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Distributions;

/// <summary>Random numbers as part of a graph: a pure function of a key and a counter.</summary>
/// <param name="Key">A uint64 scalar that selects the stream.</param>
/// <param name="Counter">A uint64 scalar that selects the draw, such as a state parameter that goes up with each step.</param>
public readonly record struct RandomStream(Variable Key, Variable Counter)
{
    /// <summary>A stream of constants: the same numbers at each run.</summary>
    /// <param name="key">Selects the stream.</param>
    /// <param name="counter">Selects the draw.</param>
    public static RandomStream Of(ulong key, ulong counter = 0) => new(Variable.Of(Value.Of(key)), Variable.Of(Value.Of(counter)));

    /// <summary>A stream that has nothing to do with this one.</summary>
    /// <param name="index">Which; another index, another stream.</param>
    public RandomStream Fork(int index) => this with
    {
        Key = Ops.Add(Key, Variable.Of(Value.Of(unchecked((ulong)(index + 1) * 0xD1B54A32D192ED03)))),
    };

    /// <summary>Numbers of the uniform distribution on [0, 1).</summary>
    /// <param name="shape">The shape; symbols that occur in the shape of a carrier are allowed.</param>
    /// <param name="type">Float32 or Float64.</param>
    /// <param name="carriers">Tensors in whose shapes the symbols occur.</param>
    public Variable Uniform(Shape shape, DType type, params ReadOnlySpan<Variable> carriers) => Ops.RandomUniform(shape, Key, Counter, type, carriers);

    /// <summary>Numbers of the standard normal distribution: √(−2 ln(1 − u))·cos(2πv). Source: Box, Muller 1958.</summary>
    /// <param name="shape">The shape; symbols that occur in the shape of a carrier are allowed.</param>
    /// <param name="type">Float32 or Float64.</param>
    /// <param name="carriers">Tensors in whose shapes the symbols occur.</param>
    public Variable Normal(Shape shape, DType type, params ReadOnlySpan<Variable> carriers)
    {
        Variable radius = (-2.0 * (1.0 - Uniform(shape, type, carriers)).Log()).Sqrt();
        return radius * (2.0 * Math.PI * Fork(0).Uniform(shape, type, carriers)).Cos();
    }
}
