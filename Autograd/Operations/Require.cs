using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations;

/// <summary>The checks that shape rules share; each throws an error that names the operation, what was expected and what was found.</summary>
internal static class Require
{
    public static void Count(Operation operation, InferRequest inputs, int expected)
    {
        if (inputs.Length != expected || inputs.Present.Count != expected)
        {
            throw new GraphException($"{operation.Name} expects {expected} inputs, found {inputs.Present.Count}.");
        }
    }

    public static void Floating(Operation operation, DType type)
    {
        if (!type.IsFloating())
        {
            throw new DTypeException($"{operation.Name} expects a floating-point type, found {type}.");
        }
    }

    public static void Number(Operation operation, DType type)
    {
        if (!ElementType.Of(type).IsNumber)
        {
            throw new DTypeException($"{operation.Name} expects a number type, found {type}.");
        }
    }

    public static void Type(Operation operation, DType expected, DType found)
    {
        if (expected != found)
        {
            throw new DTypeException($"{operation.Name} expects {expected}, found {found}. Use Ops.Cast: types are never promoted silently.");
        }
    }

    public static void SameType(Operation operation, DType first, DType second)
    {
        if (first != second)
        {
            throw new DTypeException(
                $"{operation.Name} expects inputs of one element type, found {first} and {second}. Use Ops.Cast: types are never promoted silently.");
        }
    }

    public static void Rank(Operation operation, TensorType input, int expected)
    {
        if (input.Shape.Rank != expected)
        {
            throw new ShapeException($"{operation.Name} expects {expected} axes, found the shape {input.Shape}.");
        }
    }

    /// <summary>Sizes, axes or counts: an int64 vector whose length is known.</summary>
    public static void Sizes(Operation operation, InferRequest inputs, int position)
    {
        TensorType input = inputs[position];
        if (input.DType != DType.Int64 || input.Shape.Rank != 1 || !input.Shape[0].IsStatic)
        {
            throw new ShapeException($"{operation.Name} expects an int64 vector of known length as its input {position}, found {input}.");
        }
    }

    /// <summary>One number for each channel or column.</summary>
    public static void Bias(Operation operation, TensorType bias, Dim channels)
    {
        if (bias.Shape.Rank != 1 || bias.Shape[0] != channels)
        {
            throw new ShapeException($"{operation.Name} expects a bias of shape [{channels}], found {bias.Shape}.");
        }
    }

    /// <summary>The gradient of a result has the shape of the result, as far as both are known.</summary>
    public static void Gradient(Operation operation, Shape expected, Shape found)
    {
        if (found.Rank != expected.Rank || found.Zip(expected).Any(pair => pair.First != pair.Second && pair.First.IsStatic && pair.Second.IsStatic))
        {
            throw new ShapeException($"{operation.Name} expects a gradient of shape {expected}, found {found}.");
        }
    }

    /// <summary>The size of a dimension that the operation needs to know when the graph is built.</summary>
    public static int Static(Operation operation, TensorType input, int axis) => input.Shape[axis].IsStatic
        ? input.Shape[axis].Size
        : throw new ShapeException($"{operation.Name} needs a static size on axis {axis}, found the shape {input.Shape}.");
}
