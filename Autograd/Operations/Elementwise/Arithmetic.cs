using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The sum x + y (ONNX <c>Add</c>). Integers wrap.</summary>
public sealed record Add : BinaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => BroadcastExamples(new Add());

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
    public static IEnumerable<OperationExample> Examples => BroadcastExamples(new Sub());

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
    public static IEnumerable<OperationExample> Examples => BroadcastExamples(new Mul());

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

/// <summary>The quotient x / y (ONNX <c>Div</c>). Integers truncate toward zero; a divisor 0 among them is an error, and the
/// least integer divided by −1 stays as it is. Floats follow IEEE 754.</summary>
public sealed record Div : BinaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => BroadcastExamples(new Div(), margin: 0.4);

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Div().ApplyAll(OldBroadcast.Inputs(node));

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        KnownContent.Of(node, KnownContent.Quotient);

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>, Vector256<float>>)Function.Of<float>;

    /// <inheritdoc/>
    public override bool MayFail(DType type) => !type.IsFloating();

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile)
    {
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double))
        {
            Lanes.Run<T, Function>(tile.Input<T>(0), tile.Input<T>(1), tile.Output<T>(), tile.IsConstant(0), tile.IsConstant(1));
            return;
        }

        ReadOnlySpan<T> x = tile.Input<T>(0), y = tile.Input<T>(1);
        Span<T> z = tile.Output<T>();
        for (int i = 0; i < z.Length; i++)
        {
            if (y[i] == T.Zero)
            {
                throw new GraphException($"{Name} expects divisors other than 0 where numbers are integers, found {x[i]} / 0.");
            }

            // The hardware traps where the least integer is divided by −1.
            z[i] = T.IsNegative(y[i]) && y[i] == T.Zero - T.One ? T.Zero - x[i] : x[i] / y[i];
        }
    }

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

/// <summary>The greater of x and y (ONNX <c>Max</c>); NaN if either is NaN. At a tie each input gets half of the gradient; if the
/// other is one constant number, none, as with <see cref="Relu"/>: the subgradient of least norm.</summary>
public sealed record Max : BinaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => Extremum.Examples(new Max());

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        KnownContent.Of(node, Dim.Max);

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>, Vector256<float>>)Vector256.Max;

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => [node.Inputs.Aggregate((x, y) => new Max().Apply(x, y))];

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile) => TensorPrimitives.Max(tile.Input<T>(0), tile.Input<T>(1), tile.Output<T>());

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y, Variable z, int input) =>
        input == 0 ? Extremum.Share(gradient, x, y, y) : Extremum.Share(gradient, y, x, x);
}

/// <summary>The lesser of x and y (ONNX <c>Min</c>); NaN if either is NaN. At a tie each input gets half of the gradient; if the
/// other is one constant number, none: the supergradient of least norm.</summary>
public sealed record Min : BinaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => Extremum.Examples(new Min());

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        KnownContent.Of(node, Dim.Min);

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>, Vector256<float>>)Vector256.Min;

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => [node.Inputs.Aggregate((x, y) => new Min().Apply(x, y))];

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile) => TensorPrimitives.Min(tile.Input<T>(0), tile.Input<T>(1), tile.Output<T>());

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y, Variable z, int input) =>
        input == 0 ? Extremum.Share(gradient, y, x, y) : Extremum.Share(gradient, x, y, x);
}

/// <summary>What <see cref="Max"/> and <see cref="Min"/> share.</summary>
internal static class Extremum
{
    /// <summary>The gradient where the greater is greater and half of it at a tie (none if the other input is one constant number); 0 elsewhere, whatever the gradient.</summary>
    public static Variable Share(Variable gradient, Variable greater, Variable lesser, Variable other)
    {
        return IsNumber(other) && greater != lesser
            ? Ops.Where(Ops.Greater(greater, lesser), gradient, 0)
            : Ops.Where(Ops.GreaterOrEqual(greater, lesser), Ops.Where(Ops.Equal(greater, lesser), 0.5 * gradient, gradient), 0);
    }

    public static IEnumerable<OperationExample> Examples(Operation operation)
    {
        // One range above the other part of the time, but never close: the kink stays out of reach of the differences.
        yield return new OperationExample(operation, new ExampleInput([3, 4]) { Separation = 0.1 }, new ExampleInput([4]) { Margin = 3, High = 5, Low = -5 });
        yield return new OperationExample(operation, new ExampleInput(["batch", 3], Low: 0, High: 1), new ExampleInput([], Low: 2, High: 3));
    }

    private static bool IsNumber(Variable variable) => variable.Constant is { Count: 1 }
        || (variable.Producer is { Operation: Cast or Identity or Expand or Reshape } node && IsNumber(node.Inputs[0]));
}
