using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>
/// What one example of a data source looks like: its <see cref="Fields"/>. Most have the fields "input" of features and "target", which is a class label or real numbers,
/// and perhaps "weight"; others have fields of any names, types and shapes.
/// </summary>
public sealed class DataLayout
{
    /// <summary>The name of the field of features, of that of labels or targets, and of that of weights.</summary>
    internal const string Input = "input", Target = "target", Weight = "weight";

    private readonly Field[] fields;
    private readonly int[]? featureShape;
    private readonly int[]? targetShape;

    /// <summary>Examples of some fields. A field "weight" (float32, a single number) says how much an example counts: like w copies of itself.</summary>
    /// <param name="fields">The fields, of distinct names.</param>
    /// <exception cref="ArgumentException">There are none, two have the same name, a symbol is not the first axis of its field, or "weight" is no single number.</exception>
    public DataLayout(params ReadOnlySpan<Field> fields)
    {
        if (fields.IsEmpty)
            throw new ArgumentException("Expected at least one field, found none.", nameof(fields));
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (Field field in fields)
        {
            if (!names.Add(field.Name))
                throw new ArgumentException($"Expected fields of distinct names, found two called \"{field.Name}\".", nameof(fields));
            if (field.Shape.Skip(1).Any(dim => !dim.IsStatic))
                throw new ArgumentException($"Expected a symbol as the first axis of a field only, found {field}.", nameof(fields));
            if (field.Name == Weight && field is not { Type: DType.Float32, Shape.Rank: 0 })
                throw new ArgumentException($"Expected weights of Float32 [], found {field}.", nameof(fields));
        }

        this.fields = fields.ToArray();
        Fields = this.fields.AsReadOnly();
        if (Find(Input) is { Type: DType.Float32, Shape.IsStatic: true } input)
            (featureShape, FeatureCount) = (input.Shape.ToSizes(), input.Shape.ElementCount.Size);
        if (Find(Target) is not { Shape.IsStatic: true } target)
            return;
        if (target is { Type: DType.Int64, Shape.Rank: 0, Classes: > 0 })
            (targetShape, ClassCount) = ([], target.Classes);
        else if (target.Type == DType.Float32)
            (targetShape, TargetCount) = (target.Shape.ToSizes(), target.Shape.ElementCount.Size);
    }

    /// <summary>The parts of an example.</summary>
    public IReadOnlyList<Field> Fields { get; }

    /// <summary>The shape of the features of one example, the field "input" of float32, without the batch axis; empty for a single number.</summary>
    /// <exception cref="InvalidOperationException">Examples have no such field.</exception>
    public IReadOnlyList<int> FeatureShape => featureShape ?? throw NoFeatures();

    /// <summary>How many numbers the features of one example are.</summary>
    /// <exception cref="InvalidOperationException">Examples have no such field.</exception>
    public int FeatureLength => featureShape is null ? throw NoFeatures() : FeatureCount;

    /// <summary>True if an example carries a class label in the field "target", false if it carries a target of real numbers there, or something else.</summary>
    public bool HasLabels => ClassCount > 0;

    /// <summary>The number of classes: labels run from 0 to ClassCount − 1. 0 if examples carry targets.</summary>
    public int ClassCount { get; }

    /// <summary>The shape of the target of one example, the field "target", without the batch axis; empty for a single number and for labels.</summary>
    /// <exception cref="InvalidOperationException">Examples have no such field.</exception>
    public IReadOnlyList<int> TargetShape => targetShape ?? throw NoTargets();

    /// <summary>How many numbers the target of one example is; 0 if examples carry labels.</summary>
    /// <exception cref="InvalidOperationException">Examples have no such field.</exception>
    public int TargetLength => targetShape is null ? throw NoTargets() : TargetCount;

    /// <summary>Whether an example carries a weight w, at least 0, in the field "weight": it counts like w copies of itself, and like none with w = 0. False by default:
    /// each counts once.</summary>
    public bool HasWeights => Find(Weight) is not null;

    /// <summary>The symbols of ragged axes, each once.</summary>
    internal IEnumerable<string> Axes => fields.Select(part => part.Axis).OfType<string>().Distinct();

    /// <summary>Whether examples are features with a label or a target, and perhaps a weight.</summary>
    internal bool IsPlain => featureShape is not null && targetShape is not null && fields.Length == (HasWeights ? 3 : 2);

    private int FeatureCount { get; }

    private int TargetCount { get; }

    /// <summary>Examples with a class label.</summary>
    /// <param name="featureShape">The shape of the features of one example; sizes of at least 1.</param>
    /// <param name="classCount">The number of classes, at least 1.</param>
    /// <exception cref="ArgumentException">A size or the number of classes is not positive.</exception>
    public static DataLayout Labels(ReadOnlySpan<int> featureShape, int classCount)
    {
        if (classCount < 1)
            throw new ArgumentException($"A data set with labels needs at least one class, found {classCount}.", nameof(classCount));
        return new(Real(Input, featureShape), new Field(Target, DType.Int64, Shape.Scalar) { Classes = classCount });
    }

    /// <summary>Examples with a target of real numbers.</summary>
    /// <param name="featureShape">The shape of the features of one example; sizes of at least 1.</param>
    /// <param name="targetShape">The shape of the target of one example; empty for a single number.</param>
    /// <exception cref="ArgumentException">A size is not positive.</exception>
    public static DataLayout Values(ReadOnlySpan<int> featureShape, ReadOnlySpan<int> targetShape) => new(Real(Input, featureShape), Real(Target, targetShape));

    /// <summary>The same examples with a weight each.</summary>
    public DataLayout WithWeights() => new([.. WithoutWeights().fields, Real(Weight, [])]);

    /// <summary>The same examples without weights.</summary>
    internal DataLayout WithoutWeights() => new([.. fields.Where(field => field.Name != Weight)]);

    /// <summary>The layout with another shape of the features of the same length.</summary>
    /// <param name="featureShape">The new shape.</param>
    /// <exception cref="ArgumentException">The new shape holds another number of values.</exception>
    public DataLayout Reshape(ReadOnlySpan<int> featureShape)
    {
        int length = Shapes.Length(featureShape, nameof(featureShape));
        if (length != FeatureLength)
        {
            throw new ArgumentException(
                $"Features of shape {Shapes.Text(this.featureShape)} hold {FeatureLength} values, which the shape {Shapes.Text(featureShape)} with {length} cannot take.",
                nameof(featureShape));
        }

        Field reshaped = Real(Input, featureShape);
        return new([.. fields.Select(field => field.Name == Input ? reshaped : field)]);
    }

    /// <summary>The field of a name, or null.</summary>
    internal Field? Find(string name) => Array.Find(fields, field => field.Name == name);

    /// <summary>Refuses examples of other fields. Fewer classes will do: a small set need not have all. Examples without weights count once each, so either will do.</summary>
    internal void RequireSame(DataLayout found)
    {
        if (WithoutWeights().fields.Length != found.WithoutWeights().fields.Length)
            throw Differs(found);
        RequireIn(found, [.. fields.Select(field => field.Name)]);
    }

    /// <summary>Refuses examples without some of the fields, as <see cref="RequireSame"/> does; others do not matter.</summary>
    internal void RequireIn(DataLayout found, HashSet<string> names)
    {
        foreach (Field field in fields.Where(field => field.Name != Weight && names.Contains(field.Name)))
        {
            if (found.Find(field.Name) is not { } other || other.Classes > field.Classes || other.Classes > 0 != field.Classes > 0 || other with { Classes = field.Classes } != field)
                throw Differs(found);
        }
    }

    /// <summary>For example "[28, 28] → label of 10 classes", "[8] → target [1], weighted" or "(text: Int64 [time], price: Float32 [])".</summary>
    public override string ToString() => !IsPlain ? $"({string.Join(", ", (object[])fields)})"
        : $"{Shapes.Text(featureShape)} → {(HasLabels ? $"label of {ClassCount} classes" : $"target {Shapes.Text(targetShape)}")}{(HasWeights ? ", weighted" : "")}";

    private ShapeException Differs(DataLayout found) => new($"Expected examples {this}, found {found}.");

    private InvalidOperationException NoFeatures() => new($"Expected examples with the field \"{Input}\" of Float32 and of known sizes, found {this}.");

    private InvalidOperationException NoTargets() => new($"Expected examples with labels or real numbers in the field \"{Target}\", found {this}.");

    private static Field Real(string name, ReadOnlySpan<int> shape)
    {
        Shapes.Length(shape, nameof(shape));
        return new Field(name, DType.Float32, Shape.OfSizes(shape));
    }
}
