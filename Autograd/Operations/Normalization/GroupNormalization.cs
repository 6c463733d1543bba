using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Normalization;

/// <summary>
/// (x − mean) / √(variance + ε) · scale + bias with mean and variance over a group of channels and all positions of an example [N, C, …] (ONNX <c>GroupNormalization</c>; Wu and
/// He 2018). Inputs: x, scale and bias, [C] each.
/// </summary>
/// <param name="Groups">The number of groups, a divisor of C.</param>
/// <param name="Epsilon">ε, what is added to the variance.</param>
/// <param name="Stash">The type in which x is normalized unless its own is wider (ONNX <c>stash_type</c>).</param>
public sealed record GroupNormalization(int Groups, double Epsilon = 1e-5, DType Stash = DType.Float32) : CompositeOperation, IHasKernel, IOperator
{
    private const int PerChannelSince = 21;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        OperationExample.Of(type => new GroupNormalization(2, Stash: type), new ExampleInput(["batch", 4, 2, 3]), new([4]), new([4])),
        OperationExample.Of(type => new GroupNormalization(1, 1e-2, type), new ExampleInput([2, 3, "time"]), new([3]), new([3])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        int groups = node.Int32("num_groups");
        if (node.Version >= PerChannelSince)
            return new GroupNormalization(groups, node.Number("epsilon"), Statistics.StashOf(node)).ApplyAll(node[0], node[1], node[2]);

        // Version 18 has a scale and a bias for each group and computes in the type of x. It was withdrawn, and the standard's table keeps no attributes of it.
        double epsilon = node.Has("epsilon") ? node.Number("epsilon") : 1e-5f;
        return new GroupNormalization(groups, epsilon, Statistics.TypeOf(node[0])).ApplyAll(node[0], PerChannel(node, 1, groups), PerChannel(node, 2, groups));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Statistics.RequireChannels(this, inputs, 2);
        Variable x = inputs[0];
        if (Groups < 1 || !x.Shape[1].TryDivide(Groups, out Dim each) || x.Shape.Rank < 3)
            throw new ShapeException($"{Name} expects x [N, C, …] with an axis more and C a multiple of {Groups} groups, found {x.Shape}.");
        Variable grouped = Ops.Reshape(Ops.Cast(x, x.DType == DType.Float64 ? x.DType : Stash), [x.Shape[0], Groups, x.Shape.Skip(2).Aggregate(each, (a, b) => a * b)]);
        (_, Variable distances, Variable inverse) = Statistics.Over(grouped, [2], Epsilon);
        Variable y = Ops.Cast(Ops.ReshapeLike(distances * inverse, x), x.DType);
        return [(y * Statistics.PerChannel(inputs[1], x)) + Statistics.PerChannel(inputs[2], x)];
    }

    /// <summary>Where all is of one type, which is that of the statistics.</summary>
    /// <param name="inputs">The inputs.</param>
    public bool Computes(Arguments inputs) =>
        (inputs[0].DType == DType.Float64 || (inputs[0].DType == DType.Float32 && Stash == DType.Float32)) && Statistics.AreOfOneType(inputs);

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Statistics.OfChannels(request, Groups, Epsilon);

    /// <summary>The number of each group, for each of its channels.</summary>
    private static Variable PerChannel(OnnxNode node, int input, int groups)
    {
        (Variable x, Variable vector) = (node[0], node[input]);
        if (groups < 1 || x.Shape.Rank < 2 || !x.Shape[1].TryDivide(groups, out Dim each) || vector.Shape != Shape.Of(groups))
            throw new ShapeException($"GroupNormalization (version {node.Version}) expects x [N, C, …] with C a multiple of {groups} groups and numbers [{groups}], found {x.Shape} and {vector.Shape}.");
        return Ops.Reshape(Ops.Expand(Ops.Reshape(vector, [groups, 1]), [groups, each], x), [x.Shape[1]]);
    }

    /// <summary>The operator from set 21 on, for statistics in float32; ONNX holds ε in single precision.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset < PerChannelSince || Stash != DType.Float32 || request.Inputs[0].DType == DType.Float64 ? null : new(Name)
    {
        Attributes = [new OnnxAttribute("epsilon", (float)Epsilon), new OnnxAttribute("num_groups", (long)Groups), new OnnxAttribute("stash_type", 1L)],
    };
}

/// <summary>
/// (x − mean) / √(variance + ε) · scale + bias with mean and variance over the positions of each channel of each example [N, C, …] (ONNX <c>InstanceNormalization</c>; Ulyanov,
/// Vedaldi and Lempitsky 2016). Inputs: x, scale and bias, [C] each.
/// </summary>
/// <param name="Epsilon">ε, what is added to the variance.</param>
public sealed record InstanceNormalization(double Epsilon = 1e-5) : CompositeOperation, IRunsInBlocks, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new InstanceNormalization(), new ExampleInput(["batch", 2, 3, 2]), new([2]), new([2])),
        new(new InstanceNormalization(1e-2), new ExampleInput([2, 3, 4]), new([3]), new([3])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new InstanceNormalization(node.Number("epsilon")).ApplyAll(node[0], node[1], node[2]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Statistics.RequireChannels(this, inputs, 2);
        Variable x = inputs[0];
        if (x.Shape.Rank < 3)
            throw new ShapeException($"{Name} expects x [N, C, …] with an axis more, found {x.Shape}.");
        DType wide = Statistics.TypeOf(x);
        (_, Variable distances, Variable inverse) = Statistics.Over(Ops.Cast(x, wide), Statistics.From(x, 2), Epsilon);
        Variable Wide(int input) => Ops.Cast(Statistics.PerChannel(inputs[input], x), wide);
        return [Ops.Cast((distances * inverse * Wide(1)) + Wide(2), x.DType)];
    }

    /// <summary>Where all is of one type: halves are widened before and narrowed after.</summary>
    /// <param name="inputs">The inputs.</param>
    public bool Computes(Arguments inputs) => Statistics.AreOfOneType(inputs);

    /// <summary>By the leading axis: each example has statistics of its own.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result) => new([0, -1, -1], Results: [0]);

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Statistics.OfChannels(request, request.Sizes(0)[1], Epsilon);

    /// <summary>ONNX holds ε in single precision, which is not the ε of float64.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs[0].DType == DType.Float64
        ? null
        : new(Name) { Attributes = [new OnnxAttribute("epsilon", (float)Epsilon)] };
}
