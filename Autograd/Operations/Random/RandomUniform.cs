using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Random;

/// <summary>
/// Uniform random numbers in [0, 1) by the counter-based generator Philox4x32-10 (Salmon et al. 2011): a pure function of key, counter and position, so
/// the same bits come out for any number of threads. Inputs: key and counter, uint64 scalars, and the shape of the
/// result as an int64 vector. The gradient is zero.
/// </summary>
/// <remarks>Exported as uint64 nodes that give the same bits; see <see cref="PhiloxForm"/>.</remarks>
/// <param name="Type">Float32 (24 random bits) or Float64 (53 random bits).</param>
public sealed record RandomUniform(DType Type) : Operation, IHasKernel, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new RandomUniform(DType.Float32), new ExampleInput([], DType.UInt64, 0, 9), new ExampleInput([], DType.UInt64, 0, 9), ExampleInput.Constant(3, 5)) { Smoothness = 0 },
        new(new RandomUniform(DType.Float64), new ExampleInput([], DType.UInt64, 0, 9), new ExampleInput([], DType.UInt64, 0, 9), ExampleInput.Constant(9)) { Smoothness = 0 },
        new(new RandomUniform(DType.Float32), new ExampleInput([], DType.UInt64, 0, 9), new ExampleInput([], DType.UInt64, 0, 9), ExampleInput.Constant()) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 3);
        Require.Type(this, DType.UInt64, inputs[0].DType);
        Require.Type(this, DType.UInt64, inputs[1].DType);
        Require.Rank(this, inputs[0], 0);
        Require.Rank(this, inputs[1], 0);
        if (Type is not (DType.Float32 or DType.Float64))
        {
            throw Type.NotTaken(Name, "Float32 or Float64");
        }

        Require.Sizes(this, inputs, 2);
        return [new TensorType(Type, inputs.Content(2) is { } known ? [.. known] : [.. Enumerable.Range(0, inputs[2].Shape[0].Size).Select(axis => inputs.Fresh($"random_{axis}"))])];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => request.Floating(Type, Compute<float>, Compute<double>);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new PhiloxForm(request.Opset).Write(request.Outputs[0].Shape, Type);

    private static void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T> => Philox.Uniform(
            SimdWidths.Best, arguments.Inputs[0].Span<ulong>()[0], arguments.Inputs[1].Span<ulong>()[0], arguments.Outputs[0].Span<T>(), arguments.Workers);
}
