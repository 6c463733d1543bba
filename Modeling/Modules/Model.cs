using System.Globalization;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A function from named variables to named variables, with the parameters it owns and the models it is made of. Derive from it for several inputs or outputs: list
/// the parts in <see cref="Children"/>, and apply them in <see cref="Build"/>. What takes one variable and gives one is a <see cref="Module"/>.
/// </summary>
/// <remarks>
/// Models and their parameters get stable, hierarchical names: a child without a <see cref="Name"/> is called by its kind and its
/// number among the children of that kind ("dense1", "dense2"), and the weight of the first layer is "dense1.weight". Names are
/// settled, and parameters created, when they are first used; compose before that. A parameter keeps its name, so a module that was used
/// by itself and is then put into another brings its parameters under their old names. Several threads may use a model first: names and parameters are made
/// once.
/// </remarks>
public abstract class Model : ISignatureSource
{
    private readonly Lock settling = new();
    private string? path;
    private IReadOnlyList<Parameter>? own;

    /// <summary>The name within the model that contains this one; null (the default) for kind and number.</summary>
    public string? Name { get; init; }

    /// <summary>The full name: those of the models around this one and its own, with dots between; empty for a whole model without a
    /// name.</summary>
    public string Path
    {
        get
        {
            Settle("");
            return path!;
        }
    }

    /// <summary>The models that this one applies, in a fixed order; none by default.</summary>
    public virtual IReadOnlyList<Model> Children => [];

    /// <summary>Every parameter of this model and its children, each once, in a fixed order.</summary>
    public IReadOnlyList<Parameter> Parameters
    {
        get
        {
            Settle("");
            var all = new List<Parameter>();
            var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
            Collect(this);
            return all;

            void Collect(Model model)
            {
                all.AddRange(model.Own.Where(seen.Add));
                foreach (Model child in model.Children)
                    Collect(child);
            }
        }
    }

    /// <summary>Whether training leaves the parameters of this model and its children as they are; false by default. Parameters that others share
    /// with it stay as well; its batch normalizations take their running statistics and leave them alone; gradients pass through it to what lies before; norm penalties do not count
    /// it. A trainer reads this when it is first used: set it before, and make another trainer after a change.</summary>
    public bool Frozen { get; set; }

    /// <summary>The fields of an example that the model may read; null while they are not known. A model learns them when it is trained; set them to export or
    /// describe one that was not.</summary>
    public virtual IReadOnlyList<Field>? InputFields { get; set; }

    /// <summary>The computation that an application runs: an input of shape ["batch", …] for each field that the outputs depend on, one with the lengths of a
    /// ragged axis if they depend on these ("time.length", int64 ["batch"]), and the outputs by their names; those of a <see cref="Module"/> are "input" and "output". Each reading makes a new graph: read it once where variables
    /// are to be compared, differentiated by or compiled.</summary>
    /// <exception cref="InvalidOperationException"><see cref="InputFields"/> are not known.</exception>
    public Signature Inference => InferenceFor(KnownFields);

    /// <summary>The computation of <see cref="Inference"/> in numbers of another type, as a trainer of that precision computes it. Weights that are read in that type alone are stored in it, so
    /// that a half type takes half the memory, in files too; they are copies of what they are now. Inputs and outputs keep their types.</summary>
    /// <param name="type">The numbers to compute with: float16, bfloat16, float32 or float64.</param>
    /// <exception cref="InvalidOperationException"><see cref="InputFields"/> are not known.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The type is another one.</exception>
    /// <exception cref="GraphException">A weight is beyond the greatest number of the type.</exception>
    public Signature InferenceIn(DType type) =>
        MixedPrecision.Of(type) is { } numbers ? StoredParameters.In(numbers.Type, InferenceFor(KnownFields, numbers)) : Inference;

    /// <summary>What training applies in the place of <see cref="Inference"/>: the same inputs and outputs with dropout that drops and statistics of the batch, each example counting once, and the updates of running
    /// statistics and random counters. A file that is saved holds both.</summary>
    /// <exception cref="InvalidOperationException"><see cref="InputFields"/> are not known.</exception>
    public Signature TrainingForward => SignatureOf(KnownFields, Mode.Training);

    /// <summary>The kind of model in names, a noun in lower case such as "dense"; "model" by default.</summary>
    protected internal virtual string Kind => "model";

    /// <summary>Why a training must take the examples in their order: the rest of a sentence that begins with the model's name; null (the default) where any order does.</summary>
    protected internal virtual string? FaultWhenShuffled => null;

    /// <summary>How messages and summaries call the model, such as <c>"dense1" (Dense 784 → 512)</c>.</summary>
    internal string Title => path is null or "" ? Description : $"\"{path}\" ({Description})";

    /// <summary>Kind and size, such as "Dense 784 → 512".</summary>
    protected internal virtual string Description => GetType().Name;

    /// <summary>Whether parameters of its own were named before the model was put into another, so that its place is not in their names.</summary>
    internal bool IsNamedAlone { get; private set; }

    /// <summary>The parameters that this model owns itself, not those of its children.</summary>
    internal IReadOnlyList<Parameter> Own
    {
        get
        {
            lock (settling)
            {
                Settle("");
                return own ??= [.. CreateParameters()];
            }
        }
    }

    /// <summary>The parameters that training changes by gradients: no states, and nothing that is frozen.</summary>
    internal IReadOnlyList<Parameter> Learned
    {
        get
        {
            var frozen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
            Collect(this);
            return [.. Parameters.Where(parameter => parameter.Role != ParameterRole.State && !frozen.Contains(parameter))];

            void Collect(Model model)
            {
                if (model.Frozen)
                    frozen.UnionWith(model.Parameters);
                foreach (Model child in model.Children)
                    Collect(child);
            }
        }
    }

    /// <summary>The setting that tells the shape of the input.</summary>
    private protected virtual string ShapeSetting => nameof(InputFields);

    /// <summary>The fields that the model may read, or an error.</summary>
    private protected IReadOnlyList<Field> KnownFields => InputFields ?? throw new InvalidOperationException(
        $"{Title} does not know the shape of its input: train it first, or set {ShapeSetting}.");

    /// <summary>Computes the one output of the model for every example of a source, in its order. To predict again and again, keep a
    /// <see cref="Predictor"/>.</summary>
    /// <param name="data">The examples; what the model does not read is not looked at.</param>
    /// <param name="execution">Threads and compiler switches; null for the defaults.</param>
    /// <returns>The outputs, of shape [examples, …].</returns>
    /// <exception cref="GraphException">The model has several outputs.</exception>
    public Value Predict(IDataSource data, ExecutionOptions? execution = null) => new Predictor(this, data.Layout, execution).Predict(data);

    /// <summary>Computes every output of the model for every example of a source, in its order.</summary>
    /// <param name="data">The examples; what the model does not read is not looked at.</param>
    /// <param name="execution">Threads and compiler switches; null for the defaults.</param>
    /// <returns>The outputs by name, each of shape [examples, …].</returns>
    public IReadOnlyDictionary<string, Value> PredictAll(IDataSource data, ExecutionOptions? execution = null) =>
        new Predictor(this, data.Layout, execution).PredictAll(data);

    /// <summary>A table of the model: each part with the shape of its result (without the batch axis) and the number of its own learned
    /// parameters, and the totals.</summary>
    /// <exception cref="InvalidOperationException"><see cref="InputFields"/> are not known.</exception>
    /// <exception cref="ShapeException">The parts do not fit together.</exception>
    public string Summary() => ModelSummary.Of(this, KnownFields);

    /// <summary>Applies the model: adds its computation to the graph.</summary>
    /// <param name="inputs">The inputs, the first axis of each the batch.</param>
    /// <param name="context">The mode, and what models leave behind.</param>
    /// <returns>The outputs, the first axis of each the batch.</returns>
    /// <exception cref="ShapeException">An input does not fit; the message names the model.</exception>
    public Named Forward(Named inputs, ForwardContext context)
    {
        context.Enter(this);
        Settle("");
        try
        {
            Named outputs = Build(inputs, context);
            if (path!.Length > 0)
                new Origin { Layer = path }.Mark(outputs.Values, inputs.Values);
            context.Register(this, outputs);
            return context.Finished(outputs);
        }
        catch (ShapeException e) when (!e.Data.Contains(nameof(Module)))
        {
            // An operation inside has complained: say in which module. The mark keeps the modules around it from saying so again.
            string given = inputs.Count == 1 ? $"the input {inputs.Single.Type}" : $"the inputs {inputs}";
            var located = new ShapeException($"{Title} with {given}: {e.Message}", e);
            located.Data[nameof(Module)] = path;
            throw located;
        }
        finally
        {
            context.Leave();
        }
    }

    /// <summary>Writes the computation of the model in operations and applications of its children.</summary>
    /// <param name="inputs">The inputs by name, the first axis of each the batch. What is not asked for is not read.</param>
    /// <param name="context">The mode, and what models leave behind.</param>
    protected abstract Named Build(Named inputs, ForwardContext context);

    /// <summary>Creates the parameters that this model owns itself; called once, when its name is settled. None by default. What <see cref="Build"/> reads and this
    /// does not return would be neither trained nor saved: a trainer refuses it.</summary>
    protected virtual IReadOnlyList<Parameter> CreateParameters() => [];

    /// <summary>The full name of a parameter of this model.</summary>
    /// <param name="name">Its name within the model, such as "weight".</param>
    protected string ParameterName(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    /// <summary>The fields of some examples that the model may read: it asks for those it wants.</summary>
    internal virtual IReadOnlyList<Field> FieldsOf(DataLayout layout) => layout.Fields;

    /// <summary>The same where others read some of the fields.</summary>
    /// <exception cref="GraphException">There is nothing left, or more than the model can read.</exception>
    internal virtual IReadOnlyList<Field> FieldsOf(DataLayout layout, IReadOnlySet<string> others) => layout.Fields;

    /// <summary>The computation of an application for examples of such fields.</summary>
    internal Signature InferenceFor(IReadOnlyList<Field> fields, MixedPrecision? precision = null) => SignatureOf(fields, Mode.Inference, precision);

    private Signature SignatureOf(IReadOnlyList<Field> fields, Mode mode, MixedPrecision? precision = null)
    {
        var symbols = new ExampleSymbols(fields);
        // What the examples weigh changes no prediction.
        var inputs = new Named([.. symbols.All.Take(fields.Count).Select(input => (input.Name!, input))]);
        var context = new ForwardContext(mode) { Examples = symbols, Precision = precision };
        Named outputs = Forward(inputs, context);
        IReadOnlySet<string> read = symbols.ReadBy([.. outputs.Values, .. context.Updates.Select(update => update.NewValue)]);
        return new Signature(
            [.. symbols.All.Where(input => read.Contains(input.Name!))],
            [.. outputs.Select(output => new Output(output.Key, output.Value))],
            context.Updates,
            path!.Length == 0 ? "model" : path);
    }

    /// <summary>Gives the model a full name before it is used, if it has none, so that several models can later stand in one graph.</summary>
    internal void SettleAs(string fullName) => Settle(fullName);

    /// <summary>What some variables are computed from.</summary>
    internal static IEnumerable<Variable> LeavesOf(IEnumerable<Variable> roots)
    {
        Variable[] known = [.. roots];
        return TopologicalOrder.Of(known).SelectMany(node => node.Inputs).Concat(known).Where(variable => variable.Producer is null);
    }

    /// <summary>Settles the names of this model, which is called <paramref name="fullName"/> unless it already has a name, and of those
    /// below it.</summary>
    private protected void Settle(string fullName)
    {
        lock (settling)
            SettleAlone(fullName);
    }

    private void SettleAlone(string fullName)
    {
        // A model that was used by itself has no path yet; it takes one from the model that it is put into later.
        if (path is { Length: > 0 } || (path is not null && fullName.Length == 0))
            return;
        IsNamedAlone = path is "" && own is { Count: > 0 };
        path = fullName.Length == 0 ? Name ?? "" : fullName;
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Model child in Children.Distinct())
        {
            string name = child.Name ?? Numbered(child.Kind);
            child.Settle(path.Length == 0 ? name : $"{path}.{name}");
        }

        string Numbered(string kind)
        {
            int number = numbers[kind] = numbers.GetValueOrDefault(kind) + 1;
            return kind + number.ToString(CultureInfo.InvariantCulture);
        }
    }
}
