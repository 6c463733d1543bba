using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>The examples of Scan.</summary>
internal static class ScanExamples
{
    public static IEnumerable<OperationExample> All =>
    [
        Recurrence([0], [0], "time"),
        Recurrence([1], [0], 3),
        Recurrence([0], [1], 4),
        Recurrence([1], [1], 1),
        OperationExample.Of(
            type =>
            {
                (Variable s, Variable u) = (Input("s", type, [2]), Input("u", DType.Int64, []));
                (Variable x, Variable y) = (Input("x", type, [2]), Input("y", type, []));
                return new Scan(new Body([s, u, x, y], [(s * x) + y, u + 1, x * y, s.Sum() * Ops.Cast(u, type)]), 2, [0, 1], [0, 1]);
            },
            new ExampleInput([2]),
            new ExampleInput([], DType.Int64, 1, 3),
            new ExampleInput(["time", 2]),
            new ExampleInput(["time"])),
        OperationExample.Of(
            type =>
            {
                (Variable x, Variable w) = (Input("x", type, ["batch", 2]), Input("w", type, [2, 3]));
                return new Scan(new Body([x, w], [x.MatMul(w).Tanh()]), 0, [0], [0]);
            },
            new ExampleInput([3, "batch", 2]),
            new ExampleInput([2, 3])),
    ];

    /// <summary>h ← tanh(h·W + x), y = h·x.</summary>
    private static OperationExample Recurrence(IntList inputs, IntList outputs, Dim time) => OperationExample.Of(
        type =>
        {
            (Variable h, Variable x, Variable w) = (Input("h", type, ["batch", 2]), Input("x", type, ["batch", 2]), Input("w", type, [2, 2]));
            Variable next = (h.MatMul(w) + x).Tanh();
            return new Scan(new Body([h, x, w], [next, next * x]), 1, inputs, outputs);
        },
        new ExampleInput(["batch", 2]),
        new ExampleInput([time, "batch", 2]),
        new ExampleInput([2, 2]));

    private static Variable Input(string name, DType type, Shape shape) => Body.Input(name, new TensorType(type, shape));
}
