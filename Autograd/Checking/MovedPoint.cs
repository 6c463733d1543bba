using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Checking;

/// <summary>The point at which gradients are compared, with the inputs that are moved around it.</summary>
internal sealed class MovedPoint
{
    private readonly List<Variable> inputs;
    private readonly List<Value> values;
    private readonly int[] moved;

    public MovedPoint(IReadOnlyList<Variable> inputs, IReadOnlyList<Value> values, int[] moved)
    {
        this.inputs = [.. inputs];
        this.values = [.. values.Select(value => value.Clone())];
        this.moved = moved;
        Moved = [.. moved.Select(i => values[i])];
    }

    /// <summary>The inputs, weights of projections among them.</summary>
    public IReadOnlyList<Variable> Inputs => inputs;

    /// <summary>Their values.</summary>
    public Value[] Values => [.. values];

    /// <summary>Where the inputs that are moved stand.</summary>
    public IReadOnlyList<Value> Moved { get; }

    /// <summary>The name of an input that is moved.</summary>
    public string NameOf(int position) => inputs[moved[position]].Name!;

    /// <summary>Whether the sizes of a shape follow from those of the inputs.</summary>
    public bool Binds(Shape shape) => shape.SelectMany(dim => dim.Symbols).All(inputs.SelectMany(input => input.Shape).SelectMany(dim => dim.Symbols).Contains);

    /// <summary>A further input, which stays where it is.</summary>
    public Variable Add(TensorType type, Value value)
    {
        Variable added = Variable.Placeholder(type, null, $"weights {inputs.Count}");
        inputs.Add(added);
        values.Add(value);
        return added;
    }

    /// <summary>The central difference; null where the differences to either side do not agree, or the sum is too large to tell them.</summary>
    public double? Difference(Function function, Direction direction, double step, double scale, double tolerance)
    {
        double middle = At(function, direction, 0), above = At(function, direction, step), below = At(function, direction, -step);
        double right = (above - middle) / step, left = (middle - below) / step, rounding = Math.Abs(middle) * 1e-16 / step;
        return rounding < 0.1 * tolerance * scale && Math.Abs(right - left) <= (1e-2 * Math.Max(Math.Abs(right), Math.Abs(left))) + (1e-3 * scale)
            ? (above - below) / (2 * step)
            : null;
    }

    private double At(Function function, Direction direction, double step)
    {
        for (int p = 0; p < moved.Length; p++)
        {
            if (direction.Parts[p] is not { } part)
                continue;
            Span<double> x = values[moved[p]].Span<double>();
            ReadOnlySpan<double> from = Moved[p].Span<double>();
            for (int i = 0; i < x.Length; i++)
                x[i] = from[i] + (step * part[i]);
        }

        double result = function.Run(Values)[0].Scalar();
        foreach ((int input, Value from) in moved.Zip(Moved))
            values[input].CopyFrom(from);
        return result;
    }
}
