using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Signal;

/// <summary>
/// The Fourier transforms of the frames of a signal (ONNX <c>STFT</c>). Inputs: the signal [batch, length, 1] or, complex, [batch, length, 2], the step from one frame to the next, a window by which each
/// frame is multiplied, and the length n of a frame (the window's if it is left out). The result is [batch, ⌊(length − n)/step⌋ + 1, bins, 2]. Computed in float64; the standard defines no gradient.
/// </summary>
/// <param name="OneSided">Whether only the first ⌊n/2⌋ + 1 bins come out, since the others of a real signal are their conjugates.</param>
public sealed record STFT(bool OneSided = true) : Operation, IHasKernel, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples
    {
        get
        {
            static ExampleInput Number(long number) => ExampleInput.Constant(number) with { Shape = Shape.Scalar };
            yield return new(new STFT(), new ExampleInput([2, 9, 1]), Number(2), new ExampleInput([4])) { Smoothness = 0, Opset = 17 };
            yield return new(new STFT(false), new ExampleInput([1, 8, 2]), Number(3), new ExampleInput([5]), Number(5)) { Smoothness = 0, Opset = 17 };
        }
    }

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new STFT(node.Flag("onesided")).ApplyAll(node[0], node[1].Cast(DType.Int64), node.Optional(2), node.Optional(3)?.Cast(DType.Int64));

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Floating(this, inputs[0].DType);
        Require.Rank(this, inputs[0], 3);
        if (!inputs.Has(2) && !inputs.Has(3))
            throw new GraphException($"{Name} expects a window or the length of a frame, found neither.");
        Shape x = inputs[0].Shape;
        if (!x[2].IsStatic || x[2].Size is not (1 or 2))
            throw new ShapeException($"{Name} expects a last axis of 1 for a real or 2 for a complex signal, found the shape {x}.");
        Dim? length = inputs.Has(3) ? inputs.Content(3) is [var known] ? known : null : inputs[2].Shape[0];
        if (inputs.Content(1) is [{ IsStatic: true, Number: < 1 }] || length is { IsStatic: true, Number: < 1 or > int.MaxValue })
            throw new ShapeException($"{Name} expects a step of at least 1 and frames of at least 1, found the step {inputs.Content(1)?[0]} and the length {length}.");
        Dim frames = length is not null && inputs.Content(1) is [{ IsStatic: true, Number: > 0 } step] ? (x[1] - length).FloorDivide(step) + 1 : inputs.Fresh("frames");
        Dim bins = length is null ? inputs.Fresh("bins") : OneSided ? length.FloorDivide(2L) + 1 : length;
        return [inputs[0] with { Shape = [x[0], frames, bins, 2] }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments)
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
        Value? window = arguments.Inputs.Length > 2 ? arguments.Inputs[2] : null, given = arguments.Inputs.Length > 3 ? arguments.Inputs[3] : null;
        long asked = (long)arguments.Inputs[1].Scalar(), own = given is null ? window!.Count : (long)given.Scalar();
        if (asked < 1 || own < 1 || own > x.Sizes[1] || (window is not null && window.Count != own))
            throw new ShapeException($"{Name} expects a step of at least 1 and frames as long as the window, at most {x.Sizes[1]}, found the step {asked} and the length {own}.");
        (int step, int length) = ((int)Math.Min(asked, int.MaxValue), (int)own);
        int frames = y.Sizes[1], bins = y.Sizes[2], parts = x.Sizes[2];
        var transform = new FourierTransform(length);
        var frame = new Complex[length];
        for (int batch = 0; batch < x.Sizes[0]; batch++)
        {
            for (int f = 0; f < frames; f++)
            {
                for (int k = 0; k < length; k++)
                {
                    int at = ((batch * x.Sizes[1]) + (f * step) + k) * parts;
                    frame[k] = (window is null ? 1 : window[k]) * new Complex(x[at], parts == 2 ? x[at + 1] : 0);
                }

                transform.Run(frame, isInverse: false);
                for (int k = 0; k < bins; k++)
                {
                    int at = ((((batch * frames) + f) * bins) + k) * 2;
                    (y[at], y[at + 1]) = (frame[k].Real, frame[k].Imaginary);
                }
            }
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => throw request.NotDefined("the standard defines none");

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset < 17 ? null : new(Name) { Attributes = [new OnnxAttribute("onesided", OneSided ? 1L : 0L)] };
}
