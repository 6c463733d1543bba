using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Recurrent;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Initializers;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// Layers that read a sequence step by step and keep a state: what <see cref="Recurrent"/>, <see cref="Gru"/> and <see cref="Lstm"/> have in common. Source: book sections
/// 10.2 to 10.5.
/// </summary>
/// <remarks>
/// <para>Input [batch, steps, inputs]; result [batch, steps, D·units], the hidden state after each step (D is 2 if <see cref="Bidirectional"/>, else 1; the forward direction comes
/// first), or [batch, D·units] with <see cref="LastOnly"/>. Along a ragged axis each sequence ends at its length: the result is 0 behind it, the last state is that of the last
/// step that is there, and the backward direction begins with it.</para>
/// <para>The states come from outside and go out where they are given: with inputs by the names "input", "state" and, for <see cref="Lstm"/>, "cell", each state
/// [batch, layers·D, units], the outputs are "output" and the states after the last step by the same names. Zeros are taken where none are given (<see cref="Zero"/>). So a model
/// of its own can serve a sequence in pieces, or let one network begin where another ended.</para>
/// <para>A long sequence is learned in pieces with <see cref="Streams"/>: truncated back-propagation through time.</para>
/// </remarks>
public abstract class RecurrentModule : Module
{
    private protected const string State = "state", Cell = "cell";

    private readonly RandomSource random;
    private readonly int gates;
    private readonly string[] states;

    private protected RecurrentModule(int inputs, int units, int gates, string[] states, RandomSource random)
    {
        Inputs = Settings.AtLeastOne(inputs);
        Units = Settings.AtLeastOne(units);
        (this.gates, this.states, this.random) = (gates, states, random.Fork());
    }

    /// <summary>The number of features of one step.</summary>
    public int Inputs { get; }

    /// <summary>The number of units of a layer in one direction.</summary>
    public int Units { get; }

    /// <summary>The number of layers, each reading the results of the one before; 1 by default.</summary>
    public int Layers { get; init => field = Settings.AtLeastOne(value); } = 1;

    /// <summary>Whether a second part of each layer, with weights of its own, reads from the last step to the first; false by default. Source: book section 10.3.</summary>
    public bool Bidirectional { get; init; }

    /// <summary>Whether the result is the last state of the last layer; false (the default) for its state after each step.</summary>
    public bool LastOnly { get; init; }

    /// <summary>In training, the probability to drop a feature of the input of each layer, for all steps of an example alike; 0 by default. Source: Gal, Ghahramani, "A theoretically
    /// grounded application of dropout in recurrent neural networks", 2016 (variational dropout).</summary>
    public double InputDropout { get; init => field = Settings.Rate(value); }

    /// <summary>In training, the probability to drop a recurrent weight, for all steps and examples of a batch alike; 0 by default. Source: Merity, Keskar, Socher, "Regularizing and
    /// optimizing LSTM language models", 2018 (weight-dropped).</summary>
    public double RecurrentDropout { get; init => field = Settings.Rate(value); }

    /// <summary>How the weights of the input begin, those of each gate by themselves; <see cref="GlorotUniform"/> by default.</summary>
    public Initializer InputInitializer { get; init; } = new GlorotUniform();

    /// <summary>How the recurrent weights begin, those of each gate by themselves; <see cref="Orthogonal"/> by default.</summary>
    public Initializer RecurrentInitializer { get; init; } = new Orthogonal();

    /// <summary>The number of sequences that go on from batch to batch in training: row i of a batch continues row i of the one before. The last states are kept as parameters
    /// and the next batch begins with them; gradients end there, as in truncated back-propagation through time. Such batches have as many examples each, and are not
    /// shuffled; <see cref="Restart"/> begins sequences anew. 0 (the default) where every example is a sequence of its own, as at inference. Source: Williams, Peng 1990; book
    /// section 10.7.</summary>
    public int Streams { get; init => field = Settings.AtLeastZero(value); }

    /// <summary>W of each layer, [D, G·units, features], G the number of gates, in the order of the ONNX operator.</summary>
    public IReadOnlyList<Parameter> InputWeights => Each(0);

    /// <summary>R of each layer, [D, G·units, units].</summary>
    public IReadOnlyList<Parameter> RecurrentWeights => Each(1);

    /// <summary>The biases of each layer, [D, 2·G·units], those of W before those of R.</summary>
    public IReadOnlyList<Parameter> Biases => Each(2);

    /// <inheritdoc/>
    protected internal override string Description =>
        $"{GetType().Name} {Inputs} → {Directions * Units}{(Layers > 1 ? $", {Layers} layers" : "")}{(Bidirectional ? ", both directions" : "")}";

    /// <inheritdoc/>
    protected internal override string? FaultWhenDrawn => Streams == 0 ? null : "would go on from the last batch: expected a model without streams, found one with them";

    /// <inheritdoc/>
    protected internal override string? FaultWhenShuffled => Streams == 0 ? null : "goes on in each batch where the one before has ended";

    private int Directions => Bidirectional ? 2 : 1;

    private bool IsDrawn => InputDropout > 0.0 || RecurrentDropout > 0.0;

    /// <summary>States of zeros, with which a sequence begins.</summary>
    /// <param name="input">The input, whose batch axis is taken.</param>
    /// <returns>The states by their names.</returns>
    public Named Zero(Variable input)
    {
        Shape shape = [input.Shape[0], Layers * Directions, Units];
        return new Named([.. states.Select(name => (name, Ops.Expand(Variable.Scalar(0, input.DType), shape, input)))]);
    }

    /// <summary>Lets the sequences of <see cref="Streams"/> begin anew: sets the states to 0.</summary>
    public void Restart()
    {
        foreach (Parameter state in Carried)
            state.Value = Value.Zeros(DType.Float32, state.Value.Sizes);
    }

    /// <inheritdoc/>
    protected sealed override Variable Build(Variable input, ForwardContext context) => Build(new Named((Input, input)), context).Single;

    /// <inheritdoc/>
    protected sealed override Named Build(Named inputs, ForwardContext context)
    {
        Variable x = inputs.Count == 1 ? inputs.Single : inputs[Input];
        if (x.Shape.Rank != 3 || x.Shape[2] != Inputs)
            throw Mismatch($"[batch, steps, {Inputs}]", x);
        bool isGiven = inputs.Count > 1, isCarried = !isGiven && Streams > 0 && context.Mode == Mode.Training;
        Variable[]? before = isGiven ? [.. states.Select(name => Given(name, inputs[name], x))] : isCarried ? [.. Carried.Select(parameter => OfBatch(parameter, x))] : null;
        RandomStream? stream = IsDrawn && context.Mode == Mode.Training ? NoiseState.Stream(this, Own[3 * Layers], Own[(3 * Layers) + 1], context) : null;
        Variable? lengths = context.LengthsOf(x.Shape[1])?.Cast(DType.Int32);
        var last = new List<Variable>[states.Length];
        for (int i = 0; i < last.Length; i++)
            last[i] = [];
        Variable y = x;
        for (int layer = 0; layer < Layers; layer++)
        {
            IReadOnlyList<Variable> results = Layer(layer, y, lengths, before, stream);
            y = results[0].Reshape([x.Shape[0], x.Shape[1], Directions * Units]);
            for (int i = 0; i < last.Length; i++)
                last[i].Add(results[1 + i]);
        }

        Variable[] after = [.. last.Select(state => state.Count == 1 ? state[0] : Ops.Concat(1, [.. state]))];
        for (int i = 0; isCarried && i < after.Length; i++)
            context.Update(Carried[i], after[i].Gather(Ops.Integers([.. Enumerable.Range(0, Streams).Select(row => (long)row)])));
        Variable output = LastOnly ? last[0][^1].Reshape([x.Shape[0], Directions * Units]) : y;
        return isGiven ? new Named([(Named.Output, output), .. states.Zip(after)]) : output;
    }

    /// <summary>The operation of a layer.</summary>
    /// <param name="options">The attributes that all have.</param>
    private protected abstract RecurrentOperation Word(RecurrentOptions options);

    /// <summary>Sets biases that do not begin at 0.</summary>
    /// <param name="bias">Those of one direction, [2·G, units], which are 0.</param>
    private protected virtual void BeginBias(Span<float> bias)
    {
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters()
    {
        if (Streams > 0 && Bidirectional)
        {
            throw new GraphException(
                $"{Title} expects sequences that are whole where it reads from the last step to the first, found {nameof(Bidirectional)} with {nameof(Streams)} = {Streams}.");
        }

        var all = new List<Parameter>();
        for (int layer = 0; layer < Layers; layer++)
        {
            RandomSource own = random.Fork(layer);
            all.Add(Weights(layer, "input", InputInitializer, layer == 0 ? Inputs : Directions * Units, own));
            all.Add(Weights(layer, "recurrent", RecurrentInitializer, Units, own));
            Value bias = Value.Zeros(DType.Float32, Directions, 2 * gates * Units);
            for (int d = 0; d < Directions; d++)
                BeginBias(bias.Span<float>().Slice(d * 2 * gates * Units, 2 * gates * Units));
            all.Add(new Parameter(LayerName(layer, "bias"), bias, ParameterRole.Bias));
        }

        if (IsDrawn)
            all.AddRange(NoiseState.Create(ParameterName("key"), ParameterName("counter"), random));
        if (Streams > 0)
            all.AddRange(states.Select(name => new Parameter(ParameterName(name), Value.Zeros(DType.Float32, Streams, Layers, Units), ParameterRole.State)));
        return all;
    }

    /// <summary>The states that pass from batch to batch.</summary>
    private Parameter[] Carried => Streams == 0 ? [] : [.. Own.Skip(Own.Count - states.Length)];

    private IReadOnlyList<Variable> Layer(int layer, Variable x, Variable? lengths, Variable[]? before, RandomStream? stream)
    {
        Variable recurrent = Own[(3 * layer) + 1];
        if (stream is { } drawn)
        {
            x = Dropped(x, InputDropout, [x.Shape[0], 1, x.Shape[2]], drawn.Fork(2 * layer), x);
            recurrent = Dropped(recurrent, RecurrentDropout, recurrent.Shape, drawn.Fork((2 * layer) + 1), recurrent);
        }

        var options = new RecurrentOptions(Units)
        {
            BatchFirst = true,
            Direction = Bidirectional ? RecurrentDirection.Bidirectional : RecurrentDirection.Forward,
        };
        IEnumerable<Variable?> initial = states.Select((_, i) => before?[i].Slice(1, layer * Directions, (layer + 1) * Directions));
        return Word(options).ApplyAll([x, Own[3 * layer], recurrent, Own[(3 * layer) + 2], lengths, .. initial]);
    }

    /// <summary>States of the streams as those of the examples of a batch; when it runs, there must be as many.</summary>
    private static Variable OfBatch(Parameter state, Variable x) => state.Variable.Gather(Positions.Of(x.Shape[0], x));

    private static Variable Dropped(Variable x, double rate, Shape mask, RandomStream stream, Variable carrier) =>
        rate == 0.0 ? x : Ops.Where(Ops.Less(stream.Uniform(mask, x.DType, carrier), rate), 0.0, x * (1.0 / (1.0 - rate)));

    private Variable Given(string name, Variable state, Variable x) =>
        state.Shape.Rank == 3 && state.Shape[1] == Layers * Directions && state.Shape[2] == Units ? state
        : throw new ShapeException($"{Title} expects a \"{name}\" of shape [{x.Shape[0]}, {Layers * Directions}, {Units}], found {state.Shape}.");

    private Parameter[] Each(int which) => [.. Enumerable.Range(0, Layers).Select(layer => Own[(3 * layer) + which])];

    private string LayerName(int layer, string name) => ParameterName($"layer{layer + 1}.{name}");

    /// <summary>The weights of all gates, each begun by itself.</summary>
    private Parameter Weights(int layer, string name, Initializer initializer, int columns, RandomSource own)
    {
        Value all = Value.Zeros(DType.Float32, Directions, gates * Units, columns);
        RandomSource source = own.Fork(name);
        for (int part = 0; part < Directions * gates; part++)
        {
            initializer.Create([Units, columns], new Fan(columns, Units), source.Fork(part)).Span<float>()
                .CopyTo(all.Span<float>().Slice(part * Units * columns, Units * columns));
        }

        return new Parameter(LayerName(layer, name), all, ParameterRole.Weight);
    }
}
