using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>
/// The indices of the elements that are not zero (ONNX <c>NonZero</c>): x of any shape gives int64 [rank of x, n], one column for each of the n elements, in
/// row-major order. NaN is not zero, −0 is. How many there are depends on the numbers of x. A scalar gives [0, n] with n 0 or 1. The gradient is zero.
/// </summary>
public sealed record NonZero : Operation, IDataSized, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new NonZero(), new ExampleInput(["batch", 4], DType.Int64, -1, 1)) { Smoothness = 0 },
        new(new NonZero(), new ExampleInput([3, 2, 2], DType.Bool, 0, 1)) { Smoothness = 0 },
        new(new NonZero(), new ExampleInput([5])) { Smoothness = 0 },
        new(new NonZero(), new ExampleInput([0, 3], DType.Int32)) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new NonZero().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        return [new TensorType(DType.Int64, [inputs[0].Shape.Rank, inputs.Fresh("nonzeros")])];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Value> Evaluate(EvaluateRequest request)
    {
        Value x = request[0];
        var search = new Search(x);
        if (x.DType == DType.Bool)
            search.In(x.Span<bool>(), false);
        else if (ElementType.Of(x.DType) is not { IsNumber: true, Compute: var compute } || compute != x.DType)
            search.OneByOne();
        else
            NumberDispatch.Run(x.DType, Name, search);
        int[] found = [.. search.Found];
        Value indices = Value.Zeros(DType.Int64, x.Rank, found.Length);
        Span<long> index = indices.Span<long>();
        int inner = x.Count;
        for (int axis = 0; axis < x.Rank; axis++)
        {
            inner = x.Sizes[axis] == 0 ? 0 : inner / x.Sizes[axis];
            for (int i = 0; i < found.Length; i++)
                index[(axis * found.Length) + i] = found[i] / inner % x.Sizes[axis];
        }

        return [indices];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { RuntimeTypes = [DType.Float32, DType.Int32, DType.Int64, DType.Bool] };

    /// <summary>The positions of the elements that are not zero.</summary>
    private readonly struct Search(Value x) : INumberAction
    {
        public List<int> Found { get; } = [];

        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => In(x.Span<T>(), T.Zero);

        /// <summary>The elements of types that are computed in another.</summary>
        public void OneByOne()
        {
            for (int i = 0; i < x.Count; i++)
            {
                if (x.DType == DType.String ? x.Texts[i].Length > 0 : x[i] != 0)
                    Found.Add(i);
            }
        }

        public void In<T>(ReadOnlySpan<T> elements, T zero)
            where T : IEquatable<T>
        {
            for (int i = 0; i < elements.Length; i++)
            {
                if (!elements[i].Equals(zero))
                    Found.Add(i);
            }
        }
    }
}
