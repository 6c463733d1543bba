using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Checking;

/// <summary>
/// Compares the gradients of a computation with central differences in float64, up to an order: of a random projection of all its floating-point outputs, in random directions of all its float64 inputs, or
/// element by element. For whoever writes a rule (<see cref="Operation.Bprop"/>, <see cref="Ops.WithGradient(Variable, Func{Variable, Variable}, Func{Variable, Variable, Variable, Variable})"/>).
/// </summary>
/// <remarks>
/// The projection of outputs y is Σ wᵢ s sin(yᵢ/s + 0.3) with random w from 0.5 to 1.5 and s the largest |yᵢ|, at least 1. So no symmetry of the function cancels, and the gradient that comes in at each output depends on the
/// inputs, which the second order needs. The next order does the same to the gradients. A wrong element of a gradient shows in almost every random direction. Source: book section 11.5.
/// </remarks>
public sealed record GradientCheck
{
    private static readonly ExecutionOptions OneThread = new() { Threads = 1 };

    /// <summary>How often the function is differentiated; 2 by default.</summary>
    public int Order { get; init; } = 2;

    /// <summary>The number of random directions, each over all inputs at once; 3 by default.</summary>
    public int Directions { get; init; } = 3;

    /// <summary>How many elements of each input are moved alone, drawn where there are more; none by default.</summary>
    public int Elements { get; init; }

    /// <summary>h: how far the inputs move to either side; 10⁻⁵ by default. For elements beyond 10⁴ it grows with them. Where the function is smooth as far as 60 h, the difference is that of the
    /// fourth order, (8(f(x + kv) − f(x − kv)) − (f(x + 2kv) − f(x − 2kv)))/12k with k = 30 h.</summary>
    public double Step { get; init; } = 1e-5;

    /// <summary>How far a derivative may lie from the difference, relative to it, to the largest element of the gradients and at least to 0.01; 10⁻⁷ by default. It is 2·10⁻⁶ at least where the
    /// difference is that of the second order, which has no more digits.</summary>
    public double Tolerance { get; init; } = 1e-7;

    /// <summary>The seed of weights and directions.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Requires the gradients of a function of one tensor to agree with differences.</summary>
    /// <param name="function">The function.</param>
    /// <param name="at">Where: a float64 tensor.</param>
    /// <exception cref="GradientException">A derivative differs, or the function is not smooth there.</exception>
    public void Require(Func<Variable, Variable> function, Value at)
    {
        Variable x = Variable.Input("x", at.DType, at.Shape);
        Require([x], [function(x)], [at]);
    }

    /// <summary>Requires the gradients of a computation to agree with differences.</summary>
    /// <param name="inputs">The inputs; those of float64 are moved.</param>
    /// <param name="outputs">The outputs; those of float64 are differentiated.</param>
    /// <param name="at">A value for each input.</param>
    /// <exception cref="GradientException">A derivative differs, or the function is not smooth there; there is no input or no output of float64.</exception>
    public void Require(IReadOnlyList<Variable> inputs, IReadOnlyList<Variable> outputs, IReadOnlyList<Value> at)
    {
        if (Compare(inputs, outputs, at).FirstOrDefault(comparison => !comparison.Agrees) is { } wrong)
            throw new GradientException(wrong.ToString());
    }

    /// <summary>Compares the gradients of a computation with differences.</summary>
    /// <param name="inputs">The inputs; those of float64 are moved.</param>
    /// <param name="outputs">The outputs; those of float64 are differentiated.</param>
    /// <param name="at">A value for each input.</param>
    /// <param name="wrt">The inputs to move; null for all of float64.</param>
    /// <returns>One comparison for each order and direction. An order of which nothing depends on the inputs any more ends the list.</returns>
    /// <exception cref="GradientException">There is no input or no output of float64, or a derivative is not defined.</exception>
    public IReadOnlyList<GradientComparison> Compare(
        IReadOnlyList<Variable> inputs, IReadOnlyList<Variable> outputs, IReadOnlyList<Value> at, IReadOnlyList<Variable>? wrt = null)
    {
        int[] moved = [.. Enumerable.Range(0, inputs.Count).Where(i => inputs[i].DType == DType.Float64 && wrt?.Contains(inputs[i]) != false)];
        wrt = [.. moved.Select(i => inputs[i])];
        Variable[] projected = [.. outputs.Where(output => output.DType == DType.Float64)];
        if (moved.Length == 0 || projected.Length == 0)
            throw new GradientException($"Expected inputs and outputs of {DType.Float64} to compare, found {string.Join(", ", inputs)} and {string.Join(", ", outputs)}.");
        var random = new Random(Seed);
        var point = new MovedPoint(inputs, at, moved);
        var comparisons = new List<GradientComparison>();
        for (int order = 1; order <= Order && projected.Length > 0; order++)
        {
            Variable scalar = Projection(point, projected, random);
            IReadOnlyList<Variable?> gradients = Gradient.OrNull(scalar, wrt);
            projected = [.. gradients.OfType<Variable>()];
            Function function = Function.Compile(point.Inputs, [scalar], options: OneThread);
            Value[] found = Function.Compile(point.Inputs, projected, options: OneThread).Run(point.Values);
            var computed = new Queue<Value>(found);
            Value?[] derivatives = [.. gradients.Select(gradient => gradient is null ? null : computed.Dequeue())];
            double scale = found.SelectMany(Numbers).Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
            foreach (Direction direction in DirectionsFor(point, random))
            {
                double derivative = direction.Along(derivatives);
                (double? difference, bool isFine) = point.Difference(function, direction, Step * direction.Growth, Math.Max(1, scale), Tolerance);
                double tolerance = isFine ? Tolerance : Math.Max(Tolerance, MovedPoint.CoarseTolerance);
                comparisons.Add(new GradientComparison(order, direction.Name, derivative, difference, tolerance * Math.Max(Math.Max(Math.Abs(difference ?? 0), scale), 1e-2)));
            }
        }

        return comparisons;
    }

    private IEnumerable<Direction> DirectionsFor(MovedPoint point, Random random)
    {
        for (int i = 0; i < Directions; i++)
            yield return Direction.Draw(point.Moved, random, i);
        foreach ((Value value, int position) in point.Moved.Select((value, position) => (value, position)))
        {
            IEnumerable<int> chosen = value.Count <= Elements ? Enumerable.Range(0, value.Count) : Enumerable.Range(0, Elements).Select(_ => random.Next(value.Count)).ToArray();
            foreach (int element in chosen)
                yield return Direction.OfElement(point, position, element);
        }
    }

    /// <summary>The scalar that is differentiated; its weights are further inputs.</summary>
    private static Variable Projection(MovedPoint point, Variable[] outputs, Random random)
    {
        Value[] values = Function.Compile(point.Inputs, outputs, options: OneThread).Run(point.Values);
        Variable? sum = null;
        for (int i = 0; i < outputs.Length; i++)
        {
            double scale = Numbers(values[i]).Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max();
            scale = Math.Max(1, scale);
            // A size that depends on data is no input's, so there all elements have one weight.
            Value weights = Value.Zeros(DType.Float64, point.Binds(outputs[i].Shape) ? values[i].Sizes : []);
            for (int j = 0; j < weights.Count; j++)
                weights[j] = scale * (0.5 + random.NextDouble());
            Variable weight = weights.Rank > 0 ? point.Add(outputs[i].Type, weights) : Variable.Of(weights);
            Variable term = Ops.Sum(weight * Ops.Sin((outputs[i] * (1 / scale)) + 0.3));
            sum = sum is null ? term : sum + term;
        }

        return sum!;
    }

    private static IEnumerable<double> Numbers(Value value) => Enumerable.Range(0, value.Count).Select(i => value[i]);
}
