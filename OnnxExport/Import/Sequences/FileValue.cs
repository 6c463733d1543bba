using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Import.Sequences;

/// <summary>What a name of a file stands for: a tensor, or what the standard makes of tensors. All of it passes through the graph as tensors, its parts.</summary>
internal abstract record FileValue
{
    private FileValue()
    {
    }

    /// <summary>The tensors that it consists of.</summary>
    public abstract IReadOnlyList<Variable> Parts { get; }

    /// <summary>The variables that a part of the graph may read that reads it.</summary>
    public virtual IEnumerable<Variable> Sources => Parts;

    /// <summary>What the parts are called of a value of a name; an empty one for one that is left out.</summary>
    public abstract IReadOnlyList<string> NamesOf(string name);

    /// <summary>The same kind of value of other tensors.</summary>
    /// <param name="parts">Its parts are taken from the front.</param>
    public abstract FileValue Of(Queue<Variable> parts);

    /// <summary>What this and another may both be: the two values of a choice, or of one turn and the next.</summary>
    /// <exception cref="GraphException">They are of different kinds.</exception>
    public abstract FileValue Or(FileValue other);

    /// <summary>Whether a value of another kind could stand here; kinds are compared, not tensors.</summary>
    public abstract bool IsAs(FileValue other);

    /// <summary>All parts of some values.</summary>
    public static Variable[] PartsOf(IEnumerable<FileValue> values) => [.. values.SelectMany(value => value.Parts)];

    private GraphException Unlike(FileValue other) => new($"Expected values of one kind, found a {GetType().Name} and a {other.GetType().Name}.");

    private static string Suffixed(string name, string suffix) => name.Length == 0 ? name : name + suffix;

    /// <summary>A tensor.</summary>
    /// <param name="Variable">The tensor.</param>
    public sealed record Tensor(Variable Variable) : FileValue
    {
        /// <inheritdoc/>
        public override IReadOnlyList<Variable> Parts => [Variable];

        /// <inheritdoc/>
        public override IReadOnlyList<string> NamesOf(string name) => [name];

        /// <inheritdoc/>
        public override FileValue Of(Queue<Variable> parts) => new Tensor(parts.Dequeue());

        /// <inheritdoc/>
        public override FileValue Or(FileValue other) => other is Tensor ? this : throw Unlike(other);

        /// <inheritdoc/>
        public override bool IsAs(FileValue other) => other is Tensor;
    }

    /// <summary>A sequence of tensors.</summary>
    /// <param name="Tensors">The sequence.</param>
    public sealed record Sequence(TensorSequence Tensors) : FileValue
    {
        /// <inheritdoc/>
        public override IReadOnlyList<Variable> Parts => [Tensors.Elements, Tensors.Shapes];

        /// <inheritdoc/>
        public override IEnumerable<Variable> Sources => Tensors.Sources;

        /// <inheritdoc/>
        public override IReadOnlyList<string> NamesOf(string name) => [Suffixed(name, "_elements"), Suffixed(name, "_shapes")];

        /// <inheritdoc/>
        public override FileValue Of(Queue<Variable> parts) => new Sequence(new TensorSequence(parts.Dequeue(), parts.Dequeue(), Tensors.Rank));

        /// <inheritdoc/>
        public override FileValue Or(FileValue other) => other is Sequence { Tensors: var tensors }
            ? new Sequence(new TensorSequence(Tensors.Elements, Tensors.Shapes, TensorSequence.Joined(Tensors.Rank, tensors.Rank)))
            : throw Unlike(other);

        /// <inheritdoc/>
        public override bool IsAs(FileValue other) => other is Sequence { Tensors.Rank: var rank } && rank == Tensors.Rank;
    }

    /// <summary>A map.</summary>
    /// <param name="Keys">The keys, a vector.</param>
    /// <param name="Entries">The value of each key, in the same order.</param>
    public sealed record Map(Variable Keys, Variable Entries) : FileValue
    {
        /// <inheritdoc/>
        public override IReadOnlyList<Variable> Parts => [Keys, Entries];

        /// <inheritdoc/>
        public override IReadOnlyList<string> NamesOf(string name) => [Suffixed(name, "_keys"), Suffixed(name, "_values")];

        /// <inheritdoc/>
        public override FileValue Of(Queue<Variable> parts) => new Map(parts.Dequeue(), parts.Dequeue());

        /// <inheritdoc/>
        public override FileValue Or(FileValue other) => other is Map ? this : throw Unlike(other);

        /// <inheritdoc/>
        public override bool IsAs(FileValue other) => other is Map;
    }

    /// <summary>A value that may be absent.</summary>
    /// <param name="Present">Whether it is there, a bool scalar.</param>
    /// <param name="Content">What it is; where it is absent, something of the same kind that nobody reads.</param>
    public sealed record Optional(Variable Present, FileValue Content) : FileValue
    {
        /// <inheritdoc/>
        public override IReadOnlyList<Variable> Parts => [.. Content.Parts, Present];

        /// <inheritdoc/>
        public override IEnumerable<Variable> Sources => [.. Content.Sources, Present];

        /// <summary>What it is; an error when the graph runs where it is absent.</summary>
        public FileValue Value => Present.Constant is { } known && known.Span<bool>()[0]
            ? Content
            : Content.Of(new Queue<Variable>(Content.Parts.Select(part => Ops.Checked(part, Present, expected: true, "An optional must hold something where its element is taken."))));

        /// <inheritdoc/>
        public override IReadOnlyList<string> NamesOf(string name) => [.. Content.NamesOf(name), Suffixed(name, "_present")];

        /// <inheritdoc/>
        public override FileValue Of(Queue<Variable> parts)
        {
            FileValue content = Content.Of(parts);
            return new Optional(parts.Dequeue(), content);
        }

        /// <inheritdoc/>
        public override FileValue Or(FileValue other) => other is Optional { Content: var content } ? this with { Content = Content.Or(content) } : throw Unlike(other);

        /// <inheritdoc/>
        public override bool IsAs(FileValue other) => other is Optional { Content: var content } && Content.IsAs(content);
    }
}
