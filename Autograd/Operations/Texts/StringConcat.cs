using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Texts;

/// <summary>Each text of x with that of y behind it (ONNX <c>StringConcat</c>, from operator set 20 on), with broadcasting.</summary>
public sealed record StringConcat : Operation, IReadsTexts, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new StringConcat(), ExampleInput.Of("a", "b", "c"), ExampleInput.Of("x", "", "né")) { Smoothness = 0, Opset = 20 },
        new(new StringConcat(), ExampleInput.Of("a", "b", "c"), ExampleInput.Of(".com") with { Shape = Shape.Scalar }) { Smoothness = 0, Opset = 20 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new StringConcat().ApplyAll(node.Inputs);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        return [new TensorType(DType.String, Broadcasting.Shape(this, inputs.Present))];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset < 20 ? null : new(Name);

    private static void Compute(KernelArguments arguments)
    {
        (Value x, Value y, Value z) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        for (int i = 0; i < z.Count; i++)
            z.Texts[i] = x.Texts[Place(i, z, x)] + y.Texts[Place(i, z, y)];
    }

    /// <summary>Where the element of an input lies that goes with an element of the result.</summary>
    private static int Place(int flat, Value result, Value input)
    {
        int place = 0, stride = 1;
        for (int axis = 1; axis <= result.Rank; axis++)
        {
            int index = flat % result.Sizes[^axis];
            flat /= result.Sizes[^axis];
            if (axis > input.Rank)
                continue;
            place += input.Sizes[^axis] == 1 ? 0 : index * stride;
            stride *= input.Sizes[^axis];
        }

        return place;
    }
}
