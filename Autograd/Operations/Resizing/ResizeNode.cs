using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Resizing;

/// <summary>Reads and writes <c>Resize</c>, and what came before it: <c>Upsample</c>, and Resize without coordinates.</summary>
internal static class ResizeNode
{
    private static readonly string[] Coordinates =
        ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_crop_and_resize", "tf_half_pixel_for_nn"];

    private static readonly string[] Roundings = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"];

    private static readonly string[] Policies = ["stretch", "not_larger", "not_smaller"];

    public static IReadOnlyList<Variable> Read(OnnxNode node)
    {
        if (!node.Knows("coordinate_transformation_mode"))
            return ReadOld(node);
        var sampling = new ResizeSampling(Mode(node), Chosen<ResizeCoordinates>(node, "coordinate_transformation_mode", Coordinates), Chosen<ResizeRounding>(node, "nearest_mode", Roundings))
        {
            CubicCoefficient = node.Number("cubic_coeff_a"),
            ExcludeOutside = node.Flag("exclude_outside"),
            Antialias = node.Knows("antialias") && node.Flag("antialias"),
        };
        var policy = node.Knows("keep_aspect_ratio_policy") ? Chosen<AspectRatio>(node, "keep_aspect_ratio_policy", Policies) : AspectRatio.Stretch;
        IReadOnlyList<int>? axes = node.Knows("axes") ? node.Int32s("axes") : null;
        return new Resize(sampling, axes is null ? null : [.. axes], policy, node.Number("extrapolation_value"))
            .ApplyAll(node[0], Filled(node, 1), Filled(node, 2), Filled(node, 3));
    }

    public static OnnxForm? Write(Resize operation, OnnxRequest request)
    {
        const int AxesSince = 18, SymmetricSince = 19;
        ResizeSampling sampling = operation.Sampling;
        bool isNew = operation.Axes is not null || sampling.Antialias || operation.Policy != AspectRatio.Stretch;
        if (sampling.Coordinates == ResizeCoordinates.TfHalfPixelForNN
            || (isNew && request.Opset < AxesSince) || (sampling.Coordinates == ResizeCoordinates.HalfPixelSymmetric && request.Opset < SymmetricSince))
            return null;
        var attributes = new List<OnnxAttribute>();
        if (sampling.Antialias)
            attributes.Add(new("antialias", 1L));
        if (operation.Axes is { } axes)
            attributes.Add(new("axes", axes.ToLongs()));
        attributes.Add(new("coordinate_transformation_mode", Coordinates[(int)sampling.Coordinates]));
        if (sampling.Mode == ResizeMode.Cubic)
            attributes.Add(new("cubic_coeff_a", sampling.CubicCoefficient));
        if (sampling.ExcludeOutside)
            attributes.Add(new("exclude_outside", 1L));
        if (operation.ExtrapolationValue != 0)
            attributes.Add(new("extrapolation_value", (float)operation.ExtrapolationValue));
        if (operation.Policy != AspectRatio.Stretch)
            attributes.Add(new("keep_aspect_ratio_policy", Policies[(int)operation.Policy]));
        attributes.Add(new("mode", $"{sampling.Mode}".ToLowerInvariant()));
        if (sampling.Mode == ResizeMode.Nearest)
            attributes.Add(new("nearest_mode", Roundings[(int)sampling.Rounding]));
        OnnxInput[] inputs = [.. Enumerable.Range(0, request.Inputs.Length).Select(i => new OnnxInput.Argument(i))];
        return new OnnxForm("Resize")
        {
            RuntimeTypes = [DType.Float32, DType.Int32, DType.Int8, DType.UInt8],
            Attributes = attributes,
            Inputs = request.Inputs.Has(3) ? [.. inputs[..3], request.Sizes(3)] : inputs,
        };
    }

    /// <summary>The forms of operator sets 1 to 10, from the beginning of each axis: linear, or the nearest below, above it where an axis becomes shorter.</summary>
    private static IReadOnlyList<Variable> ReadOld(OnnxNode node)
    {
        Variable? scales = node.Knows("scales") ? Floats([.. node.Numbers("scales") ?? []])
            : node.Knows("height_scale") ? Floats([1, 1, node.Number("height_scale"), node.Number("width_scale")])
            : Filled(node, 1);
        var sampling = new ResizeSampling(Mode(node), ResizeCoordinates.Asymmetric, ResizeRounding.Floor);
        if (sampling.Mode != ResizeMode.Nearest || scales?.Constant is not { } known || !known.ToArray<float>().Any(scale => scale < 1))
            return new Resize(sampling).ApplyAll(node[0], null, scales);
        float[] factors = known.ToArray<float>();
        Variable shorter = new Resize(sampling with { Rounding = ResizeRounding.Ceil }).Apply(node[0], null, Floats([.. factors.Select(scale => Math.Min(scale, 1))]));
        return new Resize(sampling).ApplyAll(shorter, null, Floats([.. factors.Select(scale => Math.Max(scale, 1))]));
    }

    private static Variable Floats(float[] numbers) => Variable.Of(Value.Of(numbers, numbers.Length));

    /// <summary>An input that is there; one without elements stands for none.</summary>
    private static Variable? Filled(OnnxNode node, int input) => node.Optional(input) is { } variable && variable.Shape.ElementCount != 0 ? variable : null;

    private static ResizeMode Mode(OnnxNode node) => node.Text("mode") switch
    {
        "nearest" => ResizeMode.Nearest,
        "linear" or "bilinear" => ResizeMode.Linear,
        "cubic" => ResizeMode.Cubic,
        var other => throw new GraphException($"{node.Operator} expects the mode nearest, linear or cubic, found {other}."),
    };

    private static T Chosen<T>(OnnxNode node, string attribute, string[] names)
        where T : struct, Enum => Array.IndexOf(names, node.Text(attribute)) is var place and >= 0
            ? (T)Enum.ToObject(typeof(T), place)
            : throw new GraphException($"{node.Operator} expects {attribute} to be {string.Join(", ", names)}, found {node.Text(attribute)}.");
}
