using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling;

/// <summary>Euclidean lengths in a graph that neither overflow nor underflow: numbers are divided by the greatest of them before they are squared.</summary>
internal static class Norms
{
    /// <summary>x, with length <paramref name="limit"/> where it is longer, by the axes given, and bit for bit as it is elsewhere.</summary>
    public static Variable Shortened(Variable x, Variable limit, IntList axes)
    {
        (Variable unit, Variable greatest) = Scaled(x, axes);
        return Shortened(x, unit, greatest, unit.Square().Sum(axes, keepDims: true).Sqrt(), limit);
    }

    /// <summary>Variables whose length together is at most <paramref name="limit"/>: all are shortened alike if it is greater.</summary>
    public static IReadOnlyList<Variable> Shortened(IReadOnlyList<Variable> parts, Variable limit)
    {
        if (parts.Count == 0)
            return parts;
        Variable greatest = NotZero(parts.Select(part => part.Abs().ReduceMax(AllAxes(part))).Aggregate(Ops.Max));
        Variable[] units = [.. parts.Select(part => part / greatest)];
        Variable length = units.Select(unit => unit.Square().Sum()).Aggregate(Ops.Add).Sqrt();
        return [.. parts.Select((part, i) => Shortened(part, units[i], greatest, length, limit))];
    }

    /// <summary>x with length 1 by the axes given; 0 stays 0.</summary>
    public static Variable Unit(Variable x, IntList axes)
    {
        Variable scaled = Scaled(x, axes).Unit;
        // The greatest element is 1 now, or all are 0.
        return scaled / Ops.Max(scaled.Square().Sum(axes, keepDims: true).Sqrt(), 1.0);
    }

    /// <summary>x divided by its greatest absolute value by the axes given, and that value, or 1 for zeros.</summary>
    public static (Variable Unit, Variable Greatest) Scaled(Variable x, IntList axes)
    {
        Variable greatest = NotZero(x.Abs().ReduceMax(axes, keepDims: true));
        return (x / greatest, greatest);
    }

    /// <summary>All axes of a variable.</summary>
    public static IntList AllAxes(Variable x) => [.. Enumerable.Range(0, x.Shape.Rank)];

    private static Variable Shortened(Variable x, Variable unit, Variable greatest, Variable length, Variable limit)
    {
        Variable most = limit.Cast(length.DType);
        return Ops.Where(Ops.Greater(length, most / greatest), unit * (most / length), x);
    }

    private static Variable NotZero(Variable x) => Ops.Where(Ops.Equal(x, Variable.Scalar(0.0, x.DType)), 1.0, x);
}
