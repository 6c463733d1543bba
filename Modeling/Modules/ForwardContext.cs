using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// What accompanies one building of a graph through all modules: its <see cref="Mode"/>, the weights of the examples, the results of every module by name, and
/// the updates that modules ask for, such as counting up a random counter.
/// </summary>
public sealed class ForwardContext
{
    private readonly Dictionary<string, Variable> activations = new(StringComparer.Ordinal);
    private readonly List<Update> updates = [];
    private readonly Dictionary<Model, Named> results = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Model, int> calls = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<Model> running = new();

    /// <summary>A context for one graph.</summary>
    /// <param name="mode">What the graph is for.</param>
    public ForwardContext(Mode mode)
    {
        Mode = mode;
    }

    /// <summary>What the graph is for.</summary>
    public Mode Mode { get; }

    /// <summary>w: how much each example counts, floating-point [batch], at least 0; null (the default) if each counts once.</summary>
    public Variable? Weight { get; init; }

    /// <summary>The examples of the batch, where sequences have lengths; null if nothing is known of them.</summary>
    internal ExampleSymbols? Examples { get; init; }

    /// <summary>How long a ragged axis is in each example, int64 [batch]; null if the axis has the same length in all.</summary>
    /// <param name="axis">A dimension of what is being computed, such as <c>x.Shape[1]</c>.</param>
    public Variable? LengthsOf(Dim axis) => Examples?.LengthsOf(axis);

    /// <summary>Which places of a ragged axis are there, and which are padding: truth values [batch, axis]; null if the axis has the same length in all examples. For
    /// whatever mixes along the axis.</summary>
    /// <param name="axis">A dimension of what is being computed, such as <c>x.Shape[1]</c>.</param>
    public Variable? MaskOf(Dim axis) => Examples?.MaskOf(axis);

    /// <summary>The mean over the examples of the batch, Σ w·x/Σ w: what a module takes for a statistic of the batch. 0 if all weights are 0.</summary>
    /// <param name="x">[batch, …].</param>
    /// <returns>x without axis 0.</returns>
    /// <exception cref="ShapeException">There are weights, and axis 0 is not that of the examples.</exception>
    public Variable Mean(Variable x) => WeightedMean.Of(x, Weight);

    /// <summary>The mean over examples and over other axes; along a ragged axis, padding does not count.</summary>
    /// <param name="x">[batch, …].</param>
    /// <param name="axes">The axes in ascending order, 0 first.</param>
    /// <returns>x without these axes.</returns>
    /// <exception cref="ShapeException">There are weights, and axis 0 is not that of the examples.</exception>
    public Variable Mean(Variable x, IntList axes) => Masked.Mean(x, Weight, axes, this);

    /// <summary>Whether the examples are a piece of a batch, and other pieces are computed beside it.</summary>
    internal bool IsPiece { get; init; }

    /// <summary>The sum over all pieces of the batch; x itself where the batch is whole.</summary>
    /// <param name="x">What the piece adds, float64 of known sizes.</param>
    internal Variable OverPieces(Variable x) => IsPiece ? new SumOverPieces().Apply(x) : x;

    /// <summary>Whether what is being applied keeps its parameters in training.</summary>
    internal bool IsFrozen => running.Any(model => model.Frozen);

    /// <summary>What takes the place of drawing in dropout layers: their input becomes its result; null (the default) for masks as <see cref="Mode"/> says.</summary>
    internal Func<Dropout, Variable, Variable>? Masking { get; init; }

    /// <summary>The hidden representations: the first result of each module under its <see cref="Model.Path"/>, and what modules have
    /// registered under names of their own.</summary>
    public IReadOnlyDictionary<string, Variable> Activations => activations;

    /// <summary>The updates that modules have asked for.</summary>
    public IReadOnlyList<Update> Updates => updates;

    /// <summary>Names a hidden representation, for regularizers. A name that is taken keeps its first variable, so that applying the
    /// model to another input does not replace what belongs to the real one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="activation">The representation.</param>
    public void Register(string name, Variable activation) => activations.TryAdd(name, activation);

    /// <summary>Asks for an update of a parameter with each step of training. A second update of the same parameter is passed over: a
    /// module that is applied twice still counts once per step.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="newValue">Its new value.</param>
    public void Update(Parameter parameter, Variable newValue)
    {
        if (!updates.Exists(update => ReferenceEquals(update.Parameter, parameter)))
            updates.Add(new Update(parameter, newValue));
    }

    /// <summary>What numbers models compute with; null (the default) for those of their parameters.</summary>
    internal MixedPrecision? Precision { get; init; }

    /// <summary>The outputs of a whole model, which is computed in <see cref="Precision"/>, and with them what its parts have left behind; the outputs of a part as they are.</summary>
    internal Named Finished(Named outputs)
    {
        if (Precision is not { } precision || running.Count > 1)
            return outputs;
        foreach (string name in activations.Keys.ToArray())
            activations[name] = precision.Result(activations[name]);
        foreach (Model model in results.Keys.ToArray())
            results[model] = Finished(results[model], precision);
        for (int i = 0; i < updates.Count; i++)
            updates[i] = updates[i] with { NewValue = precision.Result(updates[i].NewValue) };
        return Finished(outputs, precision);

        static Named Finished(Named given, MixedPrecision precision) => new([.. given.Select(output => (output.Key, precision.Result(output.Value)))]);
    }

    /// <summary>Notes what a model gives, under its path; with several outputs, under path and name.</summary>
    internal void Register(Model model, Named outputs)
    {
        results.TryAdd(model, outputs);
        foreach ((string name, Variable output) in outputs)
            Register(outputs.Count == 1 ? model.Path : model.Path.Length == 0 ? name : $"{model.Path}.{name}", output);
    }

    /// <summary>What a model gave first; null if it was not applied.</summary>
    internal Named? ResultsOf(Model model) => results.GetValueOrDefault(model);

    /// <summary>How often a module has asked this before: numbers the applications of one module within a graph.</summary>
    internal int CountCall(Model module)
    {
        int call = calls.GetValueOrDefault(module);
        calls[module] = call + 1;
        return call;
    }

    /// <summary>Notes that a module begins; the one that called it must list it among its children.</summary>
    internal void Enter(Model module)
    {
        if (running.TryPeek(out Model? caller) && !ReferenceEquals(caller, module) && !caller.Children.Contains(module))
        {
            throw new GraphException(
                $"{caller.Title} applies {module.Title}, which is not among its {nameof(Model.Children)}: its parameters would be " +
                "neither trained nor saved. List it there.");
        }

        if (running.Contains(module))
            throw new GraphException($"{module.Title} applies itself.");
        running.Push(module);
    }

    /// <summary>Notes that the module that began last has ended.</summary>
    internal void Leave() => running.Pop();
}
