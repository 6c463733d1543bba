using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The sum x + y (ONNX <c>Add</c>). Integers wrap.</summary>
public sealed record Add : BinaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => BroadcastExamples(new Add());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Add().ApplyAll(OldBroadcast.Inputs(node));

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        KnownContent.Of(node, (x, y) => x + y);

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>, Vector256<float>>)Function.Of<float>;

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile) => Lanes.Run<T, Function>(tile.Input<T>(0), tile.Input<T>(1), tile.Output<T>(), tile.IsConstant(0), tile.IsConstant(1));

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y, Variable z, int input) => gradient;

    private readonly struct Function : IBinaryFunction
    {
        public static T Of<T>(T x, T y)
            where T : unmanaged, INumber<T> => x + y;

        public static Vector256<T> Of<T>(Vector256<T> x, Vector256<T> y) => x + y;
    }
}

/// <summary>The difference x − y (ONNX <c>Sub</c>). Integers wrap.</summary>
public sealed record Sub : BinaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => BroadcastExamples(new Sub());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Sub().ApplyAll(OldBroadcast.Inputs(node));

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        KnownContent.Of(node, (x, y) => x - y);

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>, Vector256<float>>)Function.Of<float>;

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile) => Lanes.Run<T, Function>(tile.Input<T>(0), tile.Input<T>(1), tile.Output<T>(), tile.IsConstant(0), tile.IsConstant(1));

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y, Variable z, int input) =>
        input == 0 ? gradient : -gradient;

    private readonly struct Function : IBinaryFunction
    {
        public static T Of<T>(T x, T y)
            where T : unmanaged, INumber<T> => x - y;

        public static Vector256<T> Of<T>(Vector256<T> x, Vector256<T> y) => x - y;
    }
}

/// <summary>The product x·y, element by element (ONNX <c>Mul</c>; the Hadamard product of the book). Integers wrap.</summary>
public sealed record Mul : BinaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => BroadcastExamples(new Mul());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Mul().ApplyAll(OldBroadcast.Inputs(node));

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        KnownContent.Of(node, (x, y) => x * y);

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>, Vector256<float>>)Function.Of<float>;

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile) => Lanes.Run<T, Function>(tile.Input<T>(0), tile.Input<T>(1), tile.Output<T>(), tile.IsConstant(0), tile.IsConstant(1));

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y, Variable z, int input) =>
        gradient * (input == 0 ? y : x);

    private readonly struct Function : IBinaryFunction
    {
        public static T Of<T>(T x, T y)
            where T : unmanaged, INumber<T> => x * y;

        public static Vector256<T> Of<T>(Vector256<T> x, Vector256<T> y) => x * y;
    }
}

/// <summary>The quotient x / y (ONNX <c>Div</c>). Integers truncate toward zero and throw on division by zero; floats follow IEEE 754.</summary>
public sealed record Div : BinaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => BroadcastExamples(new Div(), margin: 0.4);

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Div().ApplyAll(OldBroadcast.Inputs(node));

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        KnownContent.Of(node, KnownContent.Quotient);

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>, Vector256<float>>)Function.Of<float>;

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile) => Lanes.Run<T, Function>(tile.Input<T>(0), tile.Input<T>(1), tile.Output<T>(), tile.IsConstant(0), tile.IsConstant(1));

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y, Variable z, int input) =>
        input == 0 ? gradient / y : -(gradient * z / y);

    private readonly struct Function : IBinaryFunction
    {
        public static T Of<T>(T x, T y)
            where T : unmanaged, INumber<T> => x / y;

        public static Vector256<T> Of<T>(Vector256<T> x, Vector256<T> y) => x / y;
    }
}

/// <summary>The greater of x and y (ONNX <c>Max</c>); NaN if either is NaN. At a tie each input gets half of the gradient.</summary>
public sealed record Max : BinaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => Extremum.Examples(new Max());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => [node.Inputs.Aggregate((x, y) => new Max().Apply(x, y))];

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile) => TensorPrimitives.Max(tile.Input<T>(0), tile.Input<T>(1), tile.Output<T>());

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y, Variable z, int input) =>
        gradient * (input == 0 ? Extremum.Share(x, y) : Extremum.Share(y, x));
}

/// <summary>The lesser of x and y (ONNX <c>Min</c>); NaN if either is NaN. At a tie each input gets half of the gradient.</summary>
public sealed record Min : BinaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => Extremum.Examples(new Min());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => [node.Inputs.Aggregate((x, y) => new Min().Apply(x, y))];

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile) => TensorPrimitives.Min(tile.Input<T>(0), tile.Input<T>(1), tile.Output<T>());

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y, Variable z, int input) =>
        gradient * (input == 0 ? Extremum.Share(y, x) : Extremum.Share(x, y));
}

/// <summary>What <see cref="Max"/> and <see cref="Min"/> share.</summary>
internal static class Extremum
{
    /// <summary>1 where the winner is greater, ½ at a tie, 0 elsewhere: the mean of the indicators of &gt; and ≥.</summary>
    public static Variable Share(Variable winner, Variable loser) =>
        0.5 * (Ops.Cast(Ops.Greater(winner, loser), winner.DType) + Ops.Cast(Ops.GreaterOrEqual(winner, loser), winner.DType));

    public static IEnumerable<Example> Examples(Operation operation)
    {
        // One range above the other part of the time, but never close: the kink stays out of reach of the differences.
        yield return new Example(operation, new ExampleInput([3, 4]) { Separation = 0.1 }, new ExampleInput([4]) { Margin = 3, High = 5, Low = -5 });
        yield return new Example(operation, new ExampleInput(["batch", 3], Low: 0, High: 1), new ExampleInput([], Low: 2, High: 3));
    }
}
