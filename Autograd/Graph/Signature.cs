using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>A named result of a signature.</summary>
/// <param name="Name">The name, which an exported model keeps.</param>
/// <param name="Variable">The result.</param>
public sealed record Output(string Name, Variable Variable);

/// <summary>The assignment of a new value to a parameter. All new values are computed from the old ones before any is stored.</summary>
/// <param name="Parameter">The parameter to assign.</param>
/// <param name="NewValue">Its new value, of the same type and shape.</param>
public sealed record Update(Parameter Parameter, Variable NewValue);

/// <summary>
/// A computation with names: inputs, outputs and updates of parameters. It is all that modeling, compilation and export exchange.
/// </summary>
public sealed class Signature
{
    /// <summary>Creates a signature and verifies it.</summary>
    /// <param name="inputs">The inputs, in the order in which values will be given.</param>
    /// <param name="outputs">The outputs, in the order in which values will be returned.</param>
    /// <param name="updates">The updates of parameters; none for inference.</param>
    /// <param name="name">The name of the computation, for example "digits".</param>
    /// <exception cref="GraphException">A variable is not an input, a name occurs twice, an input that the outputs need is missing, a
    /// parameter is updated twice, or an update does not fit its parameter.</exception>
    public Signature(IReadOnlyList<Variable> inputs, IReadOnlyList<Output> outputs, IReadOnlyList<Update>? updates = null, string name = "main")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
        Inputs = [.. inputs];
        Outputs = [.. outputs];
        Updates = [.. updates ?? []];
        Nodes = TopologicalOrder.Of(Outputs.Select(o => o.Variable).Concat(Updates.Select(u => u.NewValue)));
        Parameters = Verify();
    }

    private Signature(Body body)
    {
        Name = "body";
        Inputs = body.Inputs;
        Outputs = [.. body.Outputs.Select((output, i) => new Output($"output{i}", output))];
        Updates = [];
        Nodes = body.Nodes;
        Parameters = [];
    }

    /// <summary>The name of the computation.</summary>
    public string Name { get; }

    /// <summary>What is to be known of the computation beside it, as texts by key, which an exported model carries along; nothing by default.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init => field = new Dictionary<string, string>(value); } = new Dictionary<string, string>();

    /// <summary>The inputs.</summary>
    public IReadOnlyList<Variable> Inputs { get; }

    /// <summary>The outputs.</summary>
    public IReadOnlyList<Output> Outputs { get; }

    /// <summary>The updates of parameters.</summary>
    public IReadOnlyList<Update> Updates { get; }

    /// <summary>Every node that outputs and updates need, each after the nodes it needs; the order depends on the graph alone.</summary>
    public IReadOnlyList<Node> Nodes { get; private init; }

    /// <summary>Every parameter that is read or updated, in order of first use.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The computation behind others that give some of its inputs: what prepares raw data and the network that reads them, as one. Updates are left aside.</summary>
    /// <param name="inputs">The inputs of the result in their order: those of the others and, where they are to stand between them, own ones that nothing gives. The rest of these come last.</param>
    /// <param name="sources">What takes the place of an input, by its name: of its type, and of a shape that fits; open sizes that are to be equal bear one symbol.</param>
    /// <returns>A computation with the same outputs, name and metadata.</returns>
    /// <exception cref="ArgumentException">There is no input of a name.</exception>
    /// <exception cref="GraphException">What takes the place of an input does not fit it, or an input of the others is missing.</exception>
    public Signature Behind(IReadOnlyList<Variable> inputs, IReadOnlyDictionary<string, Variable> sources)
    {
        if (sources.Keys.FirstOrDefault(name => Inputs.All(input => input.Name != name)) is { } unknown)
            throw new ArgumentException($"Expected names of inputs of \"{Name}\", {string.Join(", ", Inputs)}, found \"{unknown}\".", nameof(sources));
        var replaced = new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance);
        foreach (Variable input in Inputs.Where(input => sources.ContainsKey(input.Name!)))
        {
            Variable source = sources[input.Name!];
            if (source.DType != input.DType || source.Shape.Rank != input.Shape.Rank || source.Shape.Zip(input.Shape).Any(pair => pair.First.IsStatic && pair.Second.IsStatic && pair.First != pair.Second))
                throw new GraphException($"Expected what fits the input {input}, found {source.Type}.");
            replaced.Add(input, source);
        }

        var substitution = new Substitution(replaced);
        return new Signature(
            [.. inputs, .. Inputs.Where(input => !replaced.ContainsKey(input) && !inputs.Contains(input))], [.. Outputs.Select(output => output with { Variable = substitution.Map(output.Variable) })], name: Name)
        { Metadata = Metadata };
    }

    /// <summary>A body as a computation of its own. Its inputs need no names, as they are given by position.</summary>
    internal static Signature Of(Body body) => new(body);

    /// <summary>The computation with the same names over other nodes that give the same, in the order in which they are to run.</summary>
    /// <param name="nodes">All that outputs and updates need, each after the nodes it needs.</param>
    /// <param name="replaced">What takes the place of an output or a new value.</param>
    internal Signature InOrder(IReadOnlyList<Node> nodes, Func<Variable, Variable> replaced) =>
        new(Inputs, [.. Outputs.Select(o => o with { Variable = replaced(o.Variable) })], [.. Updates.Select(u => u with { NewValue = replaced(u.NewValue) })], Name) { Nodes = nodes };

    private List<Parameter> Verify()
    {
        var known = new HashSet<Variable>(ReferenceEqualityComparer.Instance);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (Variable input in Inputs)
        {
            if (!input.IsInput)
            {
                throw new GraphException($"Expected inputs made by Variable.Input in the signature \"{Name}\", found {input}.");
            }

            known.Add(input);
            if (!names.Add(input.Name!))
            {
                throw new GraphException($"The signature \"{Name}\" has two inputs or outputs named \"{input.Name}\".");
            }
        }

        foreach (Output output in Outputs)
        {
            if (!names.Add(output.Name))
            {
                throw new GraphException($"The signature \"{Name}\" has two inputs or outputs named \"{output.Name}\".");
            }
        }

        var parameters = new List<Parameter>();
        var seen = new HashSet<Parameter>();
        IEnumerable<Variable> roots = Outputs.Select(o => o.Variable).Concat(Updates.Select(u => u.NewValue));
        foreach (Variable leaf in Nodes.SelectMany(n => n.Inputs).Concat(roots))
        {
            if (leaf.IsInput && !known.Contains(leaf))
            {
                throw new GraphException(
                    $"The signature \"{Name}\" needs the input {leaf}, which is not among its inputs: {string.Join(", ", Inputs)}."
                    + (Inputs.Any(input => input.Name == leaf.Name) ? " That of the same name belongs to another graph: a model's Inference is a new one at each reading, so read it once and keep it." : string.Empty));
            }

            if (leaf.Parameter is not null && seen.Add(leaf.Parameter))
            {
                parameters.Add(leaf.Parameter);
            }
        }

        var updated = new HashSet<Parameter>();
        foreach ((Parameter parameter, Variable newValue) in Updates)
        {
            if (!updated.Add(parameter))
            {
                throw new GraphException($"The parameter \"{parameter.Name}\" is updated twice in the signature \"{Name}\".");
            }

            if (newValue.Type != parameter.Variable.Type)
            {
                throw new GraphException(
                    $"Expected a new value {parameter.Variable.Type} for the parameter \"{parameter.Name}\", found {newValue.Type}.");
            }

            if (seen.Add(parameter))
            {
                parameters.Add(parameter);
            }
        }

        return parameters;
    }
}

/// <summary>Something that can be run and exported: it states its inference computation as a signature.</summary>
public interface ISignatureSource
{
    /// <summary>The computation that an application runs: inputs, outputs, no updates.</summary>
    Signature Inference { get; }

    /// <summary>The computation of the same inputs and outputs as training applies it, with the updates of what is no weight: dropout drops, statistics are those of the batch, counters go up.
    /// Null where nothing is known of it.</summary>
    Signature? TrainingForward => null;
}
