using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Resizing;

/// <summary>
/// Samples axes at other places (ONNX <c>Resize</c>, in old files <c>Upsample</c>). Inputs: data; the region of each axis, all beginnings before all ends, for the coordinates that cut;
/// and either the factors as a float32 vector or the sizes as an int64 vector, one for each axis. A resized size is that of the axis times the factor, rounded down. What lies between
/// integers loses its fraction. Where factors or sizes depend on data, so do the sizes of the result. The gradient of an axis is G times the matrix that resizes it.
/// </summary>
/// <param name="Sampling">How axes are sampled.</param>
/// <param name="Axes">The axes that region, factors and sizes are given for; null for all.</param>
/// <param name="Policy">What becomes of the ratio of sizes that are asked for.</param>
/// <param name="ExtrapolationValue">What stands where a region leaves the data.</param>
public sealed record Resize(ResizeSampling Sampling, IntList? Axes = null, AspectRatio Policy = AspectRatio.Stretch, double ExtrapolationValue = 0) : Operation, IHasKernel, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ResizeExamples.All;

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => ResizeNode.Read(node);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        int[] axes = AxesOf(inputs[0].Shape);
        if (inputs.Has(2) == inputs.Has(3))
            throw new GraphException($"{Name} expects either factors or sizes, found {(inputs.Has(2) ? "both" : "neither")}.");
        Shape given = inputs[inputs.Has(2) ? 2 : 3].Shape;
        if (given != Shape.Of(axes.Length) || (inputs.Has(1) && inputs[1].Shape != Shape.Of(2 * axes.Length)))
            throw new ShapeException($"{Name} expects {axes.Length} factors or sizes and {2 * axes.Length} ends of regions for {inputs[0].Shape}, found {given}.");
        if (Sampling.Mode != ResizeMode.Nearest)
            Require.Number(this, inputs[0].DType);
        Shape shape = inputs[0].Shape;
        IReadOnlyList<Dim?> lengths = ResizeLengths.Of(this, inputs, axes);
        for (int i = 0; i < axes.Length; i++)
            shape = shape.With(axes[i], lengths[i] ?? inputs.Fresh($"resized_{axes[i]}"));
        return [inputs[0] with { Shape = shape }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    /// <inheritdoc/>
    DType IHasKernel.ComputeType(DType stored) => Sampling.Mode != ResizeMode.Nearest && ElementType.Of(stored).IsHalf ? DType.Float32 : stored;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g || !request.Wants(0))
            return request.Zero;
        if (Policy != AspectRatio.Stretch)
            throw request.NotDefined($"it resizes with the policy {Policy}");
        Variable x = request[0];
        int[] axes = AxesOf(x.Shape);
        for (int i = 0; i < axes.Length; i++)
        {
            if (IsKept(request, axes[i], i))
                continue;
            g = Along(g, axes[i], rows => rows.MatMul(Matrix(request, axes[i], i, axes.Length)));
        }

        return request.Each(input => input == 0 ? g.Shape == x.Shape ? g : Ops.ReshapeLike(g, x) : null);
    }

    /// <summary>Operator sets before 18 take factors and sizes for all axes.</summary>
    /// <param name="inputs">Data, regions, factors, sizes.</param>
    public override IReadOnlyList<Variable>? Expand(Arguments inputs)
    {
        if (Axes is null || inputs.Has(1) || Sampling.Antialias || Policy != AspectRatio.Stretch)
            return null;
        int[] axes = AxesOf(inputs[0].Shape);
        Variable places = Ops.Integers([.. Enumerable.Range(0, inputs[0].Shape.Rank).Select(axis => (long)(Array.IndexOf(axes, axis) is var i and >= 0 ? i : axes.Length + (inputs.Has(2) ? 0 : axis)))]);
        return inputs.Optional(2) is { } scales
            ? [(this with { Axes = null }).Apply(inputs[0], null, Folded(Ops.Concat(0, scales, Variable.Of(Value.Of([1f], 1))), places))]
            : [(this with { Axes = null }).Apply(inputs[0], null, null, Ops.Gather(Ops.Concat(0, inputs[3], Ops.ShapeOf(inputs[0])), places))];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => ResizeNode.Write(this, request);

    /// <summary>The axes, counted from 0.</summary>
    internal int[] AxesOf(Shape shape) => [.. Axes?.Select(axis => shape.Axis(axis)) ?? Enumerable.Range(0, shape.Rank)];

    /// <summary>Factors that are known stay so.</summary>
    private static Variable Folded(Variable factors, Variable places)
    {
        if (factors.Producer!.Inputs[0].Constant is not { } known || places.Constant is not { } chosen)
            return Ops.Gather(factors, places);
        float[] all = [.. known.ToArray<float>(), 1];
        return Variable.Of(Value.Of([.. chosen.ToArray<long>().Select(i => all[i])], chosen.Count));
    }

    /// <summary>Whether an axis stays as it is.</summary>
    private bool IsKept(BpropRequest request, int axis, int i) => Sampling.Coordinates != ResizeCoordinates.TfCropAndResize
        && request[0].Shape[axis] == request.Result(0).Shape[axis]
        && (request.Arguments.Has(3) || (request[2].Constant is { } factors && factors[i] == 1));

    private static Variable Along(Variable v, int axis, Func<Variable, Variable> rows)
    {
        int rank = v.Shape.Rank;
        if (rank == 1)
            return new Squeeze().Apply(rows(new Unsqueeze().Apply(v, Ops.Integers(0))), Ops.Integers(0));
        IntList order = [.. Enumerable.Range(0, axis), .. Enumerable.Range(axis + 1, rank - axis - 1), axis];
        IntList back = [.. Enumerable.Range(0, rank).Select(i => i == axis ? rank - 1 : i > axis ? i - 1 : i)];
        return Ops.Transpose(rows(Ops.Transpose(v, order)), back);
    }

    /// <summary>What resizing makes of the unit matrix.</summary>
    private Variable Matrix(BpropRequest request, int axis, int i, int count)
    {
        (Variable x, Variable y) = (request[0], request.Result(0));
        Variable places = Sizes.Positions(x, axis);
        Variable unit = Ops.Cast(Ops.Equal(new Unsqueeze().Apply(places, Ops.Integers(1)), places), x.DType);
        Variable? Part(int input, params long[] chosen) => request.Arguments.Optional(input) is not { } vector ? null
            : vector.Constant is { DType: DType.Float32 } known ? Variable.Of(Value.Of([.. chosen.Select(c => known.Span<float>()[(int)c])], chosen.Length))
            : Ops.Gather(vector, Ops.Integers(chosen));
        Variable matrix = new Resize(Sampling, [0]).Apply(unit, Part(1, i, i + count), Part(2, i), Part(3, i));
        return matrix.Shape == Shape.Of(y.Shape[axis], x.Shape[axis])
            ? matrix
            : new Reshape(AllowZero: true).Apply(matrix, Ops.Concat(0, new ShapeOf(axis, axis + 1).Apply(y), new ShapeOf(axis, axis + 1).Apply(x)));
    }

    private void Compute(KernelArguments arguments)
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
        var axes = new ResizeAxis?[x.Rank];
        int[] resized = AxesOf(x.Shape);
        Value? Input(ReadOnlySpan<Value> inputs, int position) => position < inputs.Length ? inputs[position] : null;
        (Value? regions, Value? factors, Value? sizes) = (Input(arguments.Inputs, 1), Input(arguments.Inputs, 2), Input(arguments.Inputs, 3));
        for (int i = 0; i < resized.Length; i++)
        {
            (int from, int to) = (x.Sizes[resized[i]], y.Sizes[resized[i]]);
            if (from == 0 && to > 0)
                throw new ShapeException($"{Name} expects axes of at least one element, found axis {resized[i]} of {x.Shape}.");
            double scale = factors is not null ? factors[i]
                : Policy == AspectRatio.Stretch ? (double)to / from
                : ResizeLengths.CommonScale(Policy, [.. resized.Select(axis => x.Sizes[axis])], [.. Enumerable.Range(0, resized.Length).Select(k => sizes![k])]);
            if (scale != 1 || Sampling.Coordinates == ResizeCoordinates.TfCropAndResize || from != to)
                axes[resized[i]] = ResizeAxis.Of(Sampling, from, to, scale, regions is null ? (0, 1) : (regions[i], regions[i + resized.Length]), factors is null && Policy == AspectRatio.Stretch ? to : scale * from);
        }

        if (Sampling.Mode == ResizeMode.Nearest)
        {
            int[][] maps = new int[x.Rank][];
            for (int axis = 0; axis < maps.Length; axis++)
                maps[axis] = axes[axis]?.Map ?? [.. Enumerable.Range(0, x.Sizes[axis])];
            MappedCopy.Run(x, maps, y);
        }
        else
        {
            NumberDispatch.Run(y.DType, Name, new Call(x, axes, y, arguments));
        }

        ResizeKernel.FillOutside(axes, ExtrapolationValue, y);
    }

    private readonly ref struct Call(Value x, ResizeAxis?[] axes, Value y, KernelArguments arguments) : INumberAction
    {
        private readonly KernelArguments arguments = arguments;

        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => ResizeKernel.Run<T>(x, axes, y, arguments);
    }
}
