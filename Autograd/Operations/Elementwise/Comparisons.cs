using System.Numerics;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>A comparison of two numbers of one type, with broadcasting; the result is <see cref="DType.Bool"/>. Comparisons with NaN are false.
/// The gradient is zero.</summary>
public abstract record Comparison : ElementwiseOperation
{
    /// <inheritdoc/>
    public sealed override int Arity => 2;

    /// <inheritdoc/>
    public sealed override DType InferDType(ReadOnlySpan<DType> inputs)
    {
        Require.SameType(this, inputs[0], inputs[1]);
        return DType.Bool;
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Dim>? Content(Node node, int output) =>
        KnownContent.Of(node, (x, y) => Holds(x, y) is { } holds ? Dim.OfNumber(holds ? 1 : 0) : null);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <summary>Whether it holds of integers that are known when the graph is built; null where that is not known.</summary>
    private protected abstract bool? Holds(Dim x, Dim y);

    private protected static void Apply<TRelation>(TileArguments tile)
        where TRelation : struct, IRelation =>
        NumberDispatch.Run(tile.InputType == DType.Bool ? DType.UInt8 : tile.InputType, "A comparison", new Call<TRelation>(tile));

    private readonly ref struct Call<TRelation>(TileArguments tile) : INumberAction
        where TRelation : struct, IRelation
    {
        private readonly TileArguments tile = tile;

        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => Masks.Compare<T, TRelation>(tile.Input<T>(0), tile.Input<T>(1), tile.Output<byte>());
    }

    private protected static IEnumerable<OperationExample> ExamplesOf(Comparison operation) =>
    [
        new(operation, new ExampleInput([2, 7]), new ExampleInput([7])) { Smoothness = 0 },
        new(operation, new ExampleInput(["batch", 5], DType.Int64), new ExampleInput([], DType.Int64)) { Smoothness = 0 },
    ];
}

/// <summary>x &gt; y (ONNX <c>Greater</c>).</summary>
public sealed record Greater : Comparison, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf(new Greater());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Greater().ApplyAll(OldBroadcast.Inputs(node));

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>, Vector256<float>>)Vector256.GreaterThan;

    private protected override bool? Holds(Dim x, Dim y) => KnownContent.IsPositive(x - y);

    /// <inheritdoc/>
    public override void Apply(TileArguments tile) => Apply<Relation>(tile);

    private readonly struct Relation : IRelation
    {
        public static bool Holds<T>(T x, T y)
            where T : unmanaged, INumber<T> => x > y;

        public static Vector256<T> Holds<T>(Vector256<T> x, Vector256<T> y) => Vector256.GreaterThan(x, y);
    }
}

/// <summary>x ≥ y (ONNX <c>GreaterOrEqual</c>).</summary>
public sealed record GreaterOrEqual : Comparison, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf(new GreaterOrEqual());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new GreaterOrEqual().ApplyAll(OldBroadcast.Inputs(node));

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>, Vector256<float>>)Vector256.GreaterThanOrEqual;

    private protected override bool? Holds(Dim x, Dim y) => !KnownContent.IsPositive(y - x);

    /// <inheritdoc/>
    public override void Apply(TileArguments tile) => Apply<Relation>(tile);

    private readonly struct Relation : IRelation
    {
        public static bool Holds<T>(T x, T y)
            where T : unmanaged, INumber<T> => x >= y;

        public static Vector256<T> Holds<T>(Vector256<T> x, Vector256<T> y) => Vector256.GreaterThanOrEqual(x, y);
    }
}

/// <summary>x &lt; y (ONNX <c>Less</c>).</summary>
public sealed record Less : Comparison, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf(new Less());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Less().ApplyAll(OldBroadcast.Inputs(node));

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>, Vector256<float>>)Vector256.LessThan;

    private protected override bool? Holds(Dim x, Dim y) => KnownContent.IsPositive(y - x);

    /// <inheritdoc/>
    public override void Apply(TileArguments tile) => Apply<Relation>(tile);

    private readonly struct Relation : IRelation
    {
        public static bool Holds<T>(T x, T y)
            where T : unmanaged, INumber<T> => x < y;

        public static Vector256<T> Holds<T>(Vector256<T> x, Vector256<T> y) => Vector256.LessThan(x, y);
    }
}

/// <summary>x ≤ y (ONNX <c>LessOrEqual</c>).</summary>
public sealed record LessOrEqual : Comparison, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf(new LessOrEqual());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new LessOrEqual().ApplyAll(OldBroadcast.Inputs(node));

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>, Vector256<float>>)Vector256.LessThanOrEqual;

    private protected override bool? Holds(Dim x, Dim y) => !KnownContent.IsPositive(x - y);

    /// <inheritdoc/>
    public override void Apply(TileArguments tile) => Apply<Relation>(tile);

    private readonly struct Relation : IRelation
    {
        public static bool Holds<T>(T x, T y)
            where T : unmanaged, INumber<T> => x <= y;

        public static Vector256<T> Holds<T>(Vector256<T> x, Vector256<T> y) => Vector256.LessThanOrEqual(x, y);
    }
}

/// <summary>x = y (ONNX <c>Equal</c>).</summary>
public sealed record Equal : Comparison, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf(new Equal());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Equal().ApplyAll(OldBroadcast.Inputs(node));

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>, Vector256<float>>)Vector256.Equals;

    private protected override bool? Holds(Dim x, Dim y) => KnownContent.IsZero(x - y);

    /// <inheritdoc/>
    public override void Apply(TileArguments tile) => Apply<Relation>(tile);

    private readonly struct Relation : IRelation
    {
        public static bool Holds<T>(T x, T y)
            where T : unmanaged, INumber<T> => x == y;

        public static Vector256<T> Holds<T>(Vector256<T> x, Vector256<T> y) => Vector256.Equals(x, y);
    }
}
