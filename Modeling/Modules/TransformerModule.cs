using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// Layers of attention and of a network that is the same for each step: what <see cref="TransformerEncoder"/> and <see cref="TransformerDecoder"/> have in common. Each part of a
/// layer has a connection past it and a normalization over the features, x ← norm(x + part(x)), or with <see cref="NormalizeFirst"/> x ← x + part(norm(x)). The parts are
/// <see cref="MultiHeadAttention"/>, once or twice, and g(xW₁ + b₁)W₂ + b₂. Source: Vaswani et al., "Attention is all you need", 2017, section 3; book section 12.4.5.1.
/// </summary>
/// <remarks>Input [batch, steps, width], result of the same shape. Along a ragged axis padding changes no number of what is there. Order counts for nothing unless steps are told
/// apart: by <see cref="PositionalEncoding"/>, <see cref="PositionalEmbedding"/> or <see cref="Rotary"/>.</remarks>
public abstract class TransformerModule : Module
{
    private readonly RandomSource random;
    private IReadOnlyList<Module>? parts;

    private protected TransformerModule(int width, int heads, RandomSource random)
    {
        Width = Settings.AtLeastOne(width);
        Heads = Settings.AtLeastOne(heads);
        this.random = random.Fork();
    }

    /// <summary>The number of features of one step.</summary>
    public int Width { get; }

    /// <summary>The number of heads of each attention.</summary>
    public int Heads { get; }

    /// <summary>The number of layers; 1 by default.</summary>
    public int Layers { get; init => field = Settings.AtLeastOne(value); } = 1;

    /// <summary>The number of hidden units of the network of each step; by default four times the width.</summary>
    public int Hidden { get => field > 0 ? field : checked(4 * Width); init => field = Settings.AtLeastOne(value); }

    /// <summary>g, the function of these hidden units; <c>Ops.Relu</c> by default.</summary>
    public Func<Variable, Variable> Activation { get; init; } = Ops.Relu;

    /// <summary>In training, the probability to drop a number of the result of each part, a hidden unit, or a weight of an attention; 0 by default.</summary>
    public double Dropout { get; init => field = Settings.Rate(value); }

    /// <summary>Whether each part gets its input normalized, and the result of the last layer is normalized, too; false (the default) for a normalization behind each part. The
    /// former trains deep stacks without a warm-up. Source: Xiong et al., "On layer normalization in the transformer architecture", 2020.</summary>
    public bool NormalizeFirst { get; init; }

    /// <summary>Whether the steps are told apart by <see cref="MultiHeadAttention.Rotary"/> where the sequence attends to itself; false by default.</summary>
    public bool Rotary { get; init; }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Module> Children => LazyInitializer.EnsureInitialized(ref parts, Create);

    /// <inheritdoc/>
    protected internal override string Description => $"{GetType().Name} {Width}, {Heads} heads, {Layers} {(Layers == 1 ? "layer" : "layers")}";

    /// <summary>Whether a step of the sequence sees no later one.</summary>
    private protected abstract bool IsCausal { get; }

    /// <summary>The number of features of a memory that each layer sees; null for none.</summary>
    private protected virtual int? MemoryOf => null;

    /// <summary>Applies the layers.</summary>
    private protected Variable Through(Variable input, Variable? memory, ForwardContext context)
    {
        Variable x = input;
        foreach (Module part in Children)
            x = part is TransformerLayer && memory is not null ? part.Forward(new Named((Input, x), (MultiHeadAttention.Memory, memory)), context).Single : part.Forward(x, context);
        return x;
    }

    /// <summary>Refuses what is no sequence of such steps.</summary>
    private protected void Check(Variable input)
    {
        if (input.Shape.Rank != 3 || input.Shape[2] != Width)
            throw Mismatch($"[batch, steps, {Width}]", input);
    }

    // Layers are made when they are first asked for: by then all settings are known.
    private IReadOnlyList<Module> Create() =>
    [
        .. Enumerable.Range(0, Layers).Select(i => new TransformerLayer(this, IsCausal, MemoryOf, random.Fork(i)) { Name = $"layer{i + 1}" }),
        .. NormalizeFirst ? (Module[])[new LayerNormalization(Width) { Name = "normalization" }] : [],
    ];
}
