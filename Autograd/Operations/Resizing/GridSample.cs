using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Resizing;

/// <summary>What stands outside of an image.</summary>
public enum GridPadding
{
    /// <summary>0.</summary>
    Zeros,

    /// <summary>The element at the edge.</summary>
    Border,

    /// <summary>The image, turned over at its edges again and again.</summary>
    Reflection,
}

/// <summary>
/// An image sampled at places (ONNX <c>GridSample</c>). Inputs: x [n, c, h, w] or [n, c, d, h, w], and places [n, …, 2] or [n, …, 3] from −1 to 1 on each axis, the last axis first. The
/// result is [n, c, …]. It is differentiated with respect to both; between the nearest elements the gradient of the places is zero.
/// </summary>
/// <param name="Mode">What is between elements; a cubic has the factor −0.75 and takes two axes.</param>
/// <param name="Padding">What is outside.</param>
/// <param name="AlignCorners">Whether −1 and 1 are the middles of the outermost elements, instead of their edges.</param>
public sealed record GridSample(ResizeMode Mode = ResizeMode.Linear, GridPadding Padding = GridPadding.Zeros, bool AlignCorners = false) : CompositeOperation, IOperator
{
    private const int Since = 16, NewNamesSince = 20;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        Image(new(), "batch"),
        Image(new(ResizeMode.Linear, GridPadding.Border, true), 2),
        Image(new(ResizeMode.Linear, GridPadding.Reflection), 1),
        Image(new(ResizeMode.Nearest, GridPadding.Zeros), 2),
        Image(new(ResizeMode.Nearest, GridPadding.Reflection, true), 1),
        Image(new(ResizeMode.Cubic), 1),
        Image(new(ResizeMode.Cubic, GridPadding.Border, true), 1),
        Image(new(ResizeMode.Cubic, GridPadding.Reflection), 1),
        new(new GridSample(), new ExampleInput([1, 2, 2, 3, 2]), new ExampleInput([1, 2, 2, 2, 3], Low: -1.3, High: 1.3)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new GridSample(
        node.Text("mode") switch
        {
            "linear" or "bilinear" => ResizeMode.Linear,
            "nearest" => ResizeMode.Nearest,
            "cubic" or "bicubic" => ResizeMode.Cubic,
            var other => throw new GraphException($"GridSample expects the mode linear, nearest or cubic, found {other}."),
        },
        node.Text("padding_mode") switch
        {
            "zeros" => GridPadding.Zeros,
            "border" => GridPadding.Border,
            "reflection" => GridPadding.Reflection,
            var other => throw new GraphException($"GridSample expects the padding zeros, border or reflection, found {other}."),
        },
        node.Flag("align_corners")).ApplyAll(node[0], node[1]);

    /// <summary>For each place the elements around it with their weights, all axes multiplied.</summary>
    /// <param name="inputs">The image and the places.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        (Variable x, Variable grid) = (inputs[0], inputs[1]);
        int axes = x.Shape.Rank - 2;
        if (axes < 1 || grid.Shape.Rank != axes + 2 || grid.Shape[axes + 1] != axes || (Mode == ResizeMode.Cubic && axes != 2))
            throw new ShapeException($"{Name} expects an image [n, c, …] and places [n, …, {axes}] for its {axes} axes, of which a cubic takes 2, found {x} and {grid}.");
        DType type = x.DType == DType.Float64 || (!x.DType.IsFloating() && grid.DType == DType.Float64) ? DType.Float64 : DType.Float32;
        Variable n = new ShapeOf(0, 1).Apply(x), c = new ShapeOf(1, 2).Apply(x), one = Ops.Integers(-1);
        Variable rows = Ops.Transpose(new Reshape().Apply(x, Ops.Concat(0, n, c, one)), [0, 2, 1]);
        Variable places = Ops.Cast(new Reshape().Apply(grid, Ops.Concat(0, n, one, Ops.Integers(axes))), type);
        List<Tap> taps = [];
        for (int axis = 0; axis < axes; axis++)
        {
            Variable place = new Squeeze().Apply(Ops.Slice(places, 2, axes - 1 - axis, axes - axis), Ops.Integers(2));
            Variable size = Ops.Size(x.Shape[axis + 2], DType.Int64, x);
            Tap[] own = [.. Taps(place, size)];
            taps = axis == 0 ? [.. own] : [.. from before in taps from tap in own select before.Then(tap, size)];
        }

        Variable? sum = null;
        foreach (Tap tap in taps)
        {
            Variable elements = new GatherND(1).Apply(rows, Wide(tap.Index));
            Variable there = tap.IsInside is { } isInside ? Ops.Where(Wide(isInside), elements, Variable.Of(Value.Zeros(x.DType))) : elements;
            Variable part = tap.Weight is { } weight ? Ops.Cast(there, type) * Wide(weight) : there;
            sum = sum is null ? part : sum + part;
        }

        Variable result = Ops.Transpose(sum!.DType == x.DType ? sum : Ops.Cast(sum, x.DType), [0, 2, 1]);
        return [new Reshape(AllowZero: true).Apply(result, Ops.Concat(0, n, c, new ShapeOf(1, axes + 1).Apply(grid)))];
    }

    /// <summary>Operator sets before 20 have other names of modes and two axes.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request)
    {
        bool isNew = request.Opset >= NewNamesSince;
        string mode = Mode == ResizeMode.Nearest ? "nearest" : (isNew ? string.Empty : "bi") + $"{Mode}".ToLowerInvariant();
        return request.Opset < Since || (!isNew && request.Inputs[0].Shape.Rank != 4) ? null : new(Name)
        {
            RuntimeTypes = isNew ? null : [DType.Float32],
            Attributes =
            [
                new OnnxAttribute("align_corners", AlignCorners ? 1L : 0L), new OnnxAttribute("mode", mode), new OnnxAttribute("padding_mode", $"{Padding}".ToLowerInvariant()),
            ],
        };
    }

    private static OperationExample Image(GridSample operation, Dim n) => new(operation, new ExampleInput([n, 2, 3, 4]), new ExampleInput([n, 2, 3, 2], Low: -1.4, High: 1.4));

    private static Variable Wide(Variable matrix) => new Unsqueeze().Apply(matrix, Ops.Integers(2));

    /// <summary>The elements on one axis.</summary>
    private IEnumerable<Tap> Taps(Variable place, Variable size)
    {
        Variable length = Ops.Cast(size, place.DType);
        Variable at = AlignCorners ? (place + 1) * 0.5 * (length - 1) : (((place + 1) * length) - 1) * 0.5;
        if (Mode == ResizeMode.Nearest)
        {
            // The nearest integer, the even one in the middle between two.
            Variable up = Floor(at + 0.5), upper = Ops.Cast(up, place.DType);
            Variable isOdd = Ops.Equal(new Mod().Apply(up, Variable.Scalar(2, DType.Int64)), Variable.Scalar(1, DType.Int64));
            Variable isTie = Ops.Equal(upper - at, Variable.Scalar(0.5, place.DType));
            yield return Inside(up - Ops.Cast(new And().Apply(isOdd, isTie), DType.Int64), null, size);
            yield break;
        }

        Variable floor = Floor(at), t = at - Ops.Cast(floor, place.DType);
        for (int k = Mode == ResizeMode.Linear ? 0 : -1; k <= (Mode == ResizeMode.Linear ? 1 : 2); k++)
            yield return Inside(floor + k, Mode == ResizeMode.Linear ? (k == 0 ? 1 - t : t) : Cubic(t, k), size);
    }

    /// <summary>The weight of the element at the distance |t − k|.</summary>
    private static Variable Cubic(Variable t, int k)
    {
        const double A = -0.75;
        Variable x = k < 1 ? t - k : k - t;
        return k is 0 or 1
            ? (((((A + 2) * x) - (A + 3)) * x) * x) + 1
            : (((((A * x) - (5 * A)) * x) + (8 * A)) * x) - (4 * A);
    }

    private Tap Inside(Variable index, Variable? weight, Variable size)
    {
        Variable last = size - 1;
        if (Padding == GridPadding.Reflection)
        {
            Variable period = AlignCorners ? Ops.Max(2 * last, Variable.Scalar(1, DType.Int64)) : 2 * size;
            Variable turned = new Mod().Apply(index, period);
            return new Tap(Ops.Min(Ops.Min(turned, (AlignCorners ? period : period - 1) - turned), last), weight, null);
        }

        Variable near = Ops.Min(Ops.Max(index, Variable.Scalar(0, DType.Int64)), last);
        return new Tap(near, weight, Padding == GridPadding.Border ? null : Ops.Equal(near, index));
    }

    private static Variable Floor(Variable x)
    {
        Variable whole = Ops.Cast(x, DType.Int64);
        return whole - Ops.Cast(Ops.Greater(Ops.Cast(whole, x.DType), x), DType.Int64);
    }

    /// <summary>An element by its place, flat, with its weight, null for 1, and whether it is in the image, null where it is anyway.</summary>
    private sealed record Tap(Variable Index, Variable? Weight, Variable? IsInside)
    {
        /// <summary>An element by its places on the axes so far and on one more.</summary>
        public Tap Then(Tap other, Variable size) => new(
            (Index * size) + other.Index,
            Weight is null ? other.Weight : other.Weight is null ? Weight : Weight * other.Weight,
            IsInside is null ? other.IsInside : other.IsInside is null ? IsInside : new And().Apply(IsInside, other.IsInside));
    }
}
