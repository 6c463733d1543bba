using System.Numerics;
using Toolkit.Autograd.Graph;
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
        Require.Number(this, inputs[0]);
        Require.SameType(this, inputs[0], inputs[1]);
        return DType.Bool;
    }

    /// <inheritdoc/>
    public sealed override Variable? Bprop(Node node, int input, IReadOnlyList<Variable?> gradients) => null;

    /// <summary>The kernel for one number type.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="x">The first input.</param>
    /// <param name="y">The second input.</param>
    /// <param name="z">Receives the results.</param>
    protected abstract void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<bool> z)
        where T : unmanaged, INumber<T>;

    /// <inheritdoc/>
    public sealed override void Apply(TileArguments tile)
    {
        switch (tile.InputType)
        {
            case DType.Float32: Apply(tile.Input<float>(0), tile.Input<float>(1), tile.Output<bool>()); break;
            case DType.Float64: Apply(tile.Input<double>(0), tile.Input<double>(1), tile.Output<bool>()); break;
            case DType.Int32: Apply(tile.Input<int>(0), tile.Input<int>(1), tile.Output<bool>()); break;
            case DType.Int64: Apply(tile.Input<long>(0), tile.Input<long>(1), tile.Output<bool>()); break;
            case DType.UInt32: Apply(tile.Input<uint>(0), tile.Input<uint>(1), tile.Output<bool>()); break;
            default: Apply(tile.Input<ulong>(0), tile.Input<ulong>(1), tile.Output<bool>()); break;
        }
    }

    private protected static IEnumerable<Example> ExamplesOf(Comparison operation) =>
    [
        new(operation, new ExampleInput([2, 7]), new ExampleInput([7])) { Smoothness = 0 },
        new(operation, new ExampleInput(["batch", 5], DType.Int64), new ExampleInput([], DType.Int64)) { Smoothness = 0 },
    ];
}

/// <summary>x &gt; y (ONNX <c>Greater</c>).</summary>
public sealed record Greater : Comparison, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => ExamplesOf(new Greater());

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<bool> z)
    {
        for (int i = 0; i < z.Length; i++)
        {
            z[i] = x[i] > y[i];
        }
    }
}

/// <summary>x ≥ y (ONNX <c>GreaterOrEqual</c>).</summary>
public sealed record GreaterOrEqual : Comparison, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => ExamplesOf(new GreaterOrEqual());

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<bool> z)
    {
        for (int i = 0; i < z.Length; i++)
        {
            z[i] = x[i] >= y[i];
        }
    }
}

/// <summary>x &lt; y (ONNX <c>Less</c>).</summary>
public sealed record Less : Comparison, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => ExamplesOf(new Less());

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<bool> z)
    {
        for (int i = 0; i < z.Length; i++)
        {
            z[i] = x[i] < y[i];
        }
    }
}

/// <summary>x ≤ y (ONNX <c>LessOrEqual</c>).</summary>
public sealed record LessOrEqual : Comparison, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => ExamplesOf(new LessOrEqual());

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<bool> z)
    {
        for (int i = 0; i < z.Length; i++)
        {
            z[i] = x[i] <= y[i];
        }
    }
}

/// <summary>x = y (ONNX <c>Equal</c>).</summary>
public sealed record Equal : Comparison, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => ExamplesOf(new Equal());

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<bool> z)
    {
        for (int i = 0; i < z.Length; i++)
        {
            z[i] = x[i] == y[i];
        }
    }
}
