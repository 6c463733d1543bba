using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling;

/// <summary>Checks that losses and metrics share.</summary>
internal static class Targets
{
    /// <summary>Brings a target of real numbers to the shape of the prediction, where they differ by axes of size 1 only.</summary>
    public static Variable Align(string user, Variable prediction, Variable target)
    {
        if (!target.DType.IsFloating())
            throw new DTypeException($"{user} expects targets of real numbers, found {target.Type}.");
        if (prediction.Shape == target.Shape)
            return target;
        bool same = prediction.Shape.Rank > 0 && target.Shape.Rank > 0 && WithoutOnes(prediction).SequenceEqual(WithoutOnes(target));
        return same
            ? target.Reshape(prediction.Shape)
            : throw new ShapeException($"{user} expects a target of the prediction's shape {prediction.Shape}, found {target.Shape}.");
    }

    /// <summary>Checks logits [batch, classes] against labels [batch], and gives the number of classes.</summary>
    public static int Classes(string user, Variable prediction, Variable target)
    {
        if (target.DType != DType.Int64)
            throw new DTypeException($"{user} expects class labels (int64), found {target.Type}.");
        if (prediction.Shape.Rank != 2 || !prediction.Shape[1].IsStatic)
            throw new ShapeException($"{user} expects a prediction of shape [batch, classes], found {prediction.Shape}.");
        if (target.Shape.Rank != 1 || target.Shape[0] != prediction.Shape[0])
        {
            throw new ShapeException(
                $"{user} expects labels of shape [{prediction.Shape[0]}] for the prediction {prediction.Shape}, found {target.Shape}.");
        }

        return prediction.Shape[1].Size;
    }

    /// <summary>The number of classes that so many outputs can tell apart: a single logit tells two.</summary>
    public static int ClassesOf(int outputs) => outputs == 1 ? 2 : outputs;

    /// <summary>Where least ≤ x ≤ greatest; false for NaN.</summary>
    public static Variable Between(Variable x, double least, double greatest) =>
        new And().Apply(Ops.GreaterOrEqual(x, Variable.Scalar(least, x.DType)), Ops.GreaterOrEqual(Variable.Scalar(greatest, x.DType), x));

    /// <summary>Which examples have no NaN, [batch].</summary>
    public static Variable WithoutNaN(Variable x) =>
        Ops.Equal(SumPerExample(1.0 - Ops.Equal(x, x).Cast(x.DType)), Variable.Scalar(0.0, x.DType));

    /// <summary>The loss of each example, NaN where a part of its target is none.</summary>
    /// <param name="valid">Which numbers of the target make sense, [batch, …].</param>
    /// <param name="loss">[batch].</param>
    public static Variable OrNaN(Variable valid, Variable loss)
    {
        Variable all = valid.Shape.Rank == 1 ? valid
            : Ops.Equal(SumPerExample(1.0 - valid.Cast(loss.DType)), Variable.Scalar(0.0, loss.DType));
        return Ops.Where(all, loss, double.NaN);
    }

    /// <summary>Checks for the shape [batch, columns].</summary>
    public static void Columns(string user, Variable prediction, int columns)
    {
        if (!prediction.DType.IsFloating())
            throw new DTypeException($"{user} expects real numbers, found {prediction.Type}.");
        if (prediction.Shape.Rank != 2 || prediction.Shape[1] != columns)
            throw new ShapeException($"{user} expects the shape [batch, {columns}], found {prediction.Shape}.");
    }

    /// <summary>The sum over all axes but the first.</summary>
    public static Variable SumPerExample(Variable x) => x.Sum(AxesAfterFirst(x));

    /// <summary>The mean over all axes but the first.</summary>
    public static Variable MeanPerExample(Variable x) => x.Mean(AxesAfterFirst(x));

    private static IntList AxesAfterFirst(Variable x) => [.. Enumerable.Range(1, x.Shape.Rank - 1)];

    private static IEnumerable<Dim> WithoutOnes(Variable x) =>
        x.Shape.Take(1).Concat(x.Shape.Skip(1).Where(dim => dim != 1));
}
