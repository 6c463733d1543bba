using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>
/// What the three maps of a convolution share. Y = X * W is linear in X and in W, so its two adjoints, <see cref="ConvInputGradient"/> and
/// <see cref="ConvWeightGradient"/>, together with <see cref="Conv"/> are closed under differentiation. Images are [N, C, H, W], weights [M, C/group, kH, kW]; there may
/// be any number of axes in the place of H and W, for a signal one.
/// </summary>
/// <param name="Strides">Steps of the window along each axis.</param>
/// <param name="Pads">Zeros before each axis, then after each axis.</param>
/// <param name="Dilations">Distances of the weights along each axis.</param>
/// <param name="Group">The number of groups of channels that do not see each other.</param>
public abstract record ConvolutionOperation(IntList Strides, IntList Pads, IntList Dilations, int Group) : Operation
{
    /// <summary>The number of axes along which the window moves.</summary>
    private protected int Axes => Strides.Count;

    private protected IReadOnlyList<OnnxAttribute> Attributes =>
    [
        new OnnxAttribute("dilations", Dilations.ToLongs()),
        new OnnxAttribute("group", (long)Group),
        new OnnxAttribute("pads", Pads.ToLongs()),
        new OnnxAttribute("strides", Strides.ToLongs()),
    ];

    /// <summary>The attribute that states the kernel's sizes; none where one of them is open.</summary>
    internal static OnnxAttribute[] KernelShape(Shape w) => w.Skip(2).All(d => d.IsStatic) ? [new("kernel_shape", (IReadOnlyList<long>)[.. w.Skip(2).Select(d => d.Number)])] : [];

    private protected Shape OutputShape(Shape x, Shape w)
    {
        if (x.Rank < 3 || w.Rank != x.Rank || w.Skip(2).Any(d => d == 0))
        {
            throw new ShapeException($"{Name} expects an image [N, C, …] and weights [M, C/group, …] with as many axes, those of the kernel of at least 1, found {x} and {w}.");
        }

        RequireOptions(x.Rank - 2);
        Dim channels = w[1] * Group;
        if ((x[1] != channels && !(x[1].MayBroadcast || channels.MayBroadcast)) || (w[0].IsStatic && w[0].Size % Group != 0))
        {
            throw UnlikeChannels(x, w);
        }

        return [x[0], w[0], .. Enumerable.Range(0, Axes).Select(axis => Out(x, w, axis))];
    }

    /// <summary>Refuses the gradient of a result that has another shape than the result, as far as sizes are known.</summary>
    private protected void RequireGradient(Shape found, Shape x, Shape w) => Require.Gradient(this, OutputShape(x, w), found);

    /// <summary>The same once they all are; where no window fits into an image of open size, there are none.</summary>
    internal void RequireGradient(ReadOnlySpan<int> found, ReadOnlySpan<int> image, ReadOnlySpan<int> weights)
    {
        (Shape x, Shape w) = (Shape.OfSizes(image), Shape.OfSizes(weights));
        IEnumerable<Dim> windows = Enumerable.Range(0, Axes).Select(axis => WindowCount.Of(x[axis + 2], Pads[axis], Pads[Axes + axis], w[axis + 2], Strides[axis], Dilations[axis]));
        Require.Gradient(this, [x[0], w[0], .. windows], Shape.OfSizes(found));
    }

    private protected void RequireOptions(int axes)
    {
        if (Strides.Count != axes || Dilations.Count != axes || Pads.Count != 2 * axes || Group < 1
            || Strides.Any(s => s < 1) || Dilations.Any(d => d < 1) || Pads.Any(p => p < 0))
        {
            throw new ShapeException(
                $"{Name} expects for {axes} axes {axes} strides and {axes} dilations of at least 1, {2 * axes} pads of at least 0 and a group of at least 1, "
                + $"found strides {Strides}, dilations {Dilations}, pads {Pads}, group {Group}.");
        }
    }

    // Every output element is a sum over one patch.
    internal static long Flops(ReadOnlySpan<int> output, ReadOnlySpan<int> weights) =>
        weights[0] == 0 ? 0 : 2L * Value.CountOf(output) * (Value.CountOf(weights) / weights[0]);

    /// <summary>The sizes along the last two axes; a signal is an image of one row.</summary>
    /// <exception cref="ShapeException">Sizes that were open turn out not to fit each other.</exception>
    internal ConvolutionShape KernelShape(ReadOnlySpan<int> x, ReadOnlySpan<int> w)
    {
        if (x[1] != w[1] * Group || w[0] % Group != 0)
            throw UnlikeChannels(Shape.OfSizes(x), Shape.OfSizes(w));
        if (w[2..].Contains(0))
            throw new ShapeException($"{Name} expects a kernel of at least 1 along each axis, found weights {Shape.OfSizes(w)}.");
        bool isSignal = Axes == 1;
        int row = Axes - 2;
        return new()
        {
            Batch = x[0],
            InChannels = x[1],
            InHeight = isSignal ? 1 : x[^2],
            InWidth = x[^1],
            OutChannels = w[0],
            KernelHeight = isSignal ? 1 : w[^2],
            KernelWidth = w[^1],
            StrideHeight = isSignal ? 1 : Strides[row],
            StrideWidth = Strides[Axes - 1],
            PadTop = isSignal ? 0 : Pads[row],
            PadLeft = Pads[Axes - 1],
            PadBottom = isSignal ? 0 : Pads[Axes + row],
            PadRight = Pads[^1],
            DilationHeight = isSignal ? 1 : Dilations[row],
            DilationWidth = Dilations[Axes - 1],
            Groups = Group,
        };
    }

    /// <summary>The sizes for a kernel over volumes; null for signals and images.</summary>
    internal VolumeShape? VolumeShape(ReadOnlySpan<int> x, ReadOnlySpan<int> w)
    {
        int more = Axes - 2;
        return more <= 0
            ? null
            : new VolumeShape(
                KernelShape(x, w), x[0], x.Slice(2, more), w.Slice(2, more), Strides.AsSpan()[..more], Pads.AsSpan()[..more], Pads.AsSpan().Slice(Axes, more), Dilations.AsSpan()[..more]);
    }

    private ShapeException UnlikeChannels(Shape x, Shape w) => new(
        $"{Name} expects C = C/group · {Group} input channels and output channels that divide into {Group} groups, found weights {w} for the image {x}.");

    private Dim Out(Shape x, Shape w, int axis)
    {
        Dim kernel = w[axis + 2];
        Dim room = WindowCount.Room(x[axis + 2], Pads[axis], Pads[Axes + axis], kernel, Dilations[axis]);
        return room.IsStatic && room.Number < 0
            ? throw new ShapeException($"{Name} expects a kernel that fits into the padded image, found weights {w} for {x} with pads {Pads}.")
            : WindowCount.Of(x[axis + 2], Pads[axis], Pads[Axes + axis], kernel, Strides[axis], Dilations[axis]);
    }
}
