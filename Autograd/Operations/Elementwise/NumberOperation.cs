using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>A function of numbers of one type, integers included, applied element by element; all inputs have the same type.</summary>
public abstract record NumberOperation : ElementwiseOperation
{
    /// <inheritdoc/>
    public override DType InferDType(ReadOnlySpan<DType> inputs)
    {
        foreach (DType type in inputs)
        {
            Require.Number(this, type);
            Require.SameType(this, inputs[0], type);
        }

        return inputs[0];
    }

    /// <summary>The kernel for one number type.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="tile">Inputs and output.</param>
    protected abstract void Apply<T>(TileArguments tile)
        where T : unmanaged, INumber<T>;

    /// <inheritdoc/>
    public sealed override void Apply(TileArguments tile) => NumberDispatch.Run(tile.InputType, Name, new Call(this, tile));

    private readonly ref struct Call(NumberOperation operation, TileArguments tile) : INumberAction
    {
        private readonly TileArguments tile = tile;

        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => operation.Apply<T>(tile);
    }
}

/// <summary>A function of two numbers, z = f(x, y), with broadcasting.</summary>
public abstract record BinaryOperation : NumberOperation
{
    /// <inheritdoc/>
    public sealed override int Arity => 2;

    /// <summary>The gradient with respect to one input, before the sum over axes that were broadcast; null where it is zero.</summary>
    /// <param name="gradient">G, the gradient with respect to the result.</param>
    /// <param name="x">The first input.</param>
    /// <param name="y">The second input.</param>
    /// <param name="z">The result.</param>
    /// <param name="input">0 for x, 1 for y.</param>
    protected abstract Variable? Contribution(Variable gradient, Variable x, Variable y, Variable z, int input);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        Contributions(request, (g, input) => Contribution(g, request[0], request[1], request.Result(0), input));

    /// <summary>Examples of equal shapes, broadcasting in both directions, scalars and a symbolic axis.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="low">The least element of the second input.</param>
    /// <param name="high">The greatest element of the second input.</param>
    /// <param name="margin">The distance of the second input from zero.</param>
    private protected static IEnumerable<OperationExample> BroadcastExamples(
        Operation operation, double low = -2, double high = 2, double margin = 0)
    {
        ExampleInput Second(Shape shape) => new(shape, DType.Float32, low, high) { Margin = margin };
        yield return new OperationExample(operation, new ExampleInput([2, 3]), Second([2, 3]));
        yield return new OperationExample(operation, new ExampleInput([2, 3]), Second([3]));
        yield return new OperationExample(operation, new ExampleInput([2, 1, 3]), Second([4, 1]));
        yield return new OperationExample(operation, new ExampleInput([]), Second(["batch", 5]));
        yield return new OperationExample(operation, new ExampleInput(["batch", 4]), Second([1, 4]));
    }
}
