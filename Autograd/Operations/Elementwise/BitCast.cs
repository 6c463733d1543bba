using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The same bits as elements of another type of the same width (ONNX <c>BitCast</c>, from operator set 26 on). The gradient is zero.</summary>
/// <param name="To">The element type of the result.</param>
public sealed record BitCast(DType To) : Operation, IOperator, IHasKernel
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new BitCast(DType.UInt32), new ExampleInput(["batch", 3], DType.Int32)) { Smoothness = 0, Opset = 26 },
        new(new BitCast(DType.Int4), new ExampleInput([8], DType.UInt4, 0, 15)) { Smoothness = 0, Opset = 26 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new BitCast(node.Type("to")).ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        return ElementType.Of(inputs[0].DType).Bits == ElementType.Of(To).Bits
            ? [inputs[0] with { DType = To }]
            : throw new DTypeException($"{Name} expects elements as wide as those of {To} ({ElementType.Of(To).Bits} bits), found {inputs[0].DType} ({ElementType.Of(inputs[0].DType).Bits} bits).");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    /// <summary>Bits are read as they are stored.</summary>
    /// <param name="stored">The type of the input or the result.</param>
    DType IHasKernel.ComputeType(DType stored) => stored;

    private void Compute(KernelArguments arguments)
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
        for (long done = 0; done < x.ByteCount;)
        {
            Span<byte> part = x.BytesFrom(done);
            part.CopyTo(y.BytesFrom(done));
            done += part.Length;
        }

        ElementType row = ElementType.Of(To);
        if (row.Bits >= 8)
            return;

        // Elements of less than a byte take one each, in which the sign fills the rest.
        int spare = 8 - row.Bits;
        foreach (ref byte element in y.Bytes)
        {
            byte top = (byte)(element << spare);
            element = row.Kind == ElementKind.Signed ? (byte)((sbyte)top >> spare) : (byte)(top >> spare);
        }
    }
}
