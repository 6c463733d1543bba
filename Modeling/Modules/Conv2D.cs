using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Initializers;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A convolution over images: each output channel is g(Σ over input channels and window of x·w, plus a bias), the same weights at every
/// place. Input [batch, channels, height, width], weights [outputs, channels / groups, kernel, kernel]. As in ONNX the kernel is not
/// flipped: what the book's section 9.1, equation 9.6, calls cross-correlation.
/// </summary>
public sealed class Conv2D : Module
{
    private readonly RandomSource random;

    /// <summary>A layer with random weights.</summary>
    /// <param name="inputs">The number of input channels.</param>
    /// <param name="outputs">The number of output channels.</param>
    /// <param name="kernel">The height and width of the window.</param>
    /// <param name="random">Gives the layer a stream of its own for its initial weights; advanced.</param>
    public Conv2D(int inputs, int outputs, int kernel, RandomSource random)
    {
        Inputs = Settings.AtLeastOne(inputs);
        Outputs = Settings.AtLeastOne(outputs);
        Kernel = Settings.AtLeastOne(kernel);
        this.random = random.Fork();
    }

    /// <summary>The number of input channels.</summary>
    public int Inputs { get; }

    /// <summary>The number of output channels.</summary>
    public int Outputs { get; }

    /// <summary>The height and width of the window.</summary>
    public int Kernel { get; }

    /// <summary>The step of the window, vertically and horizontally; 1 by default.</summary>
    public int Stride { get; init => field = Settings.AtLeastOne(value); } = 1;

    /// <summary>The distance between the weights of the window; 1 by default.</summary>
    public int Dilation { get; init => field = Settings.AtLeastOne(value); } = 1;

    /// <summary>The number of groups of channels that do not see each other, a divisor of both channel counts; 1 by default.</summary>
    public int Groups { get; init => field = Settings.AtLeastOne(value); } = 1;

    /// <summary>The zeros around the image; none by default.</summary>
    public Padding Padding { get; init; } = Padding.Valid;

    /// <summary>The function g applied to every unit, such as <c>Ops.Relu</c>; null (the default) for none.</summary>
    public Func<Variable, Variable>? Activation { get; init; }

    /// <summary>How the weights begin; <see cref="GlorotUniform"/> by default.</summary>
    public Initializer WeightInitializer { get; init; } = new GlorotUniform();

    /// <summary>How the biases begin; <see cref="Zeros"/> by default.</summary>
    public Initializer BiasInitializer { get; init; } = new Zeros();

    /// <summary>Whether each output channel has a bias; true by default.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>The weights, of shape [outputs, channels / groups, kernel, kernel].</summary>
    public Parameter Weight => Own[0];

    /// <summary>The biases, of shape [outputs]; null if there are none.</summary>
    public Parameter? Bias => UseBias ? Own[1] : null;

    /// <inheritdoc/>
    protected internal override string Kind => "conv";

    /// <inheritdoc/>
    protected internal override string Description => $"Conv2D {Inputs} → {Outputs}, {Kernel}×{Kernel}";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        Masked.Refuse(this, input, context);
        if (input.Shape.Rank != 4 || input.Shape[1] != Inputs)
            throw Mismatch($"[batch, {Inputs}, height, width]", input);
        Variable x = input.Conv(Weight, new ConvolutionOptions
        {
            Strides = [Stride, Stride],
            Dilations = [Dilation, Dilation],
            Group = Groups,
            Pads = Padding.Pads(((Kernel - 1) * Dilation) + 1),
        });
        if (Bias is { } bias)
            x += bias.Variable.Reshape([1, Outputs, 1, 1]);
        return Activation is null ? x : Activation(x);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters()
    {
        if (Groups < 1 || Inputs % Groups != 0 || Outputs % Groups != 0)
        {
            throw new ShapeException(
                $"{Description} cannot be divided into {Groups} groups: expected a divisor of {Inputs} and {Outputs}.");
        }

        int area = Kernel * Kernel;
        var fan = new Fan(Inputs / Groups * area, Outputs / Groups * area);
        var weight = new Parameter(
            ParameterName("weight"),
            WeightInitializer.Create([Outputs, Inputs / Groups, Kernel, Kernel], fan, random.Fork("weight")),
            ParameterRole.Weight);
        return UseBias
            ? [weight, new Parameter(ParameterName("bias"), BiasInitializer.Create([Outputs], fan, random.Fork("bias")), ParameterRole.Bias)]
            : [weight];
    }
}
