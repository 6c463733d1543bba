using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Signal;

/// <summary>
/// The discrete Fourier transform along an axis (ONNX <c>DFT</c>): Xₖ = Σⱼ xⱼ e^(−2πi jk/n); the inverse has the opposite sign and is divided by n. Inputs: x with real numbers (last axis 1) or complex
/// ones (last axis 2: real and imaginary part), the length n (int64 or int32 scalar; the size of the axis if it is left out; x is cut or filled with zeros), and the axis (int64 scalar, −2 if it is left
/// out). The last axis of the result is 2. The one-sided inverse takes the first ⌊n/2⌋ + 1 numbers of a real signal's transform and gives the signal, with a last axis of 1; there n is 2·(size of the axis − 1)
/// if it is left out. Computed in float64.
/// </summary>
/// <param name="Inverse">Whether it is the inverse.</param>
/// <param name="OneSided">Whether only the first ⌊n/2⌋ + 1 numbers come out, since the others of a real signal are their conjugates.</param>
public sealed record DFT(bool Inverse = false, bool OneSided = false) : Operation, IHasKernel, IOperator
{
    private const long StandardAxis = -2;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples
    {
        get
        {
            static ExampleInput Number(long number) => ExampleInput.Constant(number) with { Shape = Shape.Scalar };
            yield return new(new DFT(), new ExampleInput(["batch", 5, 1])) { Opset = 17 };
            yield return new(new DFT(), new ExampleInput([2, 8, 2])) { Opset = 17 };
            yield return new(new DFT(OneSided: true), new ExampleInput([6, 3, 1]), Number(6), Number(0)) { Opset = 17 };
            yield return new(new DFT(Inverse: true), new ExampleInput([2, 6, 2]), Number(4), Number(1)) { Opset = 17 };
            yield return new(new DFT(), new ExampleInput([2, 4, 1]), Number(7), Number(-2)) { Opset = 17 };
        }
    }

    /// <summary>Before operator set 20 the axis is an attribute.</summary>
    /// <param name="node">The node.</param>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new DFT(node.Flag("inverse"), node.Flag("onesided"))
        .ApplyAll(node[0], node.Optional(1)?.Cast(DType.Int64), node.Knows("axis") ? Variable.Of(Value.Of(node.Integer("axis"))) : node.Optional(2));

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Floating(this, inputs[0].DType);
        Shape x = inputs[0].Shape;
        if (x.Rank < 2 || !x[^1].IsStatic || x[^1].Size is not (1 or 2))
            throw new ShapeException($"{Name} expects a last axis of 1 for real or 2 for complex numbers, found the shape {x}.");
        if (IsRealResult && x[^1].Size != 2)
            throw new ShapeException($"{Name} one-sided and inverse expects complex numbers, found the shape {x}.");
        Shape same = x.With(x.Rank - 1, IsRealResult ? 1 : 2);
        if (!inputs.Has(1) && !OneSided)
            return [inputs[0] with { Shape = same }];
        Dim? length = !inputs.Has(1) ? null : inputs.Content(1) is [var known] ? known : inputs.Fresh("dft_length");
        if (length is { IsStatic: true, Number: < 1 or > int.MaxValue })
            throw new ShapeException($"{Name} expects a length from 1 to {int.MaxValue}, found {length}.");
        if (AxisOf(inputs) is { } axis)
        {
            Dim n = length ?? (IsRealResult ? (x[axis] - 1) * 2 : x[axis]);
            return [inputs[0] with { Shape = same.With(axis, OneSided && !Inverse ? n.FloorDivide(2L) + 1 : n) }];
        }

        return [inputs[0] with { Shape = [.. Enumerable.Range(0, x.Rank - 1).Select(a => inputs.Fresh($"dft_{a}")), same[^1]] }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => request.Floating(request.Type(0), Compute<float>, Compute<double>);

    /// <summary>The transform is linear: the adjoint is the transform of the other sign, filled or cut to the size of x. It needs to know the axis and the sizes.</summary>
    /// <param name="request">The inputs and the gradient.</param>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g || !request.Wants(0))
            return request.Zero;
        Variable x = request[0];
        if (AxisOf(new InferRequest(this, request.Arguments)) is not { } axis || !x.Shape[axis].IsStatic || (request.Arguments.Has(1) && request[1].Content is not [{ IsStatic: true }]))
            throw request.NotDefined("its axis or length depends on data");
        int size = x.Shape[axis].Size, n = request.Arguments.Has(1) ? request[1].Content![0].Size : IsRealResult ? 2 * (size - 1) : size;
        if (IsRealResult)
            return request.Each(input => input == 0 ? Fit(Halved(new DFT(OneSided: true).Apply(g, null, Variable.Of(Value.Of((long)axis))), axis, n), axis, size) : null);
        Variable full = Fit(g, axis, n);
        Variable back = new DFT(!Inverse).Apply(full, null, Variable.Of(Value.Of((long)axis)));
        back = Fit(Inverse ? back / n : back * n, axis, size);
        return request.Each(input => input == 0 ? x.Shape[^1] == 1 ? Ops.Slice(back, x.Shape.Rank - 1, 0, 1) : back : null);
    }

    /// <summary>One node, with the axis as an attribute before operator set 20.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request)
    {
        OnnxAttribute[] flags = [new("inverse", Inverse ? 1L : 0L), new("onesided", OneSided ? 1L : 0L)];
        if (request.Opset >= 20)
            return new(Name) { Attributes = flags };
        if (request.Opset < 17 || AxisOf(request.Inputs) is not { } axis)
            return null;
        return new(Name) { Attributes = [new("axis", (long)axis), .. flags], Inputs = request.Inputs.Has(1) ? [new OnnxInput.Argument(0), new OnnxInput.Argument(1)] : [new OnnxInput.Argument(0)] };
    }

    private bool IsRealResult => Inverse && OneSided;

    /// <summary>Every number of a half stands for itself and its conjugate, but the first and, for an even length, the last.</summary>
    private static Variable Halved(Variable x, int axis, int n)
    {
        int bins = (n / 2) + 1;
        Value weights = Value.Zeros(x.DType, [.. Enumerable.Range(0, x.Shape.Rank).Select(a => a == axis ? bins : 1)]);
        for (int k = 0; k < bins; k++)
            weights[k] = (k == 0 || 2 * k == n ? 1.0 : 2.0) / n;
        return x * Variable.Of(weights);
    }

    private static Variable Fit(Variable x, int axis, int size)
    {
        int found = x.Shape[axis].Size, rank = x.Shape.Rank;
        return found > size ? Ops.Slice(x, axis, 0, size)
            : found < size ? Ops.Pad(x, [.. Enumerable.Repeat(0, rank)], [.. Enumerable.Range(0, rank).Select(a => a == axis ? size - found : 0)])
            : x;
    }

    private int? AxisOf(InferRequest inputs)
    {
        if (inputs.Has(2) && inputs.Content(2) is not [{ IsStatic: true }])
            return null;
        return Position(inputs.Has(2) ? inputs.Content(2)![0].Number : StandardAxis, inputs[0].Shape.Rank);
    }

    private int Position(long axis, int rank) => axis >= -rank && axis < rank && (axis < 0 ? axis + rank : axis) is var found && found < rank - 1
        ? (int)found
        : throw new ShapeException($"{Name} expects an axis before the last one of {rank}, found {axis}.");

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
        int axis = Position(arguments.Inputs.Length > 2 && arguments.Inputs[2] is { } given ? (long)given.Scalar() : StandardAxis, x.Rank);
        long asked = arguments.Inputs.Length > 1 && arguments.Inputs[1] is { } length ? (long)length.Scalar() : IsRealResult ? 2 * (x.Sizes[axis] - 1L) : x.Sizes[axis];
        if (asked < 1 || asked > Array.MaxLength)
            throw new ShapeException($"{Name} expects a length from 1 to {Array.MaxLength}, found {asked}.");
        int n = (int)asked;
        int parts = x.Sizes[^1], size = x.Sizes[axis], results = y.Sizes[axis], inner = 1, outer = 1;
        for (int a = 0; a < axis; a++)
            outer *= x.Sizes[a];
        for (int a = axis + 1; a < x.Rank - 1; a++)
            inner *= x.Sizes[a];
        var transform = new FourierTransform(n);
        arguments.For(outer, o =>
        {
            var line = new Complex[n];
            ReadOnlySpan<T> from = x.Span<T>();
            Span<T> to = y.Span<T>();
            for (int i = 0; i < inner; i++)
            {
                Array.Clear(line);
                for (int k = 0; k < Math.Min(IsRealResult ? (n / 2) + 1 : n, size); k++)
                {
                    int at = ((((o * size) + k) * inner) + i) * parts;
                    line[k] = new Complex(double.CreateTruncating(from[at]), parts == 2 ? double.CreateTruncating(from[at + 1]) : 0);
                }

                for (int k = (n / 2) + 1; IsRealResult && k < n; k++)
                    line[k] = Complex.Conjugate(line[n - k]);
                transform.Run(line, Inverse);
                for (int k = 0; k < results; k++)
                {
                    int at = (((o * results) + k) * inner) + i;
                    Complex number = Inverse ? line[k] / n : line[k];
                    if (IsRealResult)
                        to[at] = T.CreateTruncating(number.Real);
                    else
                        (to[2 * at], to[(2 * at) + 1]) = (T.CreateTruncating(number.Real), T.CreateTruncating(number.Imaginary));
                }
            }
        });
    }
}
