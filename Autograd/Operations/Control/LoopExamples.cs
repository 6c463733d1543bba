using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>The examples of Loop.</summary>
internal static class LoopExamples
{
    public static IEnumerable<OperationExample> All =>
    [
        // A number of turns that is known, and one that is not.
        Recurrence(ExampleInput.Constant(3), ExampleInput.LeftOut, "batch"),
        Recurrence(ExampleInput.Data(2), ExampleInput.LeftOut, "batch"),
        Recurrence(new ExampleInput([], DType.Int64, 0, 0), ExampleInput.LeftOut, batch: 3),
        Recurrence(new ExampleInput([], DType.Int64, 2, 4), new ExampleInput([1], DType.Bool, 1, 1), "batch"),

        // No turn, a condition that ends it, a number that ends it first.
        WhileSmall(new ExampleInput([], DType.Int64, 9, 9), new ExampleInput([], DType.Bool, 0, 0)),
        WhileSmall(ExampleInput.LeftOut, new ExampleInput([1], DType.Bool, 1, 1)),
        WhileSmall(new ExampleInput([], DType.Int64, 2, 2), new ExampleInput([], DType.Bool, 1, 1)),

        // A value that grows from turn to turn, with what depends on it, has no gradient.
        Growing with { Smoothness = 0 },
    ];

    private static OperationExample Growing => OperationExample.Of(
        type => LoopBuilding.Of(
            [new TensorType(DType.Int64, [1])],
            LoopBuilding.Truth,
            types =>
            {
                Variable[] inputs = Inputs(types, new TensorType(type, [2]));
                Variable longer = Ops.Concat(0, inputs[2], Ops.Reshape(inputs[0], [1]));
                return (new Body(inputs, [Variable.Of(Value.Of(true)), longer, inputs[3] * Ops.Cast(Ops.Sum(inputs[2]), type)]), []);
            }).Loop,
        ExampleInput.Data(4),
        new ExampleInput([], DType.Bool, 1, 1),
        new ExampleInput([1], DType.Int64, 1, 3),
        new ExampleInput([2]));

    /// <summary>h ← tanh(h·W), y = h·(turn + 1).</summary>
    private static OperationExample Recurrence(ExampleInput turns, ExampleInput condition, Dim batch) => OperationExample.Of(
        type => LoopBuilding.Of(
            [new TensorType(type, [batch, 2])],
            new TensorType(DType.Bool, condition.Shape),
            types =>
            {
                Variable[] inputs = Inputs(types, new TensorType(type, [2, 2]));
                Variable next = inputs[2].MatMul(inputs[3]).Tanh();
                return (new Body(inputs, [inputs[1], next, next * Ops.Cast(inputs[0] + 1, type)]), []);
            }).Loop,
        turns,
        condition,
        new ExampleInput([batch, 2]),
        new ExampleInput([2, 2]));

    /// <summary>s ← s + w·turn + 1, u ← u + 1 while u &lt; 3.</summary>
    private static OperationExample WhileSmall(ExampleInput most, ExampleInput condition) => OperationExample.Of(
        type => LoopBuilding.Of(
            [new TensorType(type, [2]), LoopBuilding.Turn],
            new TensorType(DType.Bool, condition.Shape),
            types =>
            {
                Variable[] inputs = Inputs(types, new TensorType(type, [2]));
                (Variable s, Variable u, Variable w) = (inputs[2], inputs[3], inputs[4]);
                Variable next = (s * w) + (w * Ops.Cast(inputs[0], type)) + 1;
                return (new Body(inputs, [Ops.Less(u, 3), next, u + 1, next.Sum()]), []);
            }).Loop,
        most,
        condition,
        new ExampleInput([2]),
        new ExampleInput([], DType.Int64, 1, 1),
        new ExampleInput([2]));

    private static Variable[] Inputs(IReadOnlyList<TensorType> types, params TensorType[] captured) =>
        [.. types.Concat(captured).Select((type, i) => Body.Input($"x{i}", type))];
}
