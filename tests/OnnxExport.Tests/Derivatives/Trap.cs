using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>A function at a point where derivatives go wrong elsewhere, and what is right there.</summary>
/// <param name="Name">What the function is.</param>
/// <param name="Function">The function; its results are summed before they are differentiated.</param>
/// <param name="Point">The input's elements.</param>
/// <param name="Order">0 for the value, 1 for the gradient, 2 for the gradient of the summed gradient.</param>
/// <param name="Right">The right numbers.</param>
public sealed record Trap(string Name, Func<Variable, Variable> Function, double[] Point, int Order, double[] Right)
{
    /// <summary>The shape of the input; a vector by default.</summary>
    public Shape Shape { get; init; } = [Point.Length];

    /// <summary>Where a range is right, its greatest numbers; <see cref="Right"/> has the least.</summary>
    public double[]? AtMost { get; init; }

    /// <summary>The types for which this is right; float32 and float64 by default.</summary>
    public IReadOnlyList<DType> Types { get; init; } = [DType.Float32, DType.Float64];

    /// <summary>The types in which ONNX Runtime has kernels for all of the function.</summary>
    public IReadOnlyList<DType> RuntimeTypes { get; init; } = [DType.Float32, DType.Float64];

    /// <summary>Why ONNX Runtime gives something else from the same graph; null where it must agree.</summary>
    public string? RuntimeDiffers { get; init; }

    /// <summary>The relative error that is allowed in float32.</summary>
    public double Tolerance { get; init; } = 2e-6;

    /// <inheritdoc/>
    public override string ToString() => $"{Name} at {string.Join(" ", Point.Take(8))}, order {Order}";
}
