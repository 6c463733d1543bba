using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Reductions;

/// <summary>Sums or products of the elements up to each along an axis. Inputs: data, and the axis, an int32 or int64 number, negative ones from the end.</summary>
/// <param name="Exclusive">Whether the element itself is left out, so that the first result is that of nothing.</param>
/// <param name="Reverse">Whether the elements from each on are taken, to the end of the axis.</param>
public abstract record Cumulative(bool Exclusive, bool Reverse) : Operation, IHasKernel
{
    // Neighbours that are added up side by side.
    private const int Tile = 64;

    private protected abstract bool IsProduct { get; }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Number(this, inputs[0].DType);
        if (inputs[1].Shape.ElementCount != 1)
            throw new ShapeException($"{Name} expects one number as axis, found {inputs[1]}.");
        if (inputs.Content(1) is [{ IsStatic: true } axis])
            inputs[0].Shape.Axis(checked((int)axis.Number));
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(arguments => NumberDispatch.Run(arguments.Outputs[0].DType, Name, new Call(this, arguments)));

    private protected static IEnumerable<OperationExample> ExamplesOf(Func<bool, bool, Operation> make, double low = -2, int opset = 14) =>
    [
        new(make(false, false), new ExampleInput(["batch", 4], Low: low), ExampleInput.Constant(1)),
        new(make(true, false), new ExampleInput([4, 2], Low: low), new ExampleInput([], DType.Int64, -2, -2)) { Opset = opset },
        new(make(false, true), new ExampleInput([2, 3, 2], Low: low), new ExampleInput([], DType.Int32, 1, 1)) { Opset = opset },
        new(make(true, true), new ExampleInput([3], Low: low), new ExampleInput([], DType.Int64, 0, 0)) { Opset = opset },
    ];

    private protected IReadOnlyList<OnnxAttribute> Attributes => [new OnnxAttribute("exclusive", Exclusive ? 1L : 0L), new OnnxAttribute("reverse", Reverse ? 1L : 0L)];

    /// <summary>Sums of float32 are added up in float64: one after the other, a million of them would lose a hundredth.</summary>
    private void Compute<T, TTotal>(KernelArguments arguments)
        where T : unmanaged, INumber<T>
        where TTotal : unmanaged, INumber<TTotal>
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
        (int outer, int size, int inner) = Layout.Around(x.Sizes, x.Shape.Axis((int)arguments.Inputs[1][0]));
        Span<TTotal> tile = stackalloc TTotal[Tile];
        for (int o = 0; o < outer; o++)
        {
            for (int begin = 0; begin < inner; begin += Tile)
            {
                Span<TTotal> totals = tile[..Math.Min(Tile, inner - begin)];
                totals.Fill(IsProduct ? TTotal.One : TTotal.Zero);
                for (int k = 0; k < size; k++)
                {
                    int at = (((o * size) + (Reverse ? size - 1 - k : k)) * inner) + begin;
                    Join(totals, x.Span<T>().Slice(at, totals.Length), y.Span<T>().Slice(at, totals.Length));
                }
            }
        }
    }

    private void Join<T, TTotal>(Span<TTotal> totals, ReadOnlySpan<T> added, Span<T> result)
        where T : unmanaged, INumber<T>
        where TTotal : unmanaged, INumber<TTotal>
    {
        for (int i = 0; i < result.Length; i++)
        {
            TTotal element = TTotal.CreateTruncating(added[i]);
            TTotal total = IsProduct ? totals[i] * element : totals[i] + element;
            result[i] = T.CreateTruncating(Exclusive ? totals[i] : total);
            totals[i] = total;
        }
    }

    private readonly ref struct Call(Cumulative operation, KernelArguments arguments) : INumberAction
    {
        private readonly KernelArguments arguments = arguments;

        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            if (typeof(T) == typeof(float) && !operation.IsProduct)
                operation.Compute<T, double>(arguments);
            else
                operation.Compute<T, T>(arguments);
        }
    }
}

/// <summary>The sums of the elements up to each along an axis (ONNX <c>CumSum</c>). Inputs: data and the axis. The gradient is the sum of G from each on.</summary>
/// <param name="Exclusive">Whether the element itself is left out.</param>
/// <param name="Reverse">Whether the elements from each on are summed.</param>
public sealed record CumSum(bool Exclusive = false, bool Reverse = false) : Cumulative(Exclusive, Reverse), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((exclusive, reverse) => new CumSum(exclusive, reverse), opset: 13);

    private protected override bool IsProduct => false;

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new CumSum(node.Flag("exclusive"), node.Flag("reverse")).ApplyAll(node[0], node[1]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        request.Each(input => input == 0 && request.Gradient(0) is { } g ? new CumSum(Exclusive, !Reverse).Apply(g, request[1]) : null);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { Attributes = Attributes };
}

/// <summary>The products of the elements up to each along an axis (ONNX <c>CumProd</c>). Inputs: data and the axis. The gradient needs no division: the product of what
/// stands before an element times Σ G·(products from there on), a recurrence; where the axis depends on data, it is the sum of G·y from each on divided by x, NaN where an element is 0.</summary>
/// <param name="Exclusive">Whether the element itself is left out.</param>
/// <param name="Reverse">Whether the elements from each on are multiplied.</param>
public sealed record CumProd(bool Exclusive = false, bool Reverse = false) : Cumulative(Exclusive, Reverse), IOperator
{
    private const int Since = 26;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((exclusive, reverse) => new CumProd(exclusive, reverse), low: 0.5, opset: Since);

    private protected override bool IsProduct => true;

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new CumProd(node.Flag("exclusive"), node.Flag("reverse")).ApplyAll(node[0], node[1]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Each(input =>
        input != 0 || request.Gradient(0) is not { } g ? null
        : request[1].Content is [{ IsStatic: true } axis] ? new CumProd(true, Reverse).Apply(request[0], request[1]) * Later(g, request[0], request[0].Shape.Axis((int)axis.Number))
        : new CumSum(Exclusive, !Reverse).Apply(g * request.Result(0), request[1]) / request[0]);

    /// <summary>For each element x the sum of G at it and at the later ones, each times the product of the elements between: s = g + x′·s′, from the end on, where x′ and s′ are those of the next
    /// element; without the element's own G if the product leaves it out.</summary>
    private Variable Later(Variable g, Variable x, int axis)
    {
        IntList swap = ToFront(x, axis);
        (g, x) = (Ops.Transpose(g, swap), Ops.Transpose(x, swap));
        IReadOnlyList<Variable> sums = Ops.Scan([Nothing(x)], [g, x], (state, element) =>
        {
            Variable sum = Exclusive ? state[0] : element[0] + state[0];
            return ([Exclusive ? element[0] + (element[1] * state[0]) : element[1] * sum], [sum]);
        }, backward: !Reverse).Outputs;
        return Ops.Transpose(sums[0], swap);
    }

    /// <summary>The permutation, its own inverse, that has an axis first.</summary>
    private static IntList ToFront(Variable x, int axis) => [.. Enumerable.Range(0, x.Shape.Rank).Select(a => a == 0 ? x.Shape.Axis(axis) : a == x.Shape.Axis(axis) ? 0 : a)];

    /// <summary>Zeros in the shape of an element of the first axis.</summary>
    private static Variable Nothing(Variable x) => Ops.StopGradient(Ops.Sum(Ops.Slice(x, 0, 0, 0), [0]));

    /// <summary>What it is exported as in older operator sets, where the axis is known: a Scan.</summary>
    /// <param name="inputs">Data and axis.</param>
    public override IReadOnlyList<Variable>? Expand(Arguments inputs)
    {
        if (inputs[1].Content is not [{ IsStatic: true } axis] || inputs[0].DType.IsInteger())
            return null;
        IntList swap = ToFront(inputs[0], (int)axis.Number);
        Variable x = Ops.Transpose(inputs[0], swap);
        IReadOnlyList<Variable> products = Ops.Scan([1 + Nothing(x)], [x], (state, element) =>
        {
            Variable product = state[0] * element[0];
            return ([product], [Exclusive ? state[0] : product]);
        }, backward: Reverse).Outputs;
        return [Ops.Transpose(products[0], swap)];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset >= Since ? new(Name) { Attributes = Attributes } : null;
}
