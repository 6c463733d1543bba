using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A computation from elsewhere as a module: an imported ONNX file is trained further, put before new layers, and written again. Its parameters keep their
/// names and values; those with the role of a state are not learned.
/// </summary>
/// <remarks>In training, a batch normalization whose scale or shift is learned takes mean and variance from the batch, weights of examples included, and its running statistics follow with ONNX's
/// momentum of 0.9; elsewhere, and where both are frozen, it takes the running ones. <c>Dropout</c> drops in training with the ratio that it names. The computation is built anew for the input that it gets, so a batch of another size than the file names is possible where nothing in the file
/// depends on it. Result: the chosen output, with the shape that follows.</remarks>
public sealed class SignatureModel : Module
{
    private readonly Signature signature;
    private readonly Output output;

    /// <summary>A module of a computation with one float32 input.</summary>
    /// <param name="signature">The computation; updates are left aside.</param>
    /// <param name="output">The name of the output that is the result; null if there is only one.</param>
    /// <exception cref="ArgumentException">The computation does not have exactly one input of float32 with a batch axis, or not that output.</exception>
    public SignatureModel(Signature signature, string? output = null)
    {
        if (signature.Inputs is not [{ DType: DType.Float32, Shape.Rank: > 0 }])
        {
            throw new ArgumentException(
                $"Expected one input of Float32 with a batch axis, found {string.Join(", ", signature.Inputs)}.", nameof(signature));
        }

        Output[] named = [.. signature.Outputs.Where(candidate => output is null || candidate.Name == output)];
        this.signature = signature;
        this.output = named is [var one]
            ? one
            : throw new ArgumentException(
                $"Expected {(output is null ? "one output" : $"the output \"{output}\"")}, found {string.Join(", ", signature.Outputs.Select(o => $"\"{o.Name}\""))}.",
                nameof(output));
    }

    /// <inheritdoc/>
    protected internal override string Kind => "signature";

    /// <inheritdoc/>
    protected internal override string Description => $"{nameof(SignatureModel)} {signature.Name}";

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => [.. signature.Inputs[0].Shape.Skip(1)];

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        if (input.Shape.Rank != signature.Inputs[0].Shape.Rank)
            throw Mismatch($"{signature.Inputs[0].Shape}", input);
        return new ForwardForm(
            new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance) { [signature.Inputs[0]] = input }, context, ReturningDropout.Of(this, Used, context)).Map(output.Variable);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() => [.. Used.Parameters, .. ReturningDropout.StateOf(Used, ParameterName("dropout_counter"))];

    private Signature Used => field ??= new Signature(signature.Inputs, [output], name: signature.Name);
}
