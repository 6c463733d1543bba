using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>
/// Vectors with one number at an index and another elsewhere, in a new axis (ONNX <c>OneHot</c>). Inputs: indices of any number type, of which the fraction is left out; the size of
/// the new axis, a scalar or a vector of one number; and the two numbers, that elsewhere first. A negative index counts from the end; one outside gives the number that is
/// elsewhere alone. Where the size depends on data, so does that of the result. The gradient is zero.
/// </summary>
/// <param name="Axis">The place of the new axis in the result; a negative one counts from the end.</param>
public sealed record OneHot(int Axis = -1) : Operation, IMovesElements, IOperator
{
    private static readonly Value OffAndOn = Value.Of([0f, 1f], 2);

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new OneHot(), new ExampleInput(["batch"], DType.Int64, -4, 3), ExampleInput.Constant(4), new ExampleInput([2])) { Smoothness = 0 },
        new(new OneHot(0), new ExampleInput([2, 3], DType.Int64, -4, 4), ExampleInput.Constant(3), new ExampleInput([2])) { Smoothness = 0 },
        new(new OneHot(-2), new ExampleInput(["batch", 3], DType.Int64, 0, 2), ExampleInput.Constant(3), new ExampleInput([2])) { Smoothness = 0 },
        new(new OneHot(), new ExampleInput([], DType.Int64, 1, 2), ExampleInput.Constant(4), new ExampleInput([2])) { Smoothness = 0 },
        new(new OneHot(1), new ExampleInput([4], DType.Int64, -3, 3), new ExampleInput([], DType.Int64, 3, 3), new ExampleInput([2])) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new OneHot(node.Int32("axis")).ApplyAll(node[0], node[1], node[2]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 3);
        Shape shape = inputs[0].Shape;
        if (inputs[1].Shape.ElementCount != 1 || inputs[2].Shape != Shape.Of(2))
            throw new ShapeException($"{Name} expects one number as the size of the new axis and a vector of two, found {inputs[1]} and {inputs[2]}.");
        if (Axis < -shape.Rank - 1 || Axis > shape.Rank)
            throw new ShapeException($"{Name} expects an axis from {-shape.Rank - 1} to {shape.Rank} for {shape}, found {Axis}.");
        Dim depth = inputs.Content(1) is [var known] ? known : inputs.Constant(1) is { } number ? Dim.Of((long)number[0]) : inputs.Fresh("depth");
        List<Dim> dims = [.. shape];
        dims.Insert(Axis < 0 ? Axis + shape.Rank + 1 : Axis, depth.IsStatic ? Dim.Of(depth.Number) : depth);
        return [new TensorType(inputs[2].DType, [.. dims])];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(arguments => SizeDispatch.Run(arguments.Outputs[0].DType.Size(), new Placing(this, arguments)));

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <summary>Float64 numbers chosen by Float32 ones: ONNX Runtime has no <c>OneHot</c> of doubles.</summary>
    /// <param name="inputs">The indices, the size and the numbers.</param>
    public override IReadOnlyList<Variable>? Expand(Arguments inputs)
    {
        if (inputs[2].DType != DType.Float64)
            return null;
        Variable hot = new OneHot(Axis).Apply(inputs[0], inputs[1], Variable.Of(OffAndOn));
        if (inputs[2].Constant is { } numbers && numbers[0] == 0 && numbers[1] == 1)
            return [Ops.Cast(hot, DType.Float64)];
        Variable off = Ops.Reshape(Ops.Slice(inputs[2], 0, 0, 1), Shape.Scalar), on = Ops.Reshape(Ops.Slice(inputs[2], 0, 1, 2), Shape.Scalar);
        return [Ops.Where(Ops.Cast(hot, DType.Bool), on, off)];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request)
    {
        if (request.Inputs[2].DType == DType.Float64)
            return null;
        if (request.Inputs[0].Shape.Rank > 0)
            return new OnnxForm(Name) { Attributes = [new OnnxAttribute("axis", (long)Axis)] };

        // ONNX Runtime refuses a scalar, so a single index goes through a vector of one.
        OnnxInput vector = OnnxInput.Of("Reshape", new OnnxInput.Argument(0), OnnxInput.Integers(1));
        OnnxInput hot = OnnxInput.Of(Name, [new OnnxAttribute("axis", -1L)], vector, new OnnxInput.Argument(1), new OnnxInput.Argument(2));
        return new OnnxForm("Squeeze") { Inputs = [hot, OnnxInput.Integers(0)] };
    }

    private unsafe void Place<T>(KernelArguments arguments)
        where T : unmanaged
    {
        (Value indices, Value values, Value y) = (arguments.Inputs[0], arguments.Inputs[2], arguments.Outputs[0]);
        (_, int depth, int inner) = Layout.Around(y.Sizes, Axis < 0 ? Axis + y.Rank : Axis);
        Span<T> to = new(y.Pointer<T>(), y.Count);
        (T off, T on) = (values.Pointer<T>()[0], values.Pointer<T>()[1]);
        to.Fill(off);
        ReadOnlySpan<long> whole = indices.DType == DType.Int64 ? indices.Span<long>() : [];
        int outer = 0, column = 0;
        for (int i = 0; i < indices.Count; i++)
        {
            long index = whole.IsEmpty ? (long)indices[i] : whole[i];
            index = index < 0 ? index + depth : index;
            if ((ulong)index < (ulong)depth)
                to[outer + ((int)index * inner) + column] = on;
            if (++column == inner)
                (outer, column) = (outer + (depth * inner), 0);
        }
    }

    private readonly ref struct Placing(OneHot operation, KernelArguments arguments) : IBitsAction
    {
        private readonly KernelArguments arguments = arguments;

        public void For<T>()
            where T : unmanaged => operation.Place<T>(arguments);
    }
}
