using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Features;

/// <summary>
/// Shares of classes from those of pairs (Wu, Lin and Weng 2004, algorithm 2, as libsvm and ONNX Runtime have it): p minimizes ½·pᵀ·Q·p with Σp = 1, where Qᵢᵢ = Σⱼ rⱼᵢ² and Qᵢⱼ = −rⱼᵢ·rᵢⱼ.
/// Sweeps over the classes end for an example where (Q·p)ᵢ differs from pᵀ·Q·p by less than 0.005/classes, and after a hundred; its gradient is that of the sweeps that were made.
/// </summary>
internal static class PairwiseCoupling
{
    private const int MostSweeps = 100;
    private const double Precision = 0.005;

    /// <summary>The shares, [batch, classes].</summary>
    /// <param name="r">[batch, classes, classes]: the share of class i in its pair with class j, 0 on the diagonal.</param>
    public static Variable Of(Variable r)
    {
        (Dim batch, int classes) = (r.Shape[0], r.Shape[1].Size);
        float[] diagonal = new float[classes * classes];
        for (int i = 0; i < classes; i++)
            diagonal[(i * classes) + i] = 1;
        Variable units = Variable.Of(Value.Of(diagonal, classes, classes)), other = Ops.Transpose(r, [0, 2, 1]);
        Variable q = (units * Ops.Sum(other * other, [2], keepDims: true)) - (other * r), rows = Ops.Transpose(q, [1, 0, 2]);
        Variable equal = Ops.Expand(Variable.Scalar(1.0 / classes, r.DType), [batch, classes], r);
        return Ops.Loop(Variable.Scalar(MostSweeps, DType.Int64), null, [equal], (_, carried) =>
        {
            Variable p = carried[0], product = Ops.Sum(q * new Unsqueeze().Apply(p, Ops.Integers(1)), [2]), mean = Ops.Sum(p * product, [1], keepDims: true);
            Variable error = Ops.ReduceMax(Ops.Abs(product - mean), [1], keepDims: true);
            Variable isOpen = Ops.GreaterOrEqual(error, Variable.Scalar(Precision / classes, r.DType));
            Variable swept = Ops.Scan([p, product, mean], [rows, units], Step).States[0];
            return (Ops.Greater(Ops.Sum(Ops.Cast(isOpen, r.DType)), 0), [Ops.Where(isOpen, swept, p)], []);
        }).Carried[0];
    }

    /// <summary>Changes the share of one class so that its derivative is the mean one, and all shares so that they add up to 1.</summary>
    /// <param name="states">p, Q·p and pᵀ·Q·p.</param>
    /// <param name="elements">The row of Q of the class, for each example; and 1 at the class.</param>
    private static (IReadOnlyList<Variable> States, IReadOnlyList<Variable> Outputs) Step(IReadOnlyList<Variable> states, IReadOnlyList<Variable> elements)
    {
        (Variable p, Variable product, Variable mean, Variable row, Variable unit) = (states[0], states[1], states[2], elements[0], elements[1]);
        Variable own = Ops.Sum(row * unit, [1], keepDims: true), derivative = Ops.Sum(product * unit, [1], keepDims: true);
        Variable change = (mean - derivative) / own, whole = 1 + change;
        return (
            [
                (p + (change * unit)) / whole,
                (product + (change * row)) / whole,
                (mean + (change * ((change * own) + (2 * derivative)))) / (whole * whole),
            ],
            []);
    }
}
