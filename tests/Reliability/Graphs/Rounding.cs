using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Reliability.Graphs;

/// <summary>
/// How far rounding moves the outputs of a graph: it is run a few times with every input and every result moved at random by about one unit in the last place of its greatest element (Monte Carlo arithmetic, Parker 1997).
/// Where outputs then differ, as at a tie or after a cancellation, no order of sums is more right than another.
/// </summary>
/// <param name="signature">The graph.</param>
/// <param name="inputs">Its inputs.</param>
internal sealed class Rounding(Signature signature, Value[] inputs)
{
    private const int Samples = 16;

    private readonly Lazy<IReadOnlyList<Value>[]> moved = new(() =>
        [.. Enumerable.Range(0, Samples).Select(sample => Interpreter.Run(new Moved((ulong)sample).Apply(signature), inputs))]);

    /// <summary>Whether the sizes of an output depend on it.</summary>
    public bool DecidesSizes(int output, Value expected) => moved.Value.Any(sample => !sample[output].Sizes.SequenceEqual(expected.Sizes));

    /// <summary>The greatest distance that it has moved an element; infinite where it decides what is infinite, no number or there at all.</summary>
    public double Distance(int output, Value expected, int element) => DecidesSizes(output, expected)
        ? double.PositiveInfinity
        : moved.Value.Max(sample => GraphCheck.Apart(sample[output][element], expected[element]));

    /// <summary>A graph whose floating-point inputs and results are moved.</summary>
    private sealed class Moved(ulong key) : GraphTransform
    {
        private ulong count;

        protected override Variable Leaf(Variable leaf) => leaf.IsInput ? Move(leaf) : leaf;

        protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs) => [.. Rebuild(node, inputs).Select(Move)];

        private Variable Move(Variable x)
        {
            if (!x.DType.IsFloating())
                return x;
            Variable wide = Ops.Cast(x, DType.Float64), size = Ops.Abs(wide), greatest = Ops.ReduceMax(Ops.Where(Ops.Less(size, double.PositiveInfinity), size, 0), [.. Enumerable.Range(0, x.Shape.Rank)]);
            Variable random = Ops.RandomUniform(x.Shape, Variable.Of(Value.Of(key)), Variable.Of(Value.Of(count++)), DType.Float64, x);
            return Ops.Cast(wide + (greatest * Unit(x.DType) * ((2 * random) - 1)), x.DType);
        }

        /// <summary>The distance of 1 and the next number, and as much again.</summary>
        private static double Unit(DType type) => 2 * type switch
        {
            DType.Float64 => Math.ScaleB(1, -52),
            DType.Float32 => Math.ScaleB(1, -23),
            DType.Float16 => Math.ScaleB(1, -10),
            _ => Math.ScaleB(1, -7),
        };
    }
}
