using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>x / 255, or another divisor, as float32: pixels as bytes become numbers from 0 to 1 within the model. Source: book 12.2.1 (images should have pixels in one range such as [0, 1]).</summary>
/// <remarks>
/// <para>Input [batch, …] of any numbers; the result has the same shape, and the type of the input if that is a floating one. From bytes it gives the bits of <c>Dataset.LoadIdx</c>. A model that begins with it
/// may read bytes, in training and from its file:</para>
/// <code>
/// var served = new Sequential(new Rescaling(), model) { InputFields = [new Field("input", DType.UInt8, [1, 28, 28])] };
/// served.ExportOnnx("digits.onnx");       // input: UInt8[batch, 1, 28, 28]
/// </code>
/// <para>Mean and deviation of each channel are a <see cref="Standardization"/> behind it.</para>
/// </remarks>
public sealed class Rescaling : Module
{
    /// <summary>A division.</summary>
    /// <param name="divisor">What every number is divided by, above 0; 255 by default, the greatest byte.</param>
    public Rescaling(double divisor = 255) => Divisor = Settings.Positive(divisor);

    /// <summary>What every number is divided by.</summary>
    public double Divisor { get; }

    /// <inheritdoc/>
    protected internal override string Kind => "rescaling";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        Variable x = input.DType.IsFloating() ? input : input.Cast(DType.Float32);
        return x / Variable.Scalar(Divisor, x.DType);
    }
}
