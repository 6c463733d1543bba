using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// Stochastic pooling: in training, each window and channel gives one of its values, drawn with a probability in proportion to the value; at inference the mean of the
/// values with those probabilities, Σx²/Σx. A window of zeros gives 0. Source: book section 7.12 (noise on the structure of the model); Zeiler, Fergus, "Stochastic
/// pooling for regularization of deep convolutional neural networks", 2013.
/// </summary>
/// <remarks>Input [batch, channels, height, width], height and width multiples of the size; values must not be negative, so put it behind rectifiers: negative
/// ones count as 0.</remarks>
public sealed class StochasticPool2D : Module
{
    private readonly RandomSource random;

    /// <summary>A pooling layer of windows side by side.</summary>
    /// <param name="size">The height and width of the window.</param>
    /// <param name="random">Gives the layer a stream of its own; advanced.</param>
    public StochasticPool2D(int size, RandomSource random)
    {
        Size = Settings.AtLeastOne(size);
        this.random = random.Fork();
    }

    /// <summary>The height and width of the window.</summary>
    public int Size { get; }

    /// <inheritdoc/>
    protected internal override string Kind => "pool";

    /// <inheritdoc/>
    protected internal override string Description => $"StochasticPool2D {Size}×{Size}";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        Shape shape = input.Shape;
        if (shape.Rank != 4 || !shape.Skip(1).All(d => d.IsStatic) || shape[2].Size % Size != 0 || shape[3].Size % Size != 0)
            throw Mismatch($"[batch, channels, height, width] with height and width multiples of {Size}", input);
        int rows = shape[2].Size / Size, columns = shape[3].Size / Size, places = Size * Size;
        Variable windows = input.Relu()
            .Reshape([shape[0], shape[1], rows, Size, columns, Size])
            .Transpose([0, 1, 2, 4, 3, 5])
            .Reshape([shape[0], shape[1], rows, columns, places]);
        Variable total = windows.Sum([4], keepDims: true);
        if (context.Mode == Mode.Inference)
            return (windows * (windows / Ops.Where(Ops.Greater(total, 0.0), total, 1.0))).Sum([4], keepDims: true).Reshape([shape[0], shape[1], rows, columns]);
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

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() => NoiseState.Create(ParameterName("key"), ParameterName("counter"), random);
}
