using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Operations.Random;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations;

/// <content>Reductions, shapes, products, indexing and random numbers.</content>
public static partial class Ops
{
    /// <summary>The sum over all elements, a scalar.</summary>
    /// <param name="x">The tensor.</param>
    public static Variable Sum(this Variable x) => Sum(x, AllAxes(x));

    /// <summary>The sum over axes; see <see cref="ReduceSum"/>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axes; negative ones count from the end.</param>
    /// <param name="keepDims">Whether reduced axes stay, with size 1.</param>
    public static Variable Sum(this Variable x, IntList axes, bool keepDims = false) =>
        axes.Count == 0 ? x : new ReduceSum(keepDims).Apply(x, AxesOf(x, axes));

    /// <summary>The mean of all elements, a scalar.</summary>
    /// <param name="x">The tensor.</param>
    public static Variable Mean(this Variable x) => Mean(x, AllAxes(x));

    /// <summary>The mean over axes; see <see cref="ReduceMean"/>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axes; negative ones count from the end.</param>
    /// <param name="keepDims">Whether reduced axes stay, with size 1.</param>
    public static Variable Mean(this Variable x, IntList axes, bool keepDims = false) =>
        axes.Count == 0 ? x : new ReduceMean(keepDims).Apply(x, AxesOf(x, axes));

    /// <summary>The greatest element over axes; see <see cref="ReduceMax"/>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axes; negative ones count from the end.</param>
    /// <param name="keepDims">Whether reduced axes stay, with size 1.</param>
    public static Variable ReduceMax(this Variable x, IntList axes, bool keepDims = false) =>
        axes.Count == 0 ? x : new ReduceMax(keepDims).Apply(x, AxesOf(x, axes));

    /// <summary>The least element over axes; see <see cref="ReduceMin"/>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axes; negative ones count from the end.</param>
    /// <param name="keepDims">Whether reduced axes stay, with size 1.</param>
    public static Variable ReduceMin(this Variable x, IntList axes, bool keepDims = false) =>
        axes.Count == 0 ? x : new ReduceMin(keepDims).Apply(x, AxesOf(x, axes));

    /// <summary>The index of the greatest element along an axis, int64, the first at a tie; see <see cref="Reductions.ArgMax"/>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="keepDims">Whether the axis stays, with size 1.</param>
    public static Variable ArgMax(this Variable x, int axis, bool keepDims = false) => new ArgMax(x.Shape.Axis(axis), keepDims).Apply(x);

    /// <summary>The sizes of a tensor as an int64 vector (ONNX <c>Shape</c>).</summary>
    /// <param name="x">The tensor.</param>
    public static Variable ShapeOf(this Variable x) => new ShapeOf().Apply(x);

    /// <summary>Integers as an int64 vector: sizes, axes and counts, as operations take them.</summary>
    /// <param name="numbers">The numbers.</param>
    public static Variable Integers(params IReadOnlyList<long> numbers) => Variable.Of(Value.Of(numbers.ToArray(), numbers.Count));

    /// <summary>The same elements under another shape with as many elements; the same variable if the shape is the same.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="shape">The new shape; symbols that occur in the shape of x are allowed, and one more size.</param>
    public static Variable Reshape(this Variable x, Shape shape)
    {
        if (x.Shape == shape)
        {
            return x;
        }

        long[]? numbers = shape.DependsOnData || x.Shape.DependsOnData ? null : Shaping.Reshape.Constant(shape);
        Variable result = new Reshape(AllowZero: shape.Any(d => d == 0)).Apply(x, numbers is null ? Sizes.Of(shape, x) : Integers(numbers));
        return result.Shape == shape
            ? result
            : throw new ShapeException($"Reshape expects a shape with as many elements as {x.Shape} ({x.Shape.ElementCount}), found {shape} ({shape.ElementCount}).");
    }

    /// <summary>The same elements under the shape of another tensor. Where sizes have other names, the numbers of elements are compared once they are known.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="like">The tensor with the shape.</param>
    /// <exception cref="ShapeException">The numbers of elements differ whatever the sizes are.</exception>
    public static Variable ReshapeLike(this Variable x, Variable like) =>
        x.Shape == like.Shape ? x
        : x.Shape.DependsOnData || like.Shape.DependsOnData || x.Shape.ElementCount != like.Shape.ElementCount || Shaping.Reshape.Constant(like.Shape) is null ? new Reshape(AllowZero: true).Apply(x, ShapeOf(like))
        : Reshape(x, like.Shape);

    /// <summary>Merges all axes from one on into a single axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The first axis to merge.</param>
    public static Variable Flatten(this Variable x, int axis = 1) =>
        Reshape(x, [.. x.Shape.Take(axis), x.Shape.Skip(axis).Aggregate(Dim.Of(1), (a, b) => a * b)]);

    /// <summary>Permutes the axes; without a permutation, reverses them.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="permutation">For each axis of the result, the axis of x.</param>
    public static Variable Transpose(this Variable x, IntList? permutation = null) =>
        new Transpose(permutation ?? [.. Enumerable.Range(0, x.Shape.Rank).Reverse()]).Apply(x);

    /// <summary>Repeats axes of size 1, and adds leading ones, to reach a shape.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="shape">The shape to reach; symbols that occur in the shape of x or a carrier are allowed.</param>
    /// <param name="carriers">Tensors whose shapes have the other symbols.</param>
    public static Variable Expand(this Variable x, Shape shape, params ReadOnlySpan<Variable> carriers)
    {
        if (x.Shape == shape)
        {
            return x;
        }

        Variable result = new Expand().Apply(x, Sizes.Of(shape, [x, .. carriers]));
        return result.Shape == shape ? result : throw new ShapeException($"Expand expects a shape that broadcasts to {shape}, found {x.Shape}.");
    }

    /// <summary>Repeats axes of size 1, and adds leading ones, to reach the shape of another tensor.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="like">The tensor with the shape.</param>
    public static Variable ExpandLike(this Variable x, Variable like)
    {
        if (x.Shape == like.Shape || !(x.Shape.MayBroadcast || like.Shape.MayBroadcast))
            return Expand(x, like.Shape, like);
        Variable result = new Expand().Apply(x, ShapeOf(like));
        return result.Shape == like.Shape ? result : ReshapeLike(result, like);
    }

    /// <summary>Joins tensors along an axis.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="parts">The tensors, equal in all other axes.</param>
    public static Variable Concat(int axis, params ReadOnlySpan<Variable> parts) =>
        parts.Length == 1 ? parts[0] : new Concat(parts[0].Shape.Axis(axis)).Apply(parts);

    /// <summary>Splits an axis into parts of given sizes.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="sizes">The sizes; they add up to the axis.</param>
    public static IReadOnlyList<Variable> Split(this Variable x, int axis, params ReadOnlySpan<int> sizes) =>
        new Split(x.Shape.Axis(axis), sizes.Length).ApplyAll(x, Integers([.. IntList.Of(sizes).ToLongs()]));

    /// <summary>Cuts a stretch out of one axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="start">The first index.</param>
    /// <param name="end">The index after the last.</param>
    /// <param name="step">The distance of the indices taken.</param>
    public static Variable Slice(this Variable x, int axis, int start, int end, int step = 1) =>
        new Slice().Apply(x, Integers(start), Integers(end), Integers(x.Shape.Axis(axis)), Integers(step));

    /// <summary>Adds a border of a constant.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="before">The number of elements before each axis.</param>
    /// <param name="after">The number of elements after each axis.</param>
    /// <param name="constant">The constant.</param>
    public static Variable Pad(this Variable x, IntList before, IntList after, double constant = 0) =>
        new Pad().Apply(x, Integers([.. before.ToLongs(), .. after.ToLongs()]), constant == 0 ? null : Variable.Scalar(constant, x.DType));

    /// <summary>The product of matrices, or of stacks of matrices that broadcast (ONNX <c>MatMul</c>).</summary>
    /// <param name="a">[…, m, k].</param>
    /// <param name="b">[…, k, n].</param>
    public static Variable MatMul(this Variable a, Variable b) => new MatMul().Apply(a, b);

    /// <summary>α·A′B′, where ′ transposes if asked (ONNX <c>Gemm</c> without addend).</summary>
    /// <param name="a">[m, k], or [k, m] if transposed.</param>
    /// <param name="b">[k, n], or [n, k] if transposed.</param>
    /// <param name="transposeA">Whether A is transposed.</param>
    /// <param name="transposeB">Whether B is transposed.</param>
    /// <param name="alpha">The factor α.</param>
    public static Variable Gemm(Variable a, Variable b, bool transposeA = false, bool transposeB = false, double alpha = 1) =>
        new Gemm(transposeA, transposeB, alpha).Apply(a, b);

    /// <summary>Elements of x along an axis, chosen by integer indices (ONNX <c>Gather</c>).</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="indices">int64 indices; negative ones count from the end.</param>
    /// <param name="axis">The axis.</param>
    public static Variable Gather(this Variable x, Variable indices, int axis = 0) => new Gather(x.Shape.Axis(axis)).Apply(x, indices);

    /// <summary>Vectors with 1 at the index and 0 elsewhere, in a new last axis (ONNX <c>OneHot</c>).</summary>
    /// <param name="indices">int64 indices from 0 to depth − 1; others give zeros.</param>
    /// <param name="depth">The size of the new axis.</param>
    /// <param name="type">The element type of the result.</param>
    public static Variable OneHot(Variable indices, int depth, DType type)
    {
        // The standard has none of bfloat16.
        if (type == DType.BFloat16)
            return Cast(OneHot(indices, depth, DType.Float32), type);
        Value values = Value.Zeros(type, 2);
        values[1] = 1;
        return new OneHot().Apply(indices, Variable.Scalar(depth, DType.Int64), Variable.Of(values));
    }

    /// <summary>e^xᵢ / Σⱼ e^xⱼ along an axis (book equation 6.29).</summary>
    /// <param name="x">The logits.</param>
    /// <param name="axis">The axis.</param>
    public static Variable Softmax(this Variable x, int axis = -1) => new Softmax(x.Shape.Axis(axis)).Apply(x);

    /// <summary>xᵢ − ln Σⱼ e^xⱼ along an axis (book equation 6.30), stable for any finite x.</summary>
    /// <param name="x">The logits.</param>
    /// <param name="axis">The axis.</param>
    public static Variable LogSoftmax(this Variable x, int axis = -1) => new LogSoftmax(x.Shape.Axis(axis)).Apply(x);

    /// <summary>−ln softmax(z)_y for each row of logits (book equation 6.30); see <see cref="Normalization.LogitCrossEntropy"/>.</summary>
    /// <param name="logits">z, [batch, classes].</param>
    /// <param name="labels">y, int64 [batch], from 0 to classes − 1.</param>
    /// <returns>[batch].</returns>
    public static Variable SoftmaxCrossEntropyLoss(Variable logits, Variable labels) => new LogitCrossEntropy().Apply(logits, labels);

    /// <summary>The number of elements along a dimension, as a scalar: for means over a symbolic batch.</summary>
    /// <param name="dim">The dimension.</param>
    /// <param name="type">The element type of the scalar.</param>
    /// <param name="carriers">Tensors in whose shapes its symbols occur.</param>
    public static Variable Size(Dim dim, DType type, params ReadOnlySpan<Variable> carriers) =>
        dim.IsStatic ? Variable.Scalar(dim.Size, type) : Cast(new Squeeze().Apply(Sizes.Of([dim], carriers), Integers(0)), type);

    /// <summary>Uniform random numbers in [0, 1) by a counter-based generator: the same key and counter give the same numbers.</summary>
    /// <param name="shape">The shape; symbols that occur in the shape of a carrier are allowed.</param>
    /// <param name="key">A uint64 scalar that selects the stream.</param>
    /// <param name="counter">A uint64 scalar that selects the draw; a parameter that an update increments.</param>
    /// <param name="type">Float32 or Float64.</param>
    /// <param name="carriers">Tensors in whose shapes the symbols occur.</param>
    public static Variable RandomUniform(Shape shape, Variable key, Variable counter, DType type = DType.Float32, params ReadOnlySpan<Variable> carriers) =>
        new RandomUniform(type).Apply(key, counter, Sizes.Of(shape, carriers));

    private static IntList AllAxes(Variable x) => [.. Enumerable.Range(0, x.Shape.Rank)];

    private static Variable AxesOf(Variable x, IntList axes) => Integers([.. axes.Select(axis => x.Shape.Axis(axis)).Order().Select(axis => (long)axis)]);
}
