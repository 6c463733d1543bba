using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Initializers;

namespace Toolkit.Modeling.Modules;

/// <summary>What convolutions of any number of axes have in common: each output channel is g(Σ over input channels and window of x·w, plus a bias), the same weights at every place.
/// As in ONNX the kernel is not flipped: what the book's section 9.1, equation 9.6, calls cross-correlation.</summary>
/// <remarks><para>With as many <see cref="Groups"/> as input channels each channel has kernels of its own: a depthwise convolution (book section 9.5; Chollet, "Xception", 2017).</para>
/// <para>Along a ragged axis whose length the result keeps (a step of 1, and a border of as many places as the window reaches over − 1), padding changes no number; elsewhere it is
/// refused.</para></remarks>
public abstract class ConvolutionModule : WindowModule
{
    private readonly RandomSource random;

    private protected ConvolutionModule(int axes, int inputs, int outputs, PerAxis kernel, RandomSource random)
        : base(axes, kernel, nameof(kernel), stride: 1)
    {
        Inputs = Settings.AtLeastOne(inputs);
        Outputs = Settings.AtLeastOne(outputs);
        Dilation = 1;
        this.random = random.Fork();
    }

    /// <summary>The number of input channels.</summary>
    public int Inputs { get; }

    /// <summary>The number of output channels.</summary>
    public int Outputs { get; }

    /// <summary>The size of the window along each axis.</summary>
    public PerAxis Kernel => Window;

    /// <summary>The distance between the weights of the window along each axis: 1, that of neighbours, unless it is set.</summary>
    public PerAxis Dilation { get; init => field = value.Along(Axes, 1, nameof(Dilation)); }

    /// <summary>The number of groups of channels that do not see each other, a divisor of both channel counts; 1 by default.</summary>
    public int Groups { get; init => field = Settings.AtLeastOne(value); } = 1;

    /// <summary>The function g applied to every unit, such as <c>Ops.Relu</c>; null (the default) for none.</summary>
    public Func<Variable, Variable>? Activation { get; init; }

    /// <summary>How the weights begin; <see cref="GlorotUniform"/> by default.</summary>
    public Initializer WeightInitializer { get; init; } = new GlorotUniform();

    /// <summary>How the biases begin; <see cref="Zeros"/> by default.</summary>
    public Initializer BiasInitializer { get; init; } = new Zeros();

    /// <summary>Whether each output channel has a bias; true by default.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>The weights, of shape [outputs, channels / groups, kernel…]; of a transposed convolution [channels, outputs / groups, kernel…].</summary>
    public Parameter Weight => Own[0];

    /// <summary>The biases, of shape [outputs]; null if there are none.</summary>
    public Parameter? Bias => UseBias ? Own[1] : null;

    /// <inheritdoc/>
    protected internal override string Kind => "conv";

    /// <inheritdoc/>
    protected internal override string Description => $"{GetType().Name} {Inputs} → {Outputs}, {Kernel}";

    private protected sealed override PerAxis Spacing => Dilation;

    /// <summary>The channels of the weights.</summary>
    private protected virtual (int First, int Second) Channels => (Outputs, Inputs / Groups);

    /// <summary>The convolution without bias.</summary>
    private protected virtual Variable Convolve(Variable input, ConvolutionOptions options) => input.Conv(Weight, options);

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        Check(input, Inputs);
        Variable? there = Masked.Places(input, Enumerable.Range(2, Axes), context);
        Variable x = Convolve(
            there is null ? input : Ops.Where(Ops.Greater(there, 0.0), input, Variable.Scalar(0.0, input.DType)),
            new ConvolutionOptions { Strides = Stride.ToList(), Dilations = Dilation.ToList(), Group = Groups, Pads = Borders });
        if (there is not null && Enumerable.Range(2, Axes).Any(axis => context.MaskOf(input.Shape[axis]) is not null && x.Shape[axis] != input.Shape[axis]))
            Masked.Refuse(this, input, context);
        if (Bias is { } bias)
            x += bias.Variable.Reshape([1, Outputs, .. Enumerable.Repeat<Dim>(1, Axes)]);
        return Activation is null ? x : Activation(x);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters()
    {
        if (Inputs % Groups != 0 || Outputs % Groups != 0)
            throw new ShapeException($"{Title} expects a number of groups that divides its {Inputs} and its {Outputs} channels, found {Groups}.");

        int area = Kernel.Aggregate(1, (product, size) => checked(product * size));
        var fan = new Fan(Inputs / Groups * area, Outputs / Groups * area);
        Parameter weight = WeightInitializer.Create(ParameterName("weight"), ParameterRole.Weight, [Channels.First, Channels.Second, .. Kernel], fan, random.Fork("weight"));
        return UseBias
            ? [weight, BiasInitializer.Create(ParameterName("bias"), ParameterRole.Bias, [Outputs], fan, random.Fork("bias"))]
            : [weight];
    }
}
