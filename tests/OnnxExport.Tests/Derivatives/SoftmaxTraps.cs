using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>Softmax, its logarithm and log-sum-exp, built in and written out, with infinite and great logits.</summary>
internal static class SoftmaxTraps
{
    private const double Least = double.NegativeInfinity;

    private static readonly double[] Share = [1 / (1 + Math.E), Math.E / (1 + Math.E), 0];

    public static IEnumerable<Trap> All =>
    [
        new("log Σeˣ written out", x => Ops.Log(Ops.Sum(Ops.Exp(x))), [0, 1, Least], 1, Share),
        new("log Σeˣ with the greatest taken out", x => Shifted(x, Ops.StopGradient(Ops.ReduceMax(x, [0]))), [0, 1, Least], 1, Share),
        new("log Σeˣ with the greatest taken out, differentiated through", x => Shifted(x, Ops.ReduceMax(x, [0])), [0, 1, Least], 1, Share),
        new("first of log softmax", x => Ops.Slice(Ops.LogSoftmax(x), 0, 0, 1), [0, 1, Least], 1, [Share[1], -Share[1], 0]),
        new("log softmax · one-hot", x => Ops.Where(Ops.Greater(Variable.Of(Numbers(x, 1, 0, 0)), 0), Ops.LogSoftmax(x), 0), [0, 1, Least], 2, [0, 0, 0]) { AtMost = [1e-7, 1e-7, 1e-7], Tolerance = 1e-7 },
        new("softmax, log and sum from primitives", Written, [1e4, 0, -1e4], 1, [1 - 1, -0.0, -0.0]),
        new("softmax, log and sum from primitives, target far below", x => Written(x, 2), [1e4, 0, -1e4], 1, [1, 0, -1]),
        new("log of softmax", x => Ops.Slice(Ops.Log(Ops.Softmax(x)), 0, 1, 2), [1e4, 0], 1, [-1, 1]),
        new("softmax of rows, one of them all −∞, by the weights", w => Masked(w, Ops.Softmax), [0, 0, 0, 0, 0, 0], 1, [-1 / 9.0, -1 / 9.0, 2 / 9.0, -2 / 9.0, -2 / 9.0, 4 / 9.0]) { Shape = [2, 3] },
        new("log softmax of rows, one of them all −∞, by the weights", w => Masked(w, Ops.LogSoftmax), [0, 0, 0, 0, 0, 0], 1, [-1 / 3.0, -1 / 3.0, 2 / 3.0, -2 / 3.0, -2 / 3.0, 4 / 3.0]) { Shape = [2, 3] },
    ];

    private static Variable Shifted(Variable x, Variable greatest) => Ops.Log(Ops.Sum(Ops.Exp(x - greatest))) + greatest;

    private static Variable Written(Variable x) => Written(x, 0);

    private static Variable Written(Variable x, int label)
    {
        Variable e = Ops.Exp(x);
        return -Ops.Slice(Ops.Log(e / Ops.Sum(e)), 0, label, label + 1);
    }

    /// <summary>The last class of the first example; the second example is masked as a whole.</summary>
    private static Variable Masked(Variable w, Func<Variable, int, Variable> function)
    {
        Variable x = Ops.Reshape(Variable.Of(Numbers(w, 1, 2, 3, 4)), [2, 2]), mask = Ops.Reshape(Variable.Of(Numbers(w, 0, 0, 0, Least, Least, Least)), [2, 3]);
        return Ops.Slice(Ops.Slice(function(Ops.MatMul(x, w) + mask, -1), 0, 0, 1), 1, 2, 3);
    }

    private static Value Numbers(Variable like, params double[] numbers) =>
        like.DType == DType.Float32 ? Value.Of([.. numbers.Select(n => (float)n)], numbers.Length) : Value.Of(numbers, numbers.Length);
}
