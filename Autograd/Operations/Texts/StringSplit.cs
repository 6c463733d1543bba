using System.Buffers;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Texts;

/// <summary>
/// The parts of each text (ONNX <c>StringSplit</c>, from operator set 20 on): between delimiters, or between stretches of white space. Results: the parts in a new last axis, filled with empty texts, and how
/// many there are of each text (int64).
/// </summary>
/// <param name="Delimiter">What stands between the parts; empty for white space.</param>
/// <param name="MaxSplit">How often a text is split at most: the rest stays together; null for as often as possible.</param>
public sealed record StringSplit(string Delimiter = "", long? MaxSplit = null) : Operation, IDataSized, IOperator
{
    private static readonly SearchValues<char> White = SearchValues.Create(" \t\n\r\v\f");

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new StringSplit("."), ExampleInput.Of("a.b", "c", "d..e")) { Smoothness = 0, Opset = 20 },
        new(new StringSplit("", 1), ExampleInput.Of("a b c", " d  e ")) { Smoothness = 0, Opset = 20 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new StringSplit(node.Has("delimiter") ? node.Text("delimiter") : string.Empty, node.Has("maxsplit") ? node.Integer("maxsplit") : null).ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        return [inputs[0] with { Shape = [.. inputs[0].Shape, inputs.Fresh("parts")] }, inputs[0] with { DType = DType.Int64 }];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Value> Evaluate(EvaluateRequest request)
    {
        Value x = request[0];
        List<string>[] parts = [.. x.Texts.ToArray().Select(Split)];
        int most = parts.Select(list => list.Count).DefaultIfEmpty(0).Max();
        Value y = Value.Zeros(DType.String, [.. x.Sizes, most]), counts = Value.Zeros(DType.Int64, x.Sizes);
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i].CopyTo(y.Texts[(i * most)..]);
            counts[i] = parts[i].Count;
        }

        return [y, counts];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset < 20 ? null : new(Name)
    {
        Attributes = [new OnnxAttribute("delimiter", Delimiter), .. MaxSplit is { } most ? new[] { new OnnxAttribute("maxsplit", most) } : []],
    };

    private List<string> Split(string text)
    {
        var parts = new List<string>();
        bool isWhite = Delimiter.Length == 0;
        ReadOnlySpan<char> rest = isWhite ? text.AsSpan().TrimStart() : text;
        if (isWhite && rest.IsEmpty)
            return parts;
        while (MaxSplit is null || parts.Count < MaxSplit)
        {
            int end = isWhite ? rest.IndexOfAny(White) : rest.IndexOf(Delimiter, StringComparison.Ordinal);
            if (end < 0)
                break;
            parts.Add(rest[..end].ToString());
            rest = isWhite ? rest[end..].TrimStart() : rest[(end + Delimiter.Length)..];
        }

        if (!isWhite || !rest.IsEmpty)
            parts.Add(rest.ToString());
        return parts;
    }
}
