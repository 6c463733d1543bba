using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Word = Toolkit.Autograd.Operations.Normalization.LayerNormalization;

namespace Toolkit.Modeling.Modules;

/// <summary>(x − μ)/√(σ² + ε)·γ + β with μ and σ² over some axes of each example, the last one unless others are chosen. Source: Ba, Kiros, Hinton, "Layer normalization", 2016;
/// the idea of book section 8.7.1 without the batch.</summary>
/// <remarks>Input [batch, …], result of the same shape; γ and β have the sizes of the normalized axes.</remarks>
public sealed class LayerNormalization : Module
{
    /// <summary>A layer that normalizes over the last axis.</summary>
    /// <param name="size">Its size, at least 2: one number alone would always become 0.</param>
    public LayerNormalization(int size)
        : this(IntList.Of(Settings.AtLeast(2, size)))
    {
    }

    /// <summary>A layer that normalizes over several axes together: the last ones, or <see cref="Axes"/>.</summary>
    /// <param name="sizes">Their sizes, each at least 1 and together at least 2 numbers.</param>
    /// <exception cref="ArgumentException">There is no number to normalize, or one alone.</exception>
    public LayerNormalization(IntList sizes)
    {
        Sizes = [.. sizes.Select(size => Settings.AtLeastOne(size, nameof(sizes)))];
        if (sizes.All(size => size == 1))
            throw new ArgumentException($"Expected axes of at least 2 numbers together, found {sizes}.", nameof(sizes));
        Axes = [.. sizes.Select((_, i) => i - sizes.Count)];
    }

    /// <summary>The sizes of the normalized axes.</summary>
    public IntList Sizes { get; }

    /// <summary>The normalized axes in ascending order, as many as there are sizes; negative ones count from the end, and 0, the batch, is none of them. The last ones by
    /// default. <c>new LayerNormalization(64) { Axes = [1] }</c> is over the channels of an image, at each place by itself.</summary>
    /// <exception cref="ArgumentException">There are more or fewer axes than sizes, or axis 0 is among them.</exception>
    public IntList Axes
    {
        get;
        init => field = value.Count == Sizes.Count && !value.Contains(0) ? value
            : throw new ArgumentException($"Expected {Sizes.Count} axes other than 0 for the sizes {Sizes}, found {value}.", nameof(Axes));
    }

    /// <summary>ε: keeps the division harmless; 10⁻⁵ by default.</summary>
    public double Stabilizer { get; init => field = Settings.Positive(value); } = 1e-5;

    /// <summary>γ.</summary>
    public Parameter Scale => Own[0];

    /// <summary>β.</summary>
    public Parameter Shift => Own[1];

    /// <inheritdoc/>
    protected internal override string Kind => "layernorm";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        int rank = input.Shape.Rank;
        int[] axes = [.. Axes.Select(axis => axis < 0 ? axis + rank : axis)];
        bool isThere = axes[0] > 0 && axes[^1] < rank && axes.Zip(axes.Skip(1)).All(pair => pair.First < pair.Second);
        if (!isThere || axes.Where((axis, i) => input.Shape[axis] != Sizes[i]).Any())
            throw Mismatch(Axes[^1] == -1 && Axes[0] == -Sizes.Count ? $"[batch, …, {string.Join(", ", Sizes)}]" : $"[batch, …] with the sizes {Sizes} on the axes {Axes}", input);
        if (axes.Length == rank - axes[0])
            return new Word(-axes.Length, Stabilizer).ApplyAll(input, Scale.Variable, Shift.Variable)[0];
        Variable apart = input - input.Mean([.. axes], keepDims: true);
        return (apart / (apart.Square().Mean([.. axes], keepDims: true) + Stabilizer).Sqrt() * Spread(Scale)) + Spread(Shift);

        // Sizes of 1 between and behind the normalized axes; those before them need none.
        Variable Spread(Parameter each) => each.Variable.Reshape([.. Enumerable.Range(axes[0], rank - axes[0]).Select(axis => axes.Contains(axis) ? input.Shape[axis] : 1)]);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
    [
        new Parameter(ParameterName("scale"), Value.Full(1.0, DType.Float32, [.. Sizes]), ParameterRole.Scale),
        new Parameter(ParameterName("shift"), Value.Zeros(DType.Float32, [.. Sizes]), ParameterRole.Bias),
    ];
}
