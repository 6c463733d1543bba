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

    /// <summary>The answer in which each input that is wanted gets its contribution, summed over axes that were broadcast. Where the gradient that comes in is a choice of branches, it
    /// is made last: a branch that was not taken contributes exactly 0 (<see cref="Choice"/>).</summary>
    /// <param name="request">The request.</param>
    /// <param name="contribution">The contribution of a gradient G to the input at a position, in the shape of the result; null for zero.</param>
    private protected static IReadOnlyList<Variable?> Contributions(BpropRequest request, Func<Variable, int, Variable?> contribution)
    {
        if (request.Gradient(0) is not { } g)
            return request.Zero;
        Choice? choice = Choice.Of(g);
        return request.Each(input => contribution(choice?.Inner ?? g, input) switch
        {
            null => null,
            { } part when choice is null => Broadcasting.Undo(part, request[input]),
            { } part => Choice.Undo(part == choice.Inner ? g : choice.Take(part), request[input]),
        });
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => new(Name);
}
