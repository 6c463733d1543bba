using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>
/// What the three maps of a convolution share. Y = X * W is linear in X and in W, so its two adjoints, <see cref="ConvInputGradient"/> and
/// <see cref="ConvWeightGradient"/>, together with <see cref="Conv"/> are closed under differentiation. Images are [N, C, H, W], weights [M, C/group, kH, kW].
/// </summary>
/// <param name="Strides">Steps of the window: vertical, horizontal.</param>
/// <param name="Pads">Zeros around the image: top, left, bottom, right.</param>
/// <param name="Dilations">Distances of the weights: vertical, horizontal.</param>
/// <param name="Group">The number of groups of channels that do not see each other.</param>
public abstract record ConvolutionOperation(IntList Strides, IntList Pads, IntList Dilations, int Group) : Operation
{
    private protected IReadOnlyList<OnnxAttribute> Attributes =>
    [
        new OnnxAttribute("dilations", Dilations.ToLongs()),
        new OnnxAttribute("group", (long)Group),
        new OnnxAttribute("pads", Pads.ToLongs()),
        new OnnxAttribute("strides", Strides.ToLongs()),
    ];

    private protected static IEnumerable<ConvolutionOptions> ExampleOptions =>
    [
        new(), new() { Strides = [2, 1], Pads = [1, 0, 2, 1] }, new() { Dilations = [1, 2], Group = 2 },
    ];

    private protected Shape OutputShape(Shape x, Shape w)
    {
        RequireSteps();
        if (x.Rank != 4 || w.Rank != 4 || !x[2].IsStatic || !x[3].IsStatic || !w[2].IsStatic || !w[3].IsStatic)
        {
            throw new ShapeException($"{Name} expects an image [N, C, H, W] and weights [M, C/group, kH, kW] with static H, W, kH and kW, found {x} and {w}.");
        }

        if (x[1] != w[1] * Group || (w[0].IsStatic && w[0].Size % Group != 0))
        {
            throw new ShapeException(
                $"{Name} expects C = C/group · {Group} input channels and output channels that divide into {Group} groups, found weights {w} for the image {x}.");
        }

        return [x[0], w[0], Out(x, w, 0), Out(x, w, 1)];
    }

    /// <summary>Refuses what no window can move by, before anything is divided by it.</summary>
    private protected void RequireSteps()
    {
        if (Group < 1 || Strides.Any(stride => stride < 1) || Dilations.Any(dilation => dilation < 1))
            throw new ShapeException($"{Name} expects groups, strides and dilations of at least 1, found {Group} groups, strides {Strides} and dilations {Dilations}.");
    }

    // Every output element is a sum over one patch.
    internal static long Flops(ReadOnlySpan<int> output, ReadOnlySpan<int> weights) =>
        weights[0] == 0 ? 0 : 2L * Value.CountOf(output) * (Value.CountOf(weights) / weights[0]);

    internal ConvolutionShape KernelShape(ReadOnlySpan<int> x, ReadOnlySpan<int> w) => new()
    {
        Batch = x[0],
        InChannels = x[1],
        InHeight = x[2],
        InWidth = x[3],
        OutChannels = w[0],
        KernelHeight = w[2],
        KernelWidth = w[3],
        StrideHeight = Strides[0],
        StrideWidth = Strides[1],
        PadTop = Pads[0],
        PadLeft = Pads[1],
        PadBottom = Pads[2],
        PadRight = Pads[3],
        DilationHeight = Dilations[0],
        DilationWidth = Dilations[1],
        Groups = Group,
    };

    private int Out(Shape x, Shape w, int axis)
    {
        int room = x[axis + 2].Size + Pads[axis] + Pads[axis + 2] - (Dilations[axis] * (w[axis + 2].Size - 1)) - 1;
        return room >= 0
            ? (room / Strides[axis]) + 1
            : throw new ShapeException($"{Name} expects a kernel that fits into the padded image, found weights {w} for {x} with pads {Pads}.");
    }
}
