using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Transformers;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Initializers;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// Attention with several heads: each step asks, and gets a mean of what other steps hold, weighted by how well their keys answer. For each head,
/// softmax(QKᵀ/√d)·V with Q = xW_q + b_q, K = mW_k + b_k and V = mW_v + b_v, where m is the memory; the heads side by side, times W_o, plus b_o, are the result. The memory is the
/// input itself unless another is given. Source: Vaswani et al., "Attention is all you need", 2017, section 3.2; book section 12.4.5.1; ONNX <c>Attention</c>.
/// </summary>
/// <remarks>
/// <para>Input [batch, steps, width], result of the same shape; memory [batch, places, memory width], under the name "memory" beside "input" or by
/// <see cref="Forward(Variable, Variable, ForwardContext)"/>.</para>
/// <para>Along a ragged axis only what is there is seen: padding changes no number. A step that sees nothing, since its memory has no place, gets b_o.</para>
/// </remarks>
public sealed class MultiHeadAttention : Module
{
    /// <summary>The name of the memory.</summary>
    internal const string Memory = "memory";

    private const int Query = 0, Key = 1, Values = 2, Result = 3, Count = 4;
    private static readonly string[] Parts = ["query", "key", "value", "output"];

    private readonly RandomSource random;

    /// <summary>A layer with random weights.</summary>
    /// <param name="width">The number of features of one step.</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="random">Gives the layer a stream of its own; advanced.</param>
    public MultiHeadAttention(int width, int heads, RandomSource random)
    {
        Width = Settings.AtLeastOne(width);
        Heads = Settings.AtLeastOne(heads);
        this.random = random.Fork();
    }

    /// <summary>The number of features of one step.</summary>
    public int Width { get; }

    /// <summary>The number of heads.</summary>
    public int Heads { get; }

    /// <summary>d: the number of features of a query and a key of one head; by default the width divided by the heads, rounded down to at least 1.</summary>
    public int KeyWidth { get => field > 0 ? field : Math.Max(1, Width / Heads); init => field = Settings.AtLeastOne(value); }

    /// <summary>The number of features of a value of one head; by default the width divided by the heads, rounded down to at least 1.</summary>
    public int ValueWidth { get => field > 0 ? field : Math.Max(1, Width / Heads); init => field = Settings.AtLeastOne(value); }

    /// <summary>The number of features of one place of the memory; by default the width.</summary>
    public int MemoryWidth { get => field > 0 ? field : Width; init => field = Settings.AtLeastOne(value); }

    /// <summary>Whether a step sees no place behind its own; false by default.</summary>
    public bool Causal { get; init; }

    /// <summary>Whether queries and keys are turned by angles that grow with their place, so that their products depend on how far apart they are: features j and j + d/2 by
    /// t·10000^(−2j/d) at step t. For an even d and a layer without another memory; false by default. Source: Su et al., "RoFormer", 2021.</summary>
    public bool Rotary { get; init; }

    /// <summary>In training, the probability to drop a weight of the mean, from 0 (included) to 1 (excluded); 0 by default.</summary>
    public double Dropout { get; init => field = Settings.Rate(value); }

    /// <summary>Whether there are biases; true by default.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>How the weights begin; <see cref="GlorotUniform"/> by default.</summary>
    public Initializer WeightInitializer { get; init; } = new GlorotUniform();

    /// <summary>W_q, of shape [width, heads·d].</summary>
    public Parameter QueryWeight => Own[Query];

    /// <summary>W_k, of shape [memory width, heads·d].</summary>
    public Parameter KeyWeight => Own[Key];

    /// <summary>W_v, of shape [memory width, heads·value width].</summary>
    public Parameter ValueWeight => Own[Values];

    /// <summary>W_o, of shape [heads·value width, width].</summary>
    public Parameter OutputWeight => Own[Result];

    /// <summary>b_q, b_k, b_v and b_o; empty if there are none.</summary>
    public IReadOnlyList<Parameter> Biases => UseBias ? [.. Own.Skip(Count).Take(Count)] : [];

    /// <inheritdoc/>
    protected internal override string Kind => "attention";

    /// <inheritdoc/>
    protected internal override string Description => $"MultiHeadAttention {Width}, {Heads} heads";

    /// <summary>Applies the layer to a memory that is not the input.</summary>
    /// <param name="input">What asks, [batch, steps, width].</param>
    /// <param name="memory">What is seen, [batch, places, memory width].</param>
    /// <param name="context">The mode, and the lengths of ragged axes.</param>
    /// <returns>[batch, steps, width].</returns>
    public Variable Forward(Variable input, Variable memory, ForwardContext context) => Forward(new Named((Input, input), (Memory, memory)), context).Single;

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context) => Build(input, input, context);

    /// <inheritdoc/>
    protected override Named Build(Named inputs, ForwardContext context) =>
        inputs.Count == 1 ? Build(inputs.Single, context) : Build(inputs[Input], inputs[Memory], context);

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters()
    {
        if (Rotary && KeyWidth % 2 != 0)
            throw new ShapeException($"{Title} expects an even {nameof(KeyWidth)} with {nameof(Rotary)}, found {KeyWidth}.");
        (int From, int To)[] sizes = [(Width, Heads * KeyWidth), (MemoryWidth, Heads * KeyWidth), (MemoryWidth, Heads * ValueWidth), (Heads * ValueWidth, Width)];
        return
        [
            .. sizes.Select((size, i) => WeightInitializer.Create(ParameterName($"{Parts[i]}.weight"), ParameterRole.Weight, [size.From, size.To], new Fan(size.From, size.To), random.Fork(Parts[i]))),
            .. UseBias ? sizes.Select((size, i) => new Parameter(ParameterName($"{Parts[i]}.bias"), Value.Zeros(DType.Float32, size.To), ParameterRole.Bias)) : [],
            .. Dropout > 0.0 ? NoiseState.Create(ParameterName("dropout.key"), ParameterName("dropout.counter"), random) : [],
        ];
    }

    private Variable Build(Variable input, Variable memory, ForwardContext context)
    {
        if (input.Shape.Rank != 3 || input.Shape[2] != Width)
            throw Mismatch($"[batch, steps, {Width}]", input);
        if (memory.Shape.Rank != 3 || memory.Shape[2] != MemoryWidth || memory.Shape[0] != input.Shape[0])
            throw new ShapeException($"{Title} expects a memory of shape [{input.Shape[0]}, places, {MemoryWidth}], found {memory.Shape}.");
        if (Rotary && !ReferenceEquals(input, memory))
            throw new ShapeException($"{Title} with {nameof(Rotary)} expects no memory beside its input, whose places have nothing to do with its steps, found {memory.Shape}.");
        Variable? there = Masked.Places(memory, [1], context) is { } places ? Ops.Greater(places, 0.0) : null;
        Variable seen = Present(memory), queries = Projected(ReferenceEquals(input, memory) ? seen : input, Query), keys = Projected(seen, Key);
        if (Rotary)
            (queries, keys) = (Turned(queries), Turned(keys));
        // Where there is no place, the first one is seen, which holds 0.
        Variable values = Present(Projected(seen, Values));
        Variable? lengths = context.LengthsOf(memory.Shape[1]) is { } known ? Ops.Max(known, 1.0) : null;
        return Projected(Mean(queries, keys, values, lengths, context), Result);

        Variable Present(Variable x) => there is null ? x : Ops.Where(there, x, Variable.Scalar(0.0, x.DType));
    }

    private Variable Projected(Variable x, int which)
    {
        Variable projected = x.MatMul(Own[which]);
        return UseBias ? projected + Own[Count + which] : projected;
    }

    /// <summary>The means of the values for each head, side by side.</summary>
    private Variable Mean(Variable queries, Variable keys, Variable values, Variable? lengths, ForwardContext context)
    {
        bool isDrawn = Dropout > 0.0 && context.Mode == Mode.Training;
        var options = new AttentionOptions { IsCausal = Causal, QueryHeads = Heads, KeyHeads = Heads, ProductsMode = isDrawn ? 3 : 0 };
        IReadOnlyList<Variable> results = new Attention(options).ApplyAll([queries, keys, values, null, null, null, lengths]);
        if (!isDrawn)
            return results[0];
        Variable shares = results[3];
        RandomStream stream = NoiseState.Stream(this, Own[^2], Own[^1], context);
        shares = Ops.Where(Ops.Less(stream.Uniform(shares.Shape, shares.DType, shares), Dropout), 0.0, shares * (1.0 / (1.0 - Dropout)));
        (Dim batch, Dim steps, Dim count) = (queries.Shape[0], queries.Shape[1], values.Shape[1]);
        Variable apart = values.Reshape([batch, count, Heads, ValueWidth]).Transpose([0, 2, 1, 3]);
        return shares.MatMul(apart).Transpose([0, 2, 1, 3]).Reshape([batch, steps, Heads * ValueWidth]);
    }

    private Variable Turned(Variable x)
    {
        int pairs = KeyWidth / 2;
        double[] rates = [.. Enumerable.Range(0, pairs).Select(j => Math.Pow(10_000, -(double)j / pairs))];
        Variable step = Positions.Of(x.Shape[1], x).Cast(DType.Float64).Reshape([1, x.Shape[1], 1]);
        Variable angles = step * Variable.Of(Value.Of(rates, pairs));
        return new RotaryEmbedding(Heads: Heads).Apply(x, angles.Cos().Cast(x.DType), angles.Sin().Cast(x.DType));
    }
}
