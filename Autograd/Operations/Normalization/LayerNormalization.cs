using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Normalization;

/// <summary>
/// (x − mean) / √(variance + ε) · scale + bias with mean and variance over the axes from one on (ONNX <c>LayerNormalization</c>; Ba, Kiros and Hinton 2016). Inputs: x, scale,
/// bias or none, which broadcast to the normalized axes. Results: y of the type of x; the mean and 1/√(variance + ε), with sizes of 1 on the normalized axes.
/// </summary>
/// <param name="Axis">The first axis; negative ones count from the end.</param>
/// <param name="Epsilon">ε, what is added to the variance.</param>
/// <param name="Stash">The type of the mean and of 1/√(variance + ε), in which x is normalized unless its own is wider (ONNX <c>stash_type</c>).</param>
public sealed record LayerNormalization(int Axis = -1, double Epsilon = 1e-5, DType Stash = DType.Float32) : CompositeOperation, IRunsInBlocks, IOperator
{
    private const int Since = 17;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        OperationExample.Of(type => new LayerNormalization(Stash: type), new ExampleInput(["batch", 4]), new([4]), new([4])),
        OperationExample.Of(type => new LayerNormalization(1, 1e-2, type), new ExampleInput(["batch", 2, 3]), new([2, 3])),
        OperationExample.Of(type => new LayerNormalization(-3, Stash: type), new ExampleInput([2, 3, 2]), new([3, 1]), new([2])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new LayerNormalization(node.Int32("axis"), node.Number("epsilon"), Statistics.StashOf(node)).ApplyAll(node[0], node[1], node.Optional(2));

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = inputs[0];
        (Variable mean, Variable distances, Variable inverse) = Statistics.Over(Ops.Cast(x, x.DType == DType.Float64 ? x.DType : Stash), Statistics.From(x, Axis), Epsilon);
        Variable y = Ops.Cast(distances * inverse, x.DType) * inputs[1];
        return [Statistics.OfShape(this, inputs.Optional(2) is { } bias ? y + bias : y, x), Ops.Cast(mean, Stash), Ops.Cast(inverse, Stash)];
    }

    /// <summary>Where scale and bias have a number for each place of the normalized axes, and all is of one type, or x is of a half type and its rows are normalized in float32.</summary>
    /// <param name="inputs">The inputs.</param>
    public bool Computes(Arguments inputs)
    {
        Variable x = inputs[0];
        int axis = x.Shape.Axis(Axis);
        Shape own = [.. x.Shape.Skip(axis)];
        bool isTyped = x.DType == Stash ? x.DType is DType.Float32 or DType.Float64 : x.DType.IsHalf() && Stash == DType.Float32 && axis > 0;
        return isTyped && inputs[1].Shape == own && (inputs.Optional(2)?.Shape ?? own) == own;
    }

    /// <summary>By the leading axis, unless it is normalized.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result) => inputs[0].Shape.Axis(Axis) == 0 ? null : new([0, -1, -1], Results: [0, 0, 0]);

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request)
    {
        (int rows, int width) = RowsOf(request, Axis);
        return request.Floating(request.Type(0), Compute<float>, Compute<double>);

        unsafe void Compute<T>(KernelArguments a)
            where T : unmanaged, IFloatingPointIeee754<T> => RowNormalization<T>.Run(
                new()
                {
                    X = a.Inputs[0].Pointer<T>(),
                    Scale = a.Inputs[1].Pointer<T>(),
                    Shift = request.Has(2) ? a.Inputs[2].Pointer<T>() : null,
                    Y = request.Wants(0) ? a.Outputs[0].Pointer<T>() : null,
                    Mean = request.Wants(1) ? a.Outputs[1].Pointer<T>() : null,
                    Inverse = request.Wants(2) ? a.Outputs[2].Pointer<T>() : null,
                    Rows = rows,
                    Width = width,
                    Epsilon = T.CreateChecked(Epsilon),
                },
                a.Workers);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        // Statistics whose gradients are asked for, too, are differentiated with all else.
        if (request.Gradient(0) is not { } g || request.Gradient(1) is not null || request.Gradient(2) is not null || !Computes(request.Arguments))
            return request.Through(Expand(request.Arguments));
        IReadOnlyList<Variable> all = new LayerNormalizationGradient(request[0].Shape.Axis(Axis)).ApplyAll(request[0], request[1], request.Result(1), request.Result(2), g);
        return request.Each(input => all[input]);
    }

    /// <summary>The rows of an input of which the axes from one on are normalized, and their length.</summary>
    internal static (int Rows, int Width) RowsOf(LowerRequest request, int axis)
    {
        ReadOnlySpan<int> sizes = request.Sizes(0);
        int first = axis < 0 ? axis + sizes.Length : axis;
        return (Value.CountOf(sizes[..first]), Value.CountOf(sizes[first..]));
    }

    /// <summary>The operator from set 17 on, for statistics in float32; ONNX holds ε in single precision.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset < Since || Stash != DType.Float32 || request.Inputs[0].DType == DType.Float64 ? null : new(Name)
    {
        Attributes = [new OnnxAttribute("axis", (long)Axis), new OnnxAttribute("epsilon", (float)Epsilon), new OnnxAttribute("stash_type", 1L)],
    };
}

/// <summary>
/// x / √(mean of x² + ε) · scale with the mean over the axes from one on (ONNX <c>RMSNormalization</c>; Zhang and Sennrich 2019). Inputs: x, and scale, which broadcasts to the
/// normalized axes.
/// </summary>
/// <remarks>It is an operator from set 23 on, after those that are written: it is written in others.</remarks>
/// <param name="Axis">The first axis; negative ones count from the end.</param>
/// <param name="Epsilon">ε, what is added to the mean.</param>
/// <param name="Stash">The type in which x is normalized (ONNX <c>stash_type</c>).</param>
public sealed record RMSNormalization(int Axis = -1, double Epsilon = 1e-5, DType Stash = DType.Float32) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        OperationExample.Of(type => new RMSNormalization(Stash: type), new ExampleInput(["batch", 4]), new([4])),
        OperationExample.Of(type => new RMSNormalization(1, 1e-2, type), new ExampleInput(["batch", 2, 3]), new([2, 3])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new RMSNormalization(node.Int32("axis"), node.Number("epsilon"), Statistics.StashOf(node)).ApplyAll(node[0], node[1]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = Ops.Cast(inputs[0], Stash);
        Variable inverse = Statistics.Reciprocal(Ops.Mean(x * x, Statistics.From(x, Axis), keepDims: true), Epsilon);
        return [Statistics.OfShape(this, Ops.Cast(x * inverse, inputs[0].DType) * inputs[1], x)];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => null;
}
