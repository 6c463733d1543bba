using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>
/// What one example of a data source looks like: the shape of its features, either a class label or a target of real numbers, and whether it has a weight.
/// </summary>
public sealed class DataLayout
{
    private readonly int[] featureShape;
    private readonly int[] targetShape;

    private DataLayout(ReadOnlySpan<int> featureShape, int classCount, ReadOnlySpan<int> targetShape, bool hasWeights)
    {
        FeatureLength = Shapes.Length(featureShape, nameof(featureShape));
        TargetLength = classCount > 0 ? 0 : Shapes.Length(targetShape, nameof(targetShape));
        this.featureShape = featureShape.ToArray();
        this.targetShape = targetShape.ToArray();
        ClassCount = classCount;
        HasWeights = hasWeights;
    }

    /// <summary>The name of the field of features, of that of labels or targets, and of that of weights.</summary>
    internal const string Input = "input", Target = "target", Weight = "weight";

    /// <summary>The parts of an example: "input", "target" and, if examples have weights, "weight".</summary>
    public IReadOnlyList<Field> Fields =>
    [
        new Field(Input, DType.Float32, Shape.OfSizes(featureShape)),
        HasLabels ? new Field(Target, DType.Int64, Shape.Scalar) { Classes = ClassCount } : new Field(Target, DType.Float32, Shape.OfSizes(targetShape)),
        .. HasWeights ? [new Field(Weight, DType.Float32, Shape.Scalar)] : (Field[])[],
    ];

    /// <summary>The shape of the features of one example, without the batch axis; empty for a single number.</summary>
    public IReadOnlyList<int> FeatureShape => featureShape;

    /// <summary>How many numbers the features of one example are.</summary>
    public int FeatureLength { get; }

    /// <summary>True if an example carries a class label, false if it carries a target of real numbers.</summary>
    public bool HasLabels => ClassCount > 0;

    /// <summary>The number of classes: labels run from 0 to ClassCount − 1. 0 if examples carry targets.</summary>
    public int ClassCount { get; }

    /// <summary>The shape of the target of one example, without the batch axis; empty for a single number and for labels.</summary>
    public IReadOnlyList<int> TargetShape => targetShape;

    /// <summary>How many numbers the target of one example is; 0 if examples carry labels.</summary>
    public int TargetLength { get; }

    /// <summary>Whether an example carries a weight w, at least 0: it counts like w copies of itself, and like none with w = 0. False by default: each counts once.</summary>
    public bool HasWeights { get; }

    /// <summary>Examples with a class label.</summary>
    /// <param name="featureShape">The shape of the features of one example; sizes of at least 1.</param>
    /// <param name="classCount">The number of classes, at least 1.</param>
    /// <exception cref="ArgumentException">A size or the number of classes is not positive.</exception>
    public static DataLayout Labels(ReadOnlySpan<int> featureShape, int classCount)
    {
        if (classCount < 1)
            throw new ArgumentException($"A data set with labels needs at least one class, found {classCount}.", nameof(classCount));
        return new(featureShape, classCount, [], hasWeights: false);
    }

    /// <summary>Examples with a target of real numbers.</summary>
    /// <param name="featureShape">The shape of the features of one example; sizes of at least 1.</param>
    /// <param name="targetShape">The shape of the target of one example; empty for a single number.</param>
    /// <exception cref="ArgumentException">A size is not positive.</exception>
    public static DataLayout Values(ReadOnlySpan<int> featureShape, ReadOnlySpan<int> targetShape) =>
        new(featureShape, 0, targetShape, hasWeights: false);

    /// <summary>The same examples with a weight each.</summary>
    public DataLayout WithWeights() => new(featureShape, ClassCount, targetShape, hasWeights: true);

    /// <summary>The same examples without weights.</summary>
    internal DataLayout WithoutWeights() => new(featureShape, ClassCount, targetShape, hasWeights: false);

    /// <summary>The same examples with features of another shape.</summary>
    internal DataLayout WithFeatures(ReadOnlySpan<int> shape) => new(shape, ClassCount, targetShape, HasWeights);

    /// <summary>The layout with another shape of the features of the same length.</summary>
    /// <param name="featureShape">The new shape.</param>
    /// <exception cref="ArgumentException">The new shape holds another number of values.</exception>
    public DataLayout Reshape(ReadOnlySpan<int> featureShape)
    {
        int length = Shapes.Length(featureShape, nameof(featureShape));
        if (length != FeatureLength)
        {
            throw new ArgumentException(
                $"Features of shape {Shapes.Text(this.featureShape)} hold {FeatureLength} values, which the shape " +
                $"{Shapes.Text(featureShape)} with {length} cannot take.",
                nameof(featureShape));
        }

        return WithFeatures(featureShape);
    }

    /// <summary>What a model may read: a module the field "input" only.</summary>
    internal IReadOnlyList<Field> FieldsOf(Modules.Model model) => model is Modules.Module ? [Fields[0]] : Fields;

    /// <summary>Refuses examples of another shape or with other targets. Fewer classes will do: a small set need not have all. Examples without weights count
    /// once each, so either will do.</summary>
    internal void RequireSame(DataLayout found)
    {
        if (!found.featureShape.AsSpan().SequenceEqual(featureShape) || found.HasLabels != HasLabels || found.ClassCount > ClassCount
            || !found.targetShape.AsSpan().SequenceEqual(targetShape))
        {
            throw new ShapeException($"Expected examples {this}, found {found}.");
        }
    }

    /// <summary>For example "[28, 28] → label of 10 classes" or "[8] → target [1], weighted".</summary>
    public override string ToString() => (HasLabels
        ? $"{Shapes.Text(featureShape)} → label of {ClassCount} classes"
        : $"{Shapes.Text(featureShape)} → target {Shapes.Text(targetShape)}") + (HasWeights ? ", weighted" : "");
}
