using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Quantization;

/// <summary>Scales and zero points beside what they belong to: one for all, one for each slice of an axis, or one for each block of an axis.</summary>
internal static class Scales
{
    /// <summary>A scale or zero point that broadcasts to x.</summary>
    /// <param name="operation">Who asks.</param>
    /// <param name="scale">A scalar, a vector along the axis, or a tensor of as many axes as x with one number for each block.</param>
    /// <param name="x">What is quantized or the reverse.</param>
    /// <param name="axis">The axis, from 0; one behind the end is allowed where it is not needed.</param>
    /// <param name="block">The size of a block; 0 for none.</param>
    public static Variable Along(Operation operation, Variable scale, Variable x, int axis, int block)
    {
        Shape shape = x.Shape;
        if (scale.Shape.Rank == 0 || (block == 0 && scale.Shape == Shape.Of(1)))
            return Ops.Reshape(scale, Shape.Scalar);
        if (block == 0)
        {
            return scale.Shape.Rank == 1 && axis >= 0 && axis < shape.Rank && scale.Shape[0] == shape[axis]
                ? Ops.Reshape(scale, [scale.Shape[0], .. Enumerable.Repeat((Dim)1, shape.Rank - axis - 1)])
                : throw new ShapeException($"{operation.Name} expects a scalar, or one number for each slice of axis {axis} of {shape}, found {scale.Shape}.");
        }

        if (scale.Shape.Rank != shape.Rank || axis < 0 || axis >= shape.Rank)
            throw new ShapeException($"{operation.Name} expects numbers for blocks of axis {axis} of {shape}, found {scale.Shape}.");
        int size = Require.Static(operation, x.Type, axis);
        Variable blocks = Ops.Integers([.. Enumerable.Range(0, size).Select(i => (long)(i / block))]);
        return Ops.Gather(scale, blocks, axis);
    }

    /// <summary>One number for each channel of the result of weights [M, …], or one for all, beside the weights.</summary>
    public static Variable PerOutput(Variable numbers, Variable weights) => numbers.Shape.Rank == 0 || numbers.Shape == Shape.Of(1)
        ? Ops.Reshape(numbers, Shape.Scalar)
        : Ops.Reshape(numbers, [numbers.Shape[0], .. Enumerable.Repeat((Dim)1, weights.Shape.Rank - 1)]);

    /// <summary>The axis as a number from 0; an axis that does not exist is only an error where it is needed.</summary>
    public static int Axis(OnnxNode node)
    {
        if (!node.Knows("axis"))
            return 0;
        int axis = (int)node.Integer("axis"), rank = node[0].Shape.Rank;
        return axis < 0 ? axis + rank : axis;
    }

    /// <summary>An element type that a node may name by an attribute; null where it does not.</summary>
    public static DType? Type(OnnxNode node, string name) => node.Knows(name) && node.Integer(name) != 0 ? node.Type(name) : null;
}
