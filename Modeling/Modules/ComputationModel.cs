using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A computation from elsewhere as a model of its named inputs and outputs: an imported ONNX file of several inputs is trained further, made a part of another model, and
/// written again. Its parameters keep their names and values; those with the role of a state are not learned. With one input and one output, take a
/// <see cref="SignatureModel"/>.
/// </summary>
/// <remarks>In training, batch normalizations and dropout are as in a <see cref="SignatureModel"/>. The computation is built anew for the inputs that it gets, so a batch of another size than the file names is possible where nothing in the file depends on it.
/// It reads the fields of the names of the inputs, with "_" for each dot. Outputs keep their names.</remarks>
public sealed class ComputationModel : Model
{
    private readonly Signature signature;
    private readonly Signature? training;

    /// <summary>A model of a computation.</summary>
    /// <param name="signature">The computation; updates are left aside.</param>
    /// <exception cref="ArgumentException">There are no outputs, an input has no batch axis, or two inputs have the same name up to dots.</exception>
    public ComputationModel(Signature signature)
        : this(signature, null)
    {
    }

    /// <summary>A model that was saved: it is applied as the file says, in training by the computation of training that the file has, so that it learns on as it did. Where the file has none, as those of other programs, it
    /// is that of its inference.</summary>
    /// <param name="file">The file that was read.</param>
    /// <exception cref="ArgumentException">There are no outputs, an input has no batch axis, or two inputs have the same name up to dots.</exception>
    public ComputationModel(ISignatureSource file)
        : this(file.Inference, file.TrainingForward)
    {
    }

    private ComputationModel(Signature signature, Signature? training)
    {
        this.training = training;
        if (signature.Outputs.Count == 0)
            throw new ArgumentException($"Expected a computation with an output, found none in \"{signature.Name}\".", nameof(signature));
        if (signature.Inputs.FirstOrDefault(input => input.Shape.Rank == 0) is { } scalar)
            throw new ArgumentException($"Expected inputs with a batch axis, found {scalar}.", nameof(signature));
        if (signature.Inputs.CountBy(FieldName).FirstOrDefault(names => names.Value > 1).Key is { } twice)
            throw new ArgumentException($"Expected inputs of distinct names, found two called \"{twice}\" once dots are \"_\".", nameof(signature));
        this.signature = signature;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Field>? InputFields
    {
        get => base.InputFields ?? [.. signature.Inputs.Select(input => new Field(FieldName(input), input.DType, [.. input.Shape.Skip(1)]))];
        set => base.InputFields = value;
    }

    /// <inheritdoc/>
    protected internal override string Kind => "computation";

    /// <inheritdoc/>
    protected internal override string Description => $"{nameof(ComputationModel)} {signature.Name}";

    /// <inheritdoc/>
    protected override Named Build(Named inputs, ForwardContext context)
    {
        if (context.Mode == Mode.Training && !context.IsFrozen && training is not null)
        {
            // What drops and what follows the batch is in the computation itself.
            var applied = new Substitution(Given(training, inputs));
            foreach (Update update in training.Updates)
                context.Update(update.Parameter, applied.Map(update.NewValue));
            return new Named([.. training.Outputs.Select(output => (output.Name, applied.Map(output.Variable)))]);
        }

        var form = new ForwardForm(Given(signature, inputs), context, training is null ? ReturningDropout.Of(this, Used, context) : null);
        return new Named([.. signature.Outputs.Select(output => (output.Name, form.Map(output.Variable)))]);
    }

    /// <summary>What takes the place of the inputs of a computation.</summary>
    private static Dictionary<Variable, Variable> Given(Signature computation, Named inputs)
    {
        var given = new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance);
        foreach (Variable input in computation.Inputs)
        {
            Variable found = inputs[FieldName(input)];
            if (found.DType != input.DType || found.Shape.Rank != input.Shape.Rank)
                throw new ShapeException($"expected {input.Type} for \"{FieldName(input)}\", found {found.Type}.");
            given.Add(input, found);
        }

        return given;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() => training is not null ? [.. training.Parameters.Union(Used.Parameters)] : [.. Used.Parameters, .. ReturningDropout.StateOf(Used, ParameterName("dropout_counter"))];

    private Signature Used => field ??= new Signature(signature.Inputs, signature.Outputs, name: signature.Name);

    private static string FieldName(Variable input) => input.Name!.Replace('.', '_');
}
