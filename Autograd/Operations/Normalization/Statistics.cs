using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Normalization;

/// <summary>What normalizations have in common.</summary>
internal static class Statistics
{
    /// <summary>The type in which statistics are computed: float32 for the halves, which keep too few digits for sums, and their own for others.</summary>
    public static DType TypeOf(Variable x) => ElementType.Of(x.DType).IsHalf ? DType.Float32 : x.DType;

    /// <summary>The mean over axes, the distances from it, and 1/√(variance + ε).</summary>
    public static (Variable Mean, Variable Distances, Variable Inverse) Over(Variable x, IntList axes, double epsilon)
    {
        Variable mean = Ops.Mean(x, axes, keepDims: true), distances = x - mean;
        return (mean, distances, Reciprocal(Ops.Mean(distances * distances, axes, keepDims: true), epsilon));
    }

    /// <summary>1/√(x + ε).</summary>
    public static Variable Reciprocal(Variable x, double epsilon) => 1 / Ops.Sqrt(x + epsilon);

    /// <summary>One number for each channel beside an image [N, C, …].</summary>
    public static Variable PerChannel(Variable vector, Variable image) =>
        Ops.Reshape(vector, [vector.Shape[0], .. Enumerable.Repeat((Dim)1, image.Shape.Rank - 2)]);

    /// <summary>Checks that there is a number for each channel of an image [N, C, …].</summary>
    public static void RequireChannels(Operation operation, Arguments inputs, int vectors)
    {
        Shape x = inputs[0].Shape;
        if (inputs.Length != vectors + 1 || x.Rank < 2 || inputs.Skip(1).Any(input => input.Shape != Shape.Of(x[1])))
            throw new ShapeException($"{operation.Name} expects x [N, C, …] and {vectors} vectors [C], found {string.Join(", ", inputs.Select(input => input.Shape))}.");
    }

    /// <summary>Whether inputs have the type of the first.</summary>
    public static bool AreOfOneType(Arguments inputs)
    {
        for (int i = 1; i < inputs.Length; i++)
        {
            if (inputs[i].DType != inputs[0].DType)
                return false;
        }

        return true;
    }

    /// <summary>The kernel that normalizes groups of the channels of images [N, C, …]; scale and bias are inputs 1 and 2.</summary>
    public static Kernel OfChannels(LowerRequest request, int groups, double epsilon)
    {
        ReadOnlySpan<int> sizes = request.Sizes(0);
        (int images, int channels, int positions) = (sizes[0], sizes[1], Value.CountOf(sizes[2..]));
        return request.Floating(request.Type(0), Compute<float>, Compute<double>);

        unsafe void Compute<T>(KernelArguments a)
            where T : unmanaged, IFloatingPointIeee754<T> => ChannelNormalization<T>.Run(
                new()
                {
                    X = a.Inputs[0].Pointer<T>(),
                    Scale = a.Inputs[1].Pointer<T>(),
                    Shift = a.Inputs[2].Pointer<T>(),
                    Y = a.Outputs[0].Pointer<T>(),
                    Groups = images * groups,
                    Channels = channels,
                    Each = groups == 0 ? 0 : channels / groups,
                    Positions = positions,
                    Epsilon = T.CreateChecked(epsilon),
                },
                a.Workers);
    }

    /// <summary>What was scaled, which has the shape of x: scale and bias broadcast to x, not x to them.</summary>
    public static Variable OfShape(Operation operation, Variable scaled, Variable x) =>
        scaled.Shape.Rank == x.Shape.Rank && scaled.Shape.Zip(x.Shape).All(axis => axis.First.MayEqual(axis.Second))
            ? Ops.ReshapeLike(scaled, x)
            : throw new ShapeException($"{operation.Name} expects a scale and a bias that broadcast to x of shape {x.Shape}, found such that the result would have the shape {scaled.Shape}.");

    /// <summary>The axes from one on, as a number in [−rank, rank).</summary>
    public static IntList From(Variable x, int axis) => [.. Enumerable.Range(x.Shape.Axis(axis), x.Shape.Rank - x.Shape.Axis(axis))];

    /// <summary>The type that an attribute names by its number in the standard; float32 where the operator has none.</summary>
    public static DType StashOf(OnnxNode node) => node.Knows("stash_type") ? node.Type("stash_type") : DType.Float32;
}
