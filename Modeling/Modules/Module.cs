using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A piece of a model: a function from one variable to another, with the parameters it owns and the modules it is made of. Derive from
/// it to compose modules freely: list the parts in <see cref="Children"/>, and apply them in <see cref="Build(Variable, ForwardContext)"/>.
/// </summary>
public abstract class Module : Model
{
    /// <summary>The name of the input of <see cref="Model.Inference"/>.</summary>
    internal const string Input = "input";

    /// <summary>The modules that this one applies, in a fixed order; none by default.</summary>
    public override IReadOnlyList<Module> Children => [];

    /// <summary>The shape of one example of the input, without the batch axis; null while it is not known. A model learns it when it is
    /// trained; set it to export or describe one that was not.</summary>
    public Shape? InputShape
    {
        get => InputFields?[0].Shape;
        set => InputFields = value is null ? null : Of(value);
    }

    /// <summary>The one field that the module reads: "input" of float32 and of <see cref="InputShape"/>, unless the module was trained on another.</summary>
    public override IReadOnlyList<Field>? InputFields
    {
        get => base.InputFields ?? (ExpectedInput is { } shape ? Of(shape) : null);
        set => base.InputFields = value is null or [_] ? value
            : throw new ArgumentException($"Expected one field for {Title}, found {string.Join(", ", value)}.", nameof(value));
    }

    /// <inheritdoc/>
    private protected override string ShapeSetting => nameof(InputShape);

    /// <inheritdoc/>
    protected internal override string Kind => "module";

    /// <summary>Why the module cannot be run as in training when it predicts, to draw masks (<see cref="MonteCarlo"/>): the rest of a sentence that begins with its name; null (the
    /// default) where it can.</summary>
    protected internal virtual string? FaultWhenDrawn => null;

    /// <summary>The shape of one example that the module needs, if it alone decides; null by default.</summary>
    protected virtual Shape? ExpectedInput => null;

    /// <summary>A table of the model: each module with the shape of its result (without the batch axis) and the number of its own learned
    /// parameters, and the totals.</summary>
    /// <param name="inputShape">The shape of one example; null for <see cref="InputShape"/>.</param>
    /// <exception cref="InvalidOperationException">The shape is neither given nor known.</exception>
    /// <exception cref="ShapeException">The modules do not fit together.</exception>
    public string Summary(Shape? inputShape) => ModelSummary.Of(this, inputShape is null ? KnownFields : Of(inputShape));

    /// <summary>Applies the module: adds its computation to the graph.</summary>
    /// <param name="input">The input, its first axis the batch.</param>
    /// <param name="context">The mode, and what modules leave behind.</param>
    /// <returns>The result, its first axis the batch.</returns>
    /// <exception cref="ShapeException">The input does not fit; the message names the module.</exception>
    public Variable Forward(Variable input, ForwardContext context) => Forward(new Named((Input, input)), context).Single;

    /// <summary>Writes the computation of the module in operations and applications of its children.</summary>
    /// <param name="input">The input, its first axis the batch.</param>
    /// <param name="context">The mode, and what modules leave behind.</param>
    protected abstract Variable Build(Variable input, ForwardContext context);

    /// <inheritdoc/>
    protected override Named Build(Named inputs, ForwardContext context) => Build(inputs.Single, context);

    /// <summary>The error of an input that does not fit.</summary>
    /// <param name="expected">The expected shape in words, such as "[batch, 784]".</param>
    /// <param name="found">The input.</param>
    protected ShapeException Mismatch(string expected, Variable found)
    {
        string path = Path;
        var error = new ShapeException($"{Title} expects an input of shape {expected}, found {found.Shape}.");
        error.Data[nameof(Module)] = path;
        return error;
    }

    /// <summary>Refuses an input whose last axis has another number of features.</summary>
    internal void RequireFeatures(Variable input, int features)
    {
        if (input.Shape.Rank < 2 || input.Shape[^1] != features)
            throw Mismatch($"[batch, {(input.Shape.Rank > 2 ? "…, " : "")}{features}]", input);
    }

    /// <summary>The field that the module was trained on, "input" or the only one.</summary>
    internal override IReadOnlyList<Field> FieldsOf(DataLayout layout)
    {
        Field? trained = InputFields is [var known] ? layout.Find(known.Name) : null;
        return [trained ?? layout.Find(DataLayout.Input) ?? (layout.Fields is [var only] ? only
            : throw new InvalidOperationException($"Expected examples with the field \"{DataLayout.Input}\" for a module, found {layout}."))];
    }

    /// <summary>The field "input", or the only one that nothing else reads.</summary>
    internal override IReadOnlyList<Field> FieldsOf(DataLayout layout, IReadOnlySet<string> others)
    {
        if (layout.Find(DataLayout.Input) is { } input)
            return [input];
        Field[] left = [.. layout.Fields.Where(field => !others.Contains(field.Name))];
        return left is [var only] ? [only]
            : throw new GraphException(
                $"Expected a field \"{DataLayout.Input}\" for {Title}, or one field that no loss, metric or weight reads, found " +
                $"{(left.Length == 0 ? "none" : string.Join(", ", (object[])left))}. A {nameof(Model)} reads several by name.");
    }

    /// <summary>The computation of an application for examples of a shape.</summary>
    internal Signature InferenceFor(Shape shape) => InferenceFor(Of(shape));

    /// <summary>The shape of one example, or an error.</summary>
    internal Shape KnownInputShape() => KnownFields[0].Shape;

    private static Field[] Of(Shape shape) => [new Field(Input, DType.Float32, shape)];
}
