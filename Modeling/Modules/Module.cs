using System.Globalization;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A piece of a model: a function from one variable to another, with the parameters it owns and the modules it is made of. Derive from
/// it to compose modules freely: list the parts in <see cref="Children"/>, and apply them in <see cref="Build"/>.
/// </summary>
/// <remarks>
/// Modules and their parameters get stable, hierarchical names: a child without a <see cref="Name"/> is called by its kind and its
/// number among the children of that kind ("dense1", "dense2"), and the weight of the first layer is "dense1.weight". Names are
/// settled, and parameters created, when they are first used; compose before that. A parameter keeps its name, so a module that was used
/// by itself and is then put into another brings its parameters under their old names. Several threads may use a module first: names and parameters are made
/// once.
/// </remarks>
public abstract class Module : ISignatureSource
{
    private readonly Lock settling = new();
    private string? path;
    private IReadOnlyList<Parameter>? own;
    private Shape? inputShape;

    /// <summary>The name within the module that contains this one; null (the default) for kind and number.</summary>
    public string? Name { get; init; }

    /// <summary>The full name: those of the modules around this one and its own, with dots between; empty for a whole model without a
    /// name.</summary>
    public string Path
    {
        get
        {
            Settle("");
            return path!;
        }
    }

    /// <summary>The modules that this one applies, in a fixed order; none by default.</summary>
    public virtual IReadOnlyList<Module> Children => [];

    /// <summary>Every parameter of this module and its children, each once, in a fixed order.</summary>
    public IReadOnlyList<Parameter> Parameters
    {
        get
        {
            Settle("");
            var all = new List<Parameter>();
            var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
            Collect(this);
            return all;

            void Collect(Module module)
            {
                all.AddRange(module.Own.Where(seen.Add));
                foreach (Module child in module.Children)
                    Collect(child);
            }
        }
    }

    /// <summary>The shape of one example of the input, without the batch axis; null while it is not known. A model learns it when it is
    /// trained; set it to export or describe one that was not.</summary>
    public Shape? InputShape
    {
        get => inputShape ?? ExpectedInput;
        set => inputShape = value;
    }

    /// <summary>The computation that an application runs: the input "input" of shape ["batch", …] and the output "output".</summary>
    /// <exception cref="InvalidOperationException"><see cref="InputShape"/> is not known.</exception>
    public Signature Inference => InferenceFor(KnownInputShape());

    /// <summary>The kind of module in names, a noun in lower case such as "dense"; "module" by default.</summary>
    protected internal virtual string Kind => "module";

    /// <summary>How messages and summaries call the module, such as <c>"dense1" (Dense 784 → 512)</c>.</summary>
    internal string Title => path is null or "" ? Description : $"\"{path}\" ({Description})";

    /// <summary>Kind and size, such as "Dense 784 → 512".</summary>
    protected internal virtual string Description => GetType().Name;

    /// <summary>The shape of one example that the module needs, if it alone decides; null by default.</summary>
    protected virtual Shape? ExpectedInput => null;

    /// <summary>The parameters that this module owns itself, not those of its children.</summary>
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

    /// <summary>Computes the model's outputs for every example of a source, in its order. To predict again and again, keep a
    /// <see cref="Predictor"/>.</summary>
    /// <param name="data">The examples; labels and targets are not looked at.</param>
    /// <param name="execution">Threads and compiler switches; null for the defaults.</param>
    /// <returns>The outputs, of shape [examples, …].</returns>
    public Value Predict(IDataSource data, ExecutionOptions? execution = null) =>
        new Predictor(this, [.. data.Layout.FeatureShape.Select(size => (Dim)size)], execution).Predict(data);

    /// <summary>A table of the model: each module with the shape of its result (without the batch axis) and the number of its own learned
    /// parameters, and the totals.</summary>
    /// <param name="inputShape">The shape of one example; null for <see cref="InputShape"/>.</param>
    /// <exception cref="InvalidOperationException">The shape is neither given nor known.</exception>
    /// <exception cref="ShapeException">The modules do not fit together.</exception>
    public string Summary(Shape? inputShape = null) => ModelSummary.Of(this, inputShape ?? KnownInputShape());

    /// <summary>Applies the module: adds its computation to the graph.</summary>
    /// <param name="input">The input, its first axis the batch.</param>
    /// <param name="context">The mode, and what modules leave behind.</param>
    /// <returns>The result, its first axis the batch.</returns>
    /// <exception cref="ShapeException">The input does not fit; the message names the module.</exception>
    public Variable Forward(Variable input, ForwardContext context)
    {
        context.Enter(this);
        Settle("");
        try
        {
            Variable output = Build(input, context);
            if (path!.Length > 0)
                new Origin { Layer = path }.Mark([output], [input]);
            context.Register(path, output);
            return output;
        }
        catch (ShapeException e) when (!e.Data.Contains(nameof(Module)))
        {
            // An operation inside has complained: say in which module. The mark keeps the modules around it from saying so again.
            var located = new ShapeException($"{Title} with the input {input.Type}: {e.Message}", e);
            located.Data[nameof(Module)] = path;
            throw located;
        }
        finally
        {
            context.Leave();
        }
    }

    /// <summary>Writes the computation of the module in operations and applications of its children.</summary>
    /// <param name="input">The input, its first axis the batch.</param>
    /// <param name="context">The mode, and what modules leave behind.</param>
    protected abstract Variable Build(Variable input, ForwardContext context);

    /// <summary>Creates the parameters that this module owns itself; called once, when its name is settled. None by default. What <see cref="Build"/> reads and this
    /// does not return would be neither trained nor saved: a trainer refuses it.</summary>
    protected virtual IReadOnlyList<Parameter> CreateParameters() => [];

    /// <summary>The full name of a parameter of this module.</summary>
    /// <param name="name">Its name within the module, such as "weight".</param>
    protected string ParameterName(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    /// <summary>The error of an input that does not fit.</summary>
    /// <param name="expected">The expected shape in words, such as "[batch, 784]".</param>
    /// <param name="found">The input.</param>
    protected ShapeException Mismatch(string expected, Variable found)
    {
        Settle("");
        var error = new ShapeException($"{Title} expects an input of shape {expected}, found {found.Shape}.");
        error.Data[nameof(Module)] = path;
        return error;
    }

    /// <summary>The computation of an application for examples of a shape.</summary>
    internal Signature InferenceFor(Shape shape)
    {
        Variable input = Variable.Input("input", DType.Float32, ["batch", .. shape]);
        Variable output = Forward(input, new ForwardContext(Mode.Inference));
        return new Signature([input], [new Output("output", output)], name: path!.Length == 0 ? "model" : path);
    }

    /// <summary>The shape of one example, or an error.</summary>
    internal Shape KnownInputShape() => InputShape ?? throw new InvalidOperationException(
        $"{Title} does not know the shape of its input: train it first, or set {nameof(InputShape)}.");

    /// <summary>Gives the module a full name before it is used, if it has none, so that several models can later stand in one graph.</summary>
    internal void SettleAs(string fullName) => Settle(fullName);

    /// <summary>Settles the names of this module, which is called <paramref name="fullName"/> unless it already has a name, and of those
    /// below it.</summary>
    private void Settle(string fullName)
    {
        lock (settling)
            SettleAlone(fullName);
    }

    private void SettleAlone(string fullName)
    {
        // A module that was used by itself has no path yet; it takes one from the module that it is put into later.
        if (path is { Length: > 0 } || (path is not null && fullName.Length == 0))
            return;
        path = fullName.Length == 0 ? Name ?? "" : fullName;
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Module child in Children.Distinct())
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
