using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Losses;

/// <summary>
/// −w_y·x_y for each label y (ONNX <c>NegativeLogLikelihoodLoss</c>; book equation 5.63): logarithms of probabilities x [N, C, …], labels [N, …] (int64 or int32) and weights of the
/// classes [C], 1 if they are left out. The result is [N, …], or a scalar. A label that is no class gives NaN.
/// </summary>
/// <param name="Reduction">What becomes of the losses of single labels.</param>
/// <param name="Ignored">A label that does not count, whether it is a class or not; null for none.</param>
public sealed record NegativeLogLikelihoodLoss(LossReduction Reduction = LossReduction.Mean, long? Ignored = null) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((reduction, ignored) => new NegativeLogLikelihoodLoss(reduction, ignored));

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new NegativeLogLikelihoodLoss(LossAttributes.Reduction(node), LossAttributes.Ignored(node)).ApplyAll(node[0], node[1], node.Optional(2));

    /// <summary>The losses in other operations; float16 and bfloat16 are computed in float32.</summary>
    /// <param name="inputs">Logarithms, labels and weights.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        DType type = inputs[0].DType, wide = ElementType.Of(type).IsHalf ? DType.Float32 : type;
        return [Ops.Cast(Of(this, Ops.Cast(inputs[0], wide), inputs[1], inputs.Optional(2)?.Cast(wide), Reduction, Ignored), type)];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { Attributes = LossAttributes.Of(Reduction, Ignored) };

    /// <summary>The losses: the place of the label on the axis of the classes is found by comparison, so that any number of further axes does.</summary>
    internal static Variable Of(Operation operation, Variable logarithms, Variable labels, Variable? weights, LossReduction reduction, long? ignored)
    {
        Shape x = logarithms.Shape;
        if (x.Rank < 2 || labels.Shape != Shape.Of([x[0], .. x.Skip(2)]) || (weights is not null && weights.Shape != Shape.Of(x[1])))
        {
            throw new ShapeException(
                $"{operation.Name} expects numbers [N, C, …], labels [N, …] and weights [C], found {x}, {labels.Shape} and {weights?.Shape.ToString() ?? "no weights"}.");
        }

        int classes = Require.Static(operation, logarithms.Type, 1);
        Shape byClass = [classes, .. Enumerable.Repeat((Dim)1, x.Rank - 2)];
        Variable numbers = Variable.Of(Value.Of([.. Enumerable.Range(0, classes).Select(i => (long)i)], byClass.ToSizes()));
        Variable label = Ops.Cast(labels, DType.Int64);
        Variable own = Ops.Equal(Ops.Reshape(label, [x[0], 1, .. x.Skip(2)]), numbers);
        Variable isClass = new And().Apply(Ops.GreaterOrEqual(label, Variable.Of(Value.Of(0L))), Ops.Less(label, Variable.Of(Value.Of((long)classes))));
        Variable losses = Ops.Where(isClass, -Ops.Sum(Ops.Where(own, logarithms, 0), [1]), double.NaN);
        Variable? weight = weights is null ? null : Ops.Sum(Ops.Where(own, Ops.Reshape(weights, byClass), 0), [1]);
        if (ignored is { } skipped)
        {
            Variable counts = new Not().Apply(Ops.Equal(label, Variable.Of(Value.Of(skipped))));
            losses = Ops.Where(counts, losses, 0);
            weight = weight is null ? Ops.Cast(counts, logarithms.DType) : Ops.Where(counts, weight, 0);
        }

        losses = weights is null ? losses : losses * weight!;
        return reduction switch
        {
            LossReduction.None => losses,
            LossReduction.Sum => Ops.Sum(losses),
            _ => weight is null ? Ops.Mean(losses) : Ops.Sum(losses) / Ops.Sum(weight),
        };
    }

    internal static IEnumerable<OperationExample> ExamplesOf(Func<LossReduction, long?, Operation> make)
    {
        var labels = new ExampleInput(["batch"], DType.Int64, 0, 3);
        yield return new(make(LossReduction.None, null), new ExampleInput(["batch", 4]), labels);
        yield return new(make(LossReduction.Mean, null), new ExampleInput(["batch", 4]), labels, new ExampleInput([4], Low: 0.5));
        yield return new(make(LossReduction.Sum, null), new ExampleInput([3, 4, 2]), new ExampleInput([3, 2], DType.Int64, 0, 3), new ExampleInput([4], Low: 0.5));
        yield return new(make(LossReduction.Mean, 1), new ExampleInput([2, 3, 2, 2]), new ExampleInput([2, 2, 2], DType.Int64, 0, 2));
        yield return new(make(LossReduction.Mean, -5), new ExampleInput([5, 3, 2]), new ExampleInput([5, 2], DType.Int64, 0, 2), new ExampleInput([3], Low: 0.5));
        yield return new(make(LossReduction.None, 2), new ExampleInput([2, 3, 2]), new ExampleInput([2, 2], DType.Int64, 0, 2), new ExampleInput([3], Low: 0.5));
    }
}
