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
        if (block == 0 && IsOne(scale.Shape))
            return Ops.Reshape(scale, Shape.Scalar);
        if (block == 0)
        {
            return scale.Shape.Rank == 1 && axis >= 0 && axis < shape.Rank && scale.Shape[0] == shape[axis]
                ? Ops.Reshape(scale, [scale.Shape[0], .. Enumerable.Repeat((Dim)1, shape.Rank - axis - 1)])
                : throw new ShapeException($"{operation.Name} expects a scalar, or one number for each slice of axis {axis} of {shape}, found {scale.Shape}.");
        }

        if (block < 0 || axis < 0 || axis >= shape.Rank)
            throw new ShapeException($"{operation.Name} expects an axis of {shape} and blocks of at least 1, found axis {axis} and blocks of {block}.");
        int size = Require.Static(operation, x.Type, axis);
        Shape expected = [.. shape.Select((length, i) => i == axis ? (size / block) + (size % block > 0 ? 1 : 0) : length)];
        if (scale.Shape != expected)
            throw new ShapeException($"{operation.Name} expects numbers of shape {expected} for blocks of {block} along axis {axis} of {shape}, found {scale.Shape}.");
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
        int axis = node.Int32("axis"), rank = node[0].Shape.Rank;
        return axis < 0 ? axis + rank : axis;
    }

    /// <summary>The size of a block; 0 where a node has none.</summary>
    public static int Block(OnnxNode node) => node.Knows("block_size") ? node.Int32("block_size") : 0;

    /// <summary>Whether a shape has place for one number only.</summary>
    public static bool IsOne(Shape shape) => shape.Rank == 0 || shape == Shape.Of(1);

    /// <summary>Refuses types that the standard does not have at an input or as the result; float64 stands beside float32.</summary>
    /// <param name="operation">Who asks.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="result">The type of the result; null where it follows from the inputs.</param>
    public static void RequireTypes(Operation operation, Arguments inputs, DType? result)
    {
        Schema.OperatorSchema schema = Schema.StandardOperators.History(string.Empty, operation.Name)[^1];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs.Optional(i) is { } input && !Takes(schema.Inputs[i], input.DType))
                throw new DTypeException($"{operation.Name} expects {AllowedTypes.List(schema.Inputs[i])} as {schema.Inputs[i].Name}, found {input.DType}.");
        }

        if (result is { } type && !Takes(schema.Outputs[0], type))
            throw new DTypeException($"{operation.Name} gives {AllowedTypes.List(schema.Outputs[0])}, found {type}.");

        static bool Takes(Schema.SchemaArgument argument, DType type) =>
            AllowedTypes.Takes(argument, type) || (type == DType.Float64 && AllowedTypes.Takes(argument, DType.Float32));
    }

    /// <summary>Refuses a zero point of another shape than its scale.</summary>
    public static void RequirePair(Operation operation, Variable scale, Variable? zero)
    {
        if (zero is not null && zero.Shape != scale.Shape && !(IsOne(zero.Shape) && IsOne(scale.Shape)))
            throw new ShapeException($"{operation.Name} expects a zero point of the shape of its scale, {scale.Shape}, found {zero.Shape}.");
    }

    /// <summary>Refuses a constant scale with a number that is not above 0, or is infinite: quantized numbers would hide it.</summary>
    public static void RequirePositive(string name, Variable scale)
    {
        for (int i = 0; i < (scale.Constant?.Count ?? 0); i++)
        {
            if (scale.Constant![i] is var number && (!double.IsFinite(number) || number <= 0))
                throw new GraphException(FormattableString.Invariant($"{name} expects scales above 0, found {number} at {i}."));
        }
    }

    /// <summary>An element type that a node may name by an attribute; null where it does not.</summary>
    public static DType? Type(OnnxNode node, string name) => node.Knows(name) && node.Integer(name) != 0 ? node.Type(name) : null;
}
