using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>
/// An operation that computes each element of its result from the elements at the same place in its inputs. Inputs broadcast as in ONNX: shapes are
/// aligned at the last axis, and an axis that is statically 1 repeats. The compiler fuses chains of these operations.
/// </summary>
public abstract record ElementwiseOperation : Operation, IHasKernel, ITileKernel
{
    /// <summary>The number of inputs.</summary>
    public abstract int Arity { get; }

    /// <summary>The element type of the result.</summary>
    /// <param name="inputs">The element types of the inputs.</param>
    /// <exception cref="DTypeException">The types do not fit.</exception>
    public abstract DType InferDType(ReadOnlySpan<DType> inputs);

    /// <summary>Whether the kernel may refuse elements of a type, as an integer division refuses the divisor 0. A new value of a parameter is then not written over the
    /// old one before all of it is known.</summary>
    /// <param name="type">The element type of the last input.</param>
    public virtual bool MayFail(DType type) => false;

    /// <summary>The kernel: computes the elements of one tile.</summary>
    /// <param name="tile">Inputs and output.</param>
    public abstract void Apply(TileArguments tile);

    /// <summary>
    /// The operation on vectors of eight float32 numbers, with the bits of the kernel; null where there is none. It takes part in generated loops
    /// (<see cref="VectorLoop"/>).
    /// </summary>
    internal virtual Delegate? VectorFunction => null;

    /// <inheritdoc/>
    string ITileKernel.Name => Name;

    /// <inheritdoc/>
    Delegate? ITileKernel.VectorFunction => VectorFunction;

    /// <inheritdoc/>
    void ITileKernel.Apply(TileArguments tile) => Apply(tile);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, Arity);
        Span<DType> types = stackalloc DType[inputs.Length];
        for (int i = 0; i < types.Length; i++)
        {
            types[i] = inputs[i].DType;
        }

        return [new TensorType(InferDType(types), Broadcasting.Shape(this, inputs.Present))];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => ElementwiseProgram.Of(
        this,
        [.. Enumerable.Range(0, request.Length).Select(request.Type)],
        [.. Enumerable.Range(0, request.Length).Select(i => request.Sizes(i).ToArray())],
        request.ResultType(0),
        request.ResultSizes(0));

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => new(Name);
}
