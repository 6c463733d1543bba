using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>A function of one floating-point number, applied to every element: y = f(x), gradient G·f′(x).</summary>
public abstract record UnaryOperation : ElementwiseOperation
{
    /// <inheritdoc/>
    public sealed override int Arity => 1;

    /// <inheritdoc/>
    public override DType InferDType(ReadOnlySpan<DType> inputs)
    {
        Require.Floating(this, inputs[0]);
        return inputs[0];
    }

    /// <summary>The kernel for one floating-point type.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="x">The elements of the input.</param>
    /// <param name="y">Receives the results.</param>
    protected abstract void Apply<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>f′(x), written in operations; null where it is zero everywhere.</summary>
    /// <param name="x">The input.</param>
    /// <param name="y">The result f(x).</param>
    protected abstract Variable? Derivative(Variable x, Variable y);

    /// <inheritdoc/>
    public override void Apply(TileArguments tile)
    {
        switch (tile.InputType)
        {
            case DType.Float32: Apply(tile.Input<float>(0), tile.Output<float>()); break;
            case DType.Float64: Apply(tile.Input<double>(0), tile.Output<double>()); break;
            default: throw tile.InputType.NotTaken(Name, "Float32 or Float64");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        Contributions(request, (g, _) => Derivative(request[0], request.Result(0)) is { } derivative ? g * derivative : null);
}
