using System.Globalization;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Recurrent;
using Toolkit.Autograd.Tensors;

namespace Toolkit.MLNetIntegration.Conversion;

/// <summary>
/// The words of texts, [N, C] to [N, C, D], filled with empty texts: what stands between separators, without spaces around it, as ML.NET's <c>TokenizeIntoWords</c> has it; or, with the empty text as the only separator, the characters.
/// ONNX Runtime's <c>Tokenizer</c>, whose separators are regular expressions.
/// </summary>
/// <param name="Separators">Single characters, or one empty text.</param>
/// <param name="IsMarked">Whether the characters STX and ETX stand around what is found.</param>
internal sealed record Tokenizer(AttributeList<string> Separators, bool IsMarked = false) : Operation, IDataSized, IOperator
{
    /// <summary>The domain of the operator.</summary>
    public const string Domain = "com.microsoft";

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Tokenizer([" "]), ExampleInput.Of("a b", " c") with { Shape = [2, 1] }) { Smoothness = 0 }];

    private bool IsOfCharacters => Separators is [""];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Tokenizer([.. node.Texts("separators") ?? []], node.Has("mark") && node.Flag("mark")).ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs) =>
        inputs[0] is { DType: DType.String, Shape.Rank: 2 } texts && (IsOfCharacters || Separators.All(separator => separator.Length == 1))
            ? [texts with { Shape = [.. texts.Shape, inputs.Fresh("words")] }]
            : throw new ShapeException($"{Name} expects texts [N, C] and single characters between words, found {inputs[0]} and {string.Join(", ", Separators.Select(separator => $"\"{separator}\""))}.");

    /// <inheritdoc/>
    public IReadOnlyList<Value> Evaluate(EvaluateRequest request)
    {
        string[][] words = [.. request[0].Texts.ToArray().Select(Cut)];
        int most = words.Select(list => list.Length).DefaultIfEmpty(0).Max();
        Value result = Value.Zeros(DType.String, [.. request[0].Sizes, most]);
        for (int i = 0; i < words.Length; i++)
            words[i].CopyTo(result.Texts[(i * most)..]);
        return [result];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(nameof(Tokenizer))
    {
        Domain = Domain,
        Attributes =
        [
            new OnnxAttribute("mark", IsMarked ? 1L : 0L),
            new OnnxAttribute("mincharnum", 1L),
            new OnnxAttribute("pad_value", string.Empty),
            new OnnxAttribute("separators", (IReadOnlyList<string>)(IsOfCharacters ? [string.Empty] : [.. Separators.Select(separator => $" *{Escaped(separator[0])} *"), "^ +", " +$"])),
        ],
    };

    private static string Escaped(char separator) => char.IsAsciiLetterOrDigit(separator) ? separator.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\x{{{(int)separator:X}}}");

    private string[] Cut(string text)
    {
        IEnumerable<string> found = IsOfCharacters
            ? text.EnumerateRunes().Select(rune => rune.ToString())
            : text.Split([.. Separators.Select(separator => separator[0])]).Select(word => word.Trim(' ')).Where(word => word.Length > 0);
        return IsMarked ? [.. found.Prepend("\u0002").Append("\u0003")] : [.. found];
    }
}
