using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Checking;

/// <summary>The point at which gradients are compared, with the inputs that are moved around it.</summary>
internal sealed class MovedPoint
{
    /// <summary>The digits of central differences of the second order.</summary>
    public const double CoarseTolerance = 2e-6;

    // Wide enough for eight digits of the fourth order.
    private const double Wide = 30;

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

    /// <summary>
    /// The central difference; null where the differences to either side do not agree, or the sum is too large to tell them. Where that of the fourth order over steps thirty times as wide agrees
    /// with it as far as its own digits go, the function is smooth so far, and that one, which has more digits, is given.
    /// </summary>
    /// <returns>The difference, and whether it is that of the fourth order.</returns>
    public (double? Difference, bool IsFine) Difference(Function function, Direction direction, double step, double scale, double tolerance)
    {
        double middle = At(function, direction, 0), above = At(function, direction, step), below = At(function, direction, -step);
        double right = (above - middle) / step, left = (middle - below) / step, central = (above - below) / (2 * step);
        if (!IsTold(step, CoarseTolerance) || !(Math.Abs(right - left) <= (1e-2 * Math.Max(Math.Abs(right), Math.Abs(left))) + (1e-3 * scale)))
            return (null, false);
        double wide = Wide * step;
        if (!IsTold(wide, tolerance))
            return (central, false);
        double fine = ((8 * (At(function, direction, wide) - At(function, direction, -wide))) - (At(function, direction, 2 * wide) - At(function, direction, -2 * wide))) / (12 * wide);
        return Math.Abs(fine - central) <= CoarseTolerance * Math.Max(Math.Abs(central), scale) ? (fine, true) : (central, false);

        // Whether the rounding of the sum leaves the digits that are asked for.
        bool IsTold(double width, double digits) => Math.Abs(middle) * 1e-16 / width < 0.1 * Math.Max(digits, tolerance) * scale;
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
