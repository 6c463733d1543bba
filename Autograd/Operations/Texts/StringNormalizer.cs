using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Recurrent;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Texts;

/// <summary>What happens to the case of letters.</summary>
public enum CaseChange
{
    /// <summary>They stay.</summary>
    None,

    /// <summary>They become small.</summary>
    Lower,

    /// <summary>They become capitals.</summary>
    Upper,
}

/// <summary>
/// The texts of a row without stop words, and in one case (ONNX <c>StringNormalizer</c>): [n] or [1, n] gives as many as are left, or one empty text if none is. The culture is the invariant one, whatever
/// locale a file names.
/// </summary>
/// <param name="Change">What happens to the case of letters.</param>
/// <param name="IsCaseSensitive">Whether stop words are compared with their case.</param>
/// <param name="StopWords">What is taken out.</param>
public sealed record StringNormalizer(CaseChange Change = CaseChange.None, bool IsCaseSensitive = false, AttributeList<string>? StopWords = null) : Operation, IDataSized, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new StringNormalizer(CaseChange.Upper, true, ["monday"]), ExampleInput.Of("monday", "Tuesday", "Monday")) { Smoothness = 0 },
        new(new StringNormalizer(CaseChange.Lower, false, ["monday"]), ExampleInput.Of("monday", "Tuesday", "Monday") with { Shape = [1, 3] }) { Smoothness = 0 },
        new(new StringNormalizer(StopWords: ["a"]), ExampleInput.Of("a", "A")) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        CaseChange change = node.Text("case_change_action") switch
        {
            "NONE" => CaseChange.None,
            "LOWER" => CaseChange.Lower,
            "UPPER" => CaseChange.Upper,
            var other => throw new GraphException($"StringNormalizer expects the case_change_action NONE, LOWER or UPPER, found {other}."),
        };
        return new StringNormalizer(change, node.Flag("is_case_sensitive"), node.Texts("stopwords") is { Count: > 0 } words ? [.. words] : null).ApplyAll(node[0]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        Shape x = inputs[0].Shape;
        if (x.Rank is < 1 or > 2)
            throw new ShapeException($"{Name} expects a vector or one row of texts, found the shape {x}.");
        return [inputs[0] with { Shape = x.With(x.Rank - 1, inputs.Fresh("texts")) }];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Value> Evaluate(EvaluateRequest request)
    {
        Value x = request[0];
        if (x.Rank == 2 && x.Sizes[0] != 1)
            throw new ShapeException($"{Name} expects one row of texts, found the shape {x.Shape}.");
        StringComparer comparer = IsCaseSensitive ? StringComparer.Ordinal : StringComparer.InvariantCultureIgnoreCase;
        HashSet<string> stops = new(StopWords ?? [], comparer);
        string[] left = [.. x.Texts.ToArray().Where(text => !stops.Contains(text)).Select(Changed)];
        left = left.Length == 0 ? [string.Empty] : left;
        return [x.Rank == 1 ? Value.Of(left, left.Length) : Value.Of(left, 1, left.Length)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes =
        [
            new OnnxAttribute("case_change_action", Change switch { CaseChange.Lower => "LOWER", CaseChange.Upper => "UPPER", _ => "NONE" }),
            new OnnxAttribute("is_case_sensitive", IsCaseSensitive ? 1L : 0L),
            .. StopWords is null ? [] : new[] { new OnnxAttribute("stopwords", (IReadOnlyList<string>)[.. StopWords]) },
        ],
    };

    private string Changed(string text) => Change switch
    {
        CaseChange.Lower => text.ToLowerInvariant(),
        CaseChange.Upper => text.ToUpperInvariant(),
        _ => text,
    };
}
