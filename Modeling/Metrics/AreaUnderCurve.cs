using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Metrics;

/// <summary>
/// The area under the receiver operating characteristic: the probability that an example of a class has a higher score than one of another class, where equal scores count half. For one
/// class, or the mean over the classes of which there are examples and others. Source: Hanley, McNeil, "The meaning and use of the area under a receiver operating characteristic curve", 1982.
/// </summary>
/// <remarks>
/// Prediction: one number per example, the greater the more it is of class 1, or logits [batch, classes], where the score of class c is ln p_c − ln (1 − p_c). Target: int64 [batch]. Scores
/// are counted in 4,096 bins over the whole line, of width (1 + |s|)²/2,048 at the score s: scores in one bin count as equal. An example with NaN in its prediction is on
/// the wrong side of all others; one whose target is no class is not counted. Without examples of both kinds, the area is NaN.
/// </remarks>
public sealed record AreaUnderCurve : Metric
{
    private const int Digits = 64;

    /// <summary>The class that is told from the others; null (the default) for the mean over all classes, or class 1 where there is one number per example.</summary>
    public int? Class { get; init => field = value is { } number ? Settings.AtLeastZero(number, nameof(Class)) : null; }

    /// <inheritdoc/>
    public override string Name => Class is { } number ? FormattableString.Invariant($"area under curve of class {number}") : "area under curve";

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Observe(Variable prediction, Variable target, Variable? counts)
    {
        if (Guesses.Single(prediction) is { } score)
        {
            if (target.DType != DType.Int64 || target.Shape.Rank != 1 || target.Shape[0] != score.Shape[0])
                throw new ShapeException($"{nameof(AreaUnderCurve)} expects labels, int64 [{score.Shape[0]}], for the prediction {prediction.Shape}, found {target.Type}.");
            return Class is null or 1 ? Bins(score, target, 1, 2, counts) : Class == 0 ? Bins(-score, target, 0, 2, counts) : throw NoClass(2);
        }

        int classes = Targets.Classes(nameof(AreaUnderCurve), prediction, target);
        if (Class >= classes)
            throw NoClass(classes);
        return [.. Enumerable.Range(0, classes).Where(c => (Class ?? c) == c).SelectMany(c => Bins(Against(prediction, c, classes), target, c, classes, counts))];
    }

    /// <inheritdoc/>
    public override double Total(IReadOnlyList<double[]> sums)
    {
        double[] areas = [.. sums.Chunk(2).Select(pair => Area(pair[0], pair[1])).Where(area => !double.IsNaN(area))];
        return areas.Length == 0 ? double.NaN : areas.Average();
    }

    private static double Area(double[] own, double[] others)
    {
        double below = 0.0, right = 0.0;
        for (int bin = 0; bin < own.Length; bin++)
        {
            right += own[bin] * (below + (0.5 * others[bin]));
            below += others[bin];
        }

        return right / (own.Sum() * below);
    }

    /// <summary>z_c less the logarithm of the sum of the others' exponentials.</summary>
    private static Variable Against(Variable prediction, int c, int classes)
    {
        Variable own = prediction.Slice(1, c, c + 1);
        Variable[] parts = [.. c > 0 ? [prediction.Slice(1, 0, c)] : Array.Empty<Variable>(), .. c + 1 < classes ? [prediction.Slice(1, c + 1, classes)] : Array.Empty<Variable>()];
        if (parts.Length == 0)
            throw new ShapeException($"{nameof(AreaUnderCurve)} expects at least two classes, found a prediction {prediction.Shape}.");
        Variable others = parts.Length == 1 ? parts[0] : Ops.Concat(1, parts);
        return own.Reshape([prediction.Shape[0]]) - LogSum.OfExponentials(others, 1);
    }

    /// <summary>How many examples of a class, and how many others, are in each bin: the product of the digits of the bins' numbers.</summary>
    private static Variable[] Bins(Variable score, Variable target, int c, int classes, Variable? counts)
    {
        Variable isOwn = Ops.Equal(target, Variable.Scalar(c, DType.Int64)), own = isOwn.Cast(DType.Float64), s = score.Cast(DType.Float64);
        // From −1 to 1; what is infinite would be ∞/∞.
        Variable bounded = Ops.Clip(s, -1e15, 1e15), place = bounded / (1.0 + bounded.Abs());
        Variable bin = Ops.Clip((place + 1.0) * (Digits * Digits / 2.0), 0.0, (Digits * Digits) - 1.0);
        bin = Ops.Where(Ops.Equal(s, s), bin, (1.0 - own) * ((Digits * Digits) - 1.0));
        // Casts round down: nothing is negative.
        Variable high = (bin / Digits).Cast(DType.Int64), low = (bin - ((double)Digits * high.Cast(DType.Float64))).Cast(DType.Int64);
        Variable highs = Ops.OneHot(high, Digits, DType.Float64), lows = Ops.OneHot(low, Digits, DType.Float64);
        Variable others = new And().Apply(Targets.Between(target, 0, classes - 1), Ops.Equal(own, Variable.Scalar(0.0, DType.Float64))).Cast(DType.Float64);
        return [Histogram(own), Histogram(others)];

        Variable Histogram(Variable members) =>
            Guesses.Counted(highs * members.Reshape([members.Shape[0], 1]), counts).Transpose().MatMul(lows);
    }

    private ShapeException NoClass(int classes) => new($"{nameof(AreaUnderCurve)} expects a class from 0 to {classes - 1}, found {Class}.");
}
