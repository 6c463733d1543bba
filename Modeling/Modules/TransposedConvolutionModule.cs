using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;

namespace Toolkit.Modeling.Modules;

/// <summary>What transposed convolutions of any number of axes have in common: each input number adds a window of x·w to the result, plus a bias, which leads from small images to
/// large ones. It is the gradient of the convolution with the same settings with respect to its image. Source: book section 9.5 and equation 9.13; ONNX <c>ConvTranspose</c>.</summary>
/// <remarks>Along each axis the size becomes (size − 1)·stride + dilation·(kernel − 1) + 1 + output padding, less the border of <see cref="WindowModule.Padding"/>, which is cut
/// off: what the convolution with this border would give the present size.</remarks>
public abstract class TransposedConvolutionModule : ConvolutionModule
{
    private protected TransposedConvolutionModule(int axes, int inputs, int outputs, PerAxis kernel, RandomSource random)
        : base(axes, inputs, outputs, kernel, random)
    {
        OutputPadding = 0;
    }

    /// <summary>What the result is longer at the end of each axis, less than the step: a convolution with steps does not tell by itself how long its image was. Nothing by default;
    /// with <see cref="Padding.Same"/> a step of s and s − 1 here make the result s times as long.</summary>
    public PerAxis OutputPadding { get; init => field = value.Along(Axes, 0, nameof(OutputPadding)); }

    /// <inheritdoc/>
    protected internal override string Kind => "convtranspose";

    private protected sealed override (int First, int Second) Channels => (Inputs, Outputs / Groups);

    private protected sealed override Variable Convolve(Variable input, ConvolutionOptions options) => input.ConvTranspose(Weight, options, OutputPadding.ToList());
}
