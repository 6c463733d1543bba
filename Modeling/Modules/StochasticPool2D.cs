using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// Stochastic pooling: in training, each window and channel gives one of its values, drawn with a probability in proportion to the value; at inference the mean of the
/// values with those probabilities, Σx²/Σx. A window of zeros gives 0. Source: book section 7.12 (noise on the structure of the model); Zeiler, Fergus, "Stochastic
/// pooling for regularization of deep convolutional neural networks", 2013.
/// </summary>
/// <remarks>Input [batch, channels, height, width], the last two known; values must not be negative, so put it behind rectifiers: negative ones and the border count as 0.</remarks>
public sealed class StochasticPool2D : WindowModule
{
    private readonly RandomSource random;

    /// <summary>A pooling layer of windows side by side, or overlapping with a smaller <see cref="WindowModule.Stride"/>.</summary>
    /// <param name="size">The size of the window, the same along each axis or one for each.</param>
    /// <param name="random">Gives the layer a stream of its own; advanced.</param>
    public StochasticPool2D(PerAxis size, RandomSource random)
        : base(axes: 2, size, nameof(size))
    {
        this.random = random.Fork();
    }

    /// <summary>The height and width of the window.</summary>
    public PerAxis Size => Window;

    /// <inheritdoc/>
    protected internal override string Kind => "pool";

    /// <inheritdoc/>
    protected internal override string Description => $"StochasticPool2D {Size}";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        Masked.Refuse(this, input, context);
        Check(input);
        Variable windows = Windows(input);
        int places = windows.Shape[4].Size;
        Variable total = windows.Sum([4], keepDims: true);
        if (context.Mode == Mode.Inference)
            return (windows * (windows / Ops.Where(Ops.Greater(total, 0.0), total, 1.0))).Sum([4]);
        // The place at which the sum of the values up to it first passes u·total.
        var lower = new float[places * places];
        for (int i = 0; i < lower.Length; i++)
            lower[i] = i / places <= i % places ? 1 : 0;
        Variable sums = windows.MatMul(Variable.Of(Value.Of(lower, places, places)).Cast(input.DType));
        Variable level = NoiseState.Stream(this, Own[0], Own[1], context).Uniform(total.Shape, input.DType, total) * total;
        Variable passed = Ops.Less(level, sums).Cast(input.DType);
        Variable chosen = Ops.OneHot(passed.ArgMax(4), places, input.DType).StopGradient();
        return (chosen * windows).Sum([4]);
    }

    /// <summary>The places of each window, [batch, channels, rows, columns, places].</summary>
    private Variable Windows(Variable input)
    {
        IntList border = Borders;
        Variable image = input.Relu();
        if (border.Any(pad => pad > 0))
            image = image.Pad([0, 0, border[0], border[1]], [0, 0, border[2], border[3]]);
        Shape shape = image.Shape;
        if (!shape[2].IsStatic || !shape[3].IsStatic || shape[2].Size < Size[0] || shape[3].Size < Size[1])
            throw Mismatch($"[batch, channels, height, width] with sizes that hold a window of {Size}", input);
        int rows = ((shape[2].Size - Size[0]) / Stride[0]) + 1, columns = ((shape[3].Size - Size[1]) / Stride[1]) + 1;
        return Ops.Concat(4, [.. Enumerable.Range(0, Size[0] * Size[1]).Select(place => Place(place / Size[1], place % Size[1]))]);

        Variable Place(int row, int column) => image
            .Slice(2, row, row + ((rows - 1) * Stride[0]) + 1, Stride[0]).Slice(3, column, column + ((columns - 1) * Stride[1]) + 1, Stride[1])
            .Reshape([shape[0], shape[1], rows, columns, 1]);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() => NoiseState.Create(ParameterName("key"), ParameterName("counter"), random);
}
