using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Import.Sequences;

/// <summary>The operators on sequences and optionals, read as operations on the tensors that these consist of.</summary>
internal static class SequenceOperators
{
    // Parts that are worth a variable each.
    private const int MostKnown = 1024;

    private static readonly Dictionary<string, Func<NodeProto, IReadOnlyList<FileValue?>, FileValue>> All = new(StringComparer.Ordinal)
    {
        ["ConcatFromSequence"] = (node, inputs) => Tensor(Sequence(inputs, 0).Concatenated(checked((int)Integer(node, "axis")), Integer(node, "new_axis") != 0)),
        ["Optional"] = (node, inputs) => inputs is [{ } content]
            ? new FileValue.Optional(Truth(true), content)
            : new FileValue.Optional(Truth(false), Empty(node.Attribute.FirstOrDefault(attribute => attribute.Name == "type")?.Tp)),
        ["OptionalGetElement"] = (_, inputs) => inputs is [{ } given] ? given is FileValue.Optional optional ? optional.Value : given : throw new GraphException("Expected an optional, a sequence or a tensor, found none."),
        ["OptionalHasElement"] = (_, inputs) => Tensor(inputs is [{ } given] ? given is FileValue.Optional optional ? optional.Present : Truth(true) : Truth(false)),
        ["SequenceAt"] = (_, inputs) => Tensor(Sequence(inputs, 0).At(Required(inputs, 1))),
        ["SequenceConstruct"] = (_, inputs) => new FileValue.Sequence(new TensorSequence(Required(inputs, 0).DType, [.. inputs.Select((_, i) => Required(inputs, i))])),
        ["SequenceEmpty"] = (node, _) => new FileValue.Sequence(new TensorSequence(DTypes.OfOnnx(Integer(node, "dtype", 1)), [])),
        ["SequenceErase"] = (_, inputs) => new FileValue.Sequence(Sequence(inputs, 0).Erase(TensorAt(inputs, 1))),
        ["SequenceInsert"] = (_, inputs) => new FileValue.Sequence(Sequence(inputs, 0).Insert(Required(inputs, 1), TensorAt(inputs, 2))),
        ["SequenceLength"] = (_, inputs) => Tensor(Sequence(inputs, 0).Length),
        ["SplitToSequence"] = (node, inputs) => new FileValue.Sequence(Split(Required(inputs, 0), TensorAt(inputs, 1), checked((int)Integer(node, "axis")), Integer(node, "keepdims", 1) != 0)),
    };

    /// <summary>Whether a node is one of these operators, or <c>SequenceMap</c>, which is read as a loop.</summary>
    public static bool Has(NodeProto node) => node.Domain is "" or "ai.onnx" && (All.ContainsKey(node.OpType) || SequenceMap.Is(node));

    /// <summary>The result of a node; null where it is none of these operators.</summary>
    /// <param name="node">The node.</param>
    /// <param name="inputs">What stands at its inputs; null where one is left out.</param>
    public static FileValue? Read(NodeProto node, IReadOnlyList<FileValue?> inputs) =>
        node.Domain is "" or "ai.onnx" && All.TryGetValue(node.OpType, out Func<NodeProto, IReadOnlyList<FileValue?>, FileValue>? read) ? read(node, inputs) : null;

    private static FileValue.Tensor Tensor(Variable variable) => new(variable);

    private static Variable Truth(bool value) => Variable.Of(Value.Of(value));

    private static long Integer(NodeProto node, string name, long otherwise = 0) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.I ?? otherwise;

    private static TensorSequence Sequence(IReadOnlyList<FileValue?> inputs, int position) => inputs.ElementAtOrDefault(position) is FileValue.Sequence sequence
        ? sequence.Tensors
        : throw new GraphException($"Expected a sequence as input {position}, found {inputs.ElementAtOrDefault(position)?.GetType().Name ?? "none"}.");

    private static Variable Required(IReadOnlyList<FileValue?> inputs, int position) =>
        TensorAt(inputs, position) ?? throw new GraphException($"Expected a tensor as input {position}, found none.");

    /// <summary>A tensor among the inputs; null where it is left out.</summary>
    private static Variable? TensorAt(IReadOnlyList<FileValue?> inputs, int position) => inputs.ElementAtOrDefault(position) switch
    {
        null => null,
        FileValue.Tensor tensor => tensor.Variable,
        var other => throw new GraphException($"Expected a tensor as input {position}, found a {other.GetType().Name}."),
    };

    /// <summary>Something of a type, to stand where an optional holds nothing.</summary>
    private static FileValue Empty(TypeProto? type) => type switch
    {
        { TensorType: { } tensor } => Tensor(Variable.Of(Value.Zeros(TensorConversion.ToDType(tensor.ElemType), [.. tensor.Shape?.Dim.Select(_ => 0) ?? []]))),
        { SequenceType.ElemType.TensorType: { } item } => new FileValue.Sequence(new TensorSequence(TensorConversion.ToDType(item.ElemType), [])),
        _ => throw new GraphException($"Expected an optional tensor or an optional sequence of tensors, found the type {type}."),
    };

    private static TensorSequence Split(Variable x, Variable? parts, int axis, bool keepsAxis)
    {
        int at = x.Shape.Axis(axis);
        if (parts is not null && parts.DType != DType.Int64)
            parts = Ops.Cast(parts, DType.Int64);
        Dim whole = x.Shape[at];
        if (parts is null && whole.IsStatic && whole.Number <= MostKnown)
        {
            IReadOnlyList<Variable> single = Cut(whole.Size, null);
            return new TensorSequence(x.DType, keepsAxis ? single : [.. single.Select(part => new Squeeze().Apply(part, Ops.Integers(at)))]);
        }

        if (parts is { Shape.Rank: 1 } && parts.Shape[0].IsStatic && parts.Shape[0].Number <= MostKnown)
            return new TensorSequence(x.DType, Cut(parts.Shape[0].Size, parts));
        if (parts is { Shape.Rank: 0 } && whole.IsStatic && parts.KnownValue() is { } known && known[0] > 0 && whole.Size / known[0] <= MostKnown)
            return new TensorSequence(x.DType, Cut((int)Math.Ceiling(whole.Size / known[0]), Variable.Of(Sizes(whole.Size, (long)known[0]))));
        Variable sizes = parts is { Shape.Rank: 1 } ? parts : SequencePlaces.Parts(x, at, parts ?? Variable.Scalar(1, DType.Int64));
        return SequencePlaces.Split(x, at, sizes, keepsAxis || parts is not null);

        IReadOnlyList<Variable> Cut(int count, Variable? sizes) => count == 0 ? [] : new Split(at, count).ApplyAll(x, sizes);
    }

    private static Value Sizes(int whole, long part) => Value.Of([.. Enumerable.Range(0, (int)((whole + part - 1) / part)).Select(i => Math.Min(part, whole - (i * part)))], (int)((whole + part - 1) / part));
}
