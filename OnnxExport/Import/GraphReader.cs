using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import.Sequences;

namespace Toolkit.OnnxExport.Import;

/// <summary>Reads the graph of a valid model as a signature, and the graphs in its attributes as bodies.</summary>
internal sealed partial class GraphReader
{
    private readonly ModelProto model;
    private readonly GraphProto graph;
    private readonly OperatorSet operators;
    private readonly CancellationToken cancellation;
    private readonly InitializerReader initializers;
    private readonly Dictionary<string, Variable> values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileValue> structures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Value> constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> sizes = new(StringComparer.Ordinal);
    private readonly GraphReader? around;
    private readonly string? folder;
    private HashSet<Variable> outside = [];
    private readonly HashSet<string> symbols;
    private readonly Work work;
    private readonly HashSet<NodeProto> idle = new(ReferenceEqualityComparer.Instance);

    public GraphReader(ModelProto model, OperatorSet operators, string? folder, CancellationToken cancellation)
    {
        this.model = model;
        graph = model.Graph;
        this.operators = operators;
        this.cancellation = cancellation;
        this.folder = folder;
        initializers = new InitializerReader(graph, folder, WrittenUpdate.RolesOf(model));
        work = new Work(1_000_000 + (64L * NodesOf(graph).LongCount()));
        symbols = [.. graph.Input.SelectMany(input => input.Type?.TensorType?.Shape?.Dim ?? []).Select(dim => dim.DimParam)];
    }

    /// <summary>Reads a graph within another, whose values it may name.</summary>
    private GraphReader(GraphProto graph, GraphReader around)
    {
        (model, operators, folder, symbols, work, cancellation) = (around.model, around.operators, around.folder, around.symbols, around.work, around.cancellation);
        this.graph = graph;
        this.around = around;
        initializers = new InitializerReader(graph, folder, new Dictionary<string, ParameterRole>());
    }

    /// <summary>What the names of the graph stand for, sequences and optionals, and nodes and initializers that nothing reads aside.</summary>
    public IReadOnlyDictionary<string, Variable> Values => values;

    public Signature Read()
    {
        RequireOperators();
        while (true)
        {
            try
            {
                return ReadOnce();
            }
            catch (SymbolKnownException known) when (sizes.TryAdd(known.Symbol, known.Size))
            {
                // Once for each symbol at most.
                values.Clear();
                structures.Clear();
                constants.Clear();
            }
        }
    }

    private Signature ReadOnce()
    {
        List<Variable> inputs = ReadInputs();
        List<FileValue> results = ReadAll(graph.Node, end => end.Results(graph));
        var outputs = new List<Output>();
        var updates = new List<Update>();
        foreach ((ValueInfoProto output, FileValue value) in graph.Output.Zip(results))
        {
            if (initializers.UpdatedBy(output.Name) is { } parameter)
                updates.Add(new Update(parameter, value.Parts[0]));
            else
                outputs.AddRange(value.NamesOf(output.Name).Zip(value.Parts, (name, part) => new Output(name, part)));
        }

        return new Signature(inputs, outputs, updates, graph.Name);
    }

    private List<Variable> ReadInputs()
    {
        var inputs = new List<Variable>();
        foreach (ValueInfoProto input in graph.Input.Where(input => !initializers.Has(input.Name)))
        {
            FileValue value = Typed(input.Name, () => SequenceTypes.Input(input.Name, input.Type, type =>
                Variable.Input(input.Name, TensorConversion.ToDType(type.ElemType), [.. type.Shape?.Dim.Select((dim, axis) => Dimension(dim, input.Name, axis)) ?? []])));
            Set(input.Name, value);
            inputs.AddRange(value.Parts);
        }

        return inputs;
    }

    /// <summary>A size that the file leaves open is a symbol of its own, which no other size of the file is called.</summary>
    private Dim Dimension(TensorShapeProto.Types.Dimension dim, string input, int axis)
    {
        if (dim.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && dim.DimValue >= 0)
            return Dim.Of(dim.DimValue);
        string symbol = dim.DimParam;
        if (string.IsNullOrWhiteSpace(symbol))
        {
            symbol = $"{input}_dim{axis}";
            while (symbols.Contains(symbol))
                symbol += "_";
        }

        return sizes.TryGetValue(symbol, out int size) ? Dim.Of(size) : Dim.Of(Symbol.Open(symbol));
    }

    /// <summary>What the outputs of a graph are called stands for.</summary>
    private List<FileValue> Results(GraphProto of) => [.. of.Output.Select(output => Find(output.Name))];

    /// <summary>Reads nodes, and gives what a reader that knows them all makes of them.</summary>
    private List<FileValue> ReadAll(IReadOnlyList<NodeProto> nodes, Func<GraphReader, List<FileValue>> end)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (around is not null)
                RequireWork();
            if (idle.Contains(nodes[i]))
                continue;
            if (nodes[i] is not { OpType: "If", Domain: "" or "ai.onnx" })
                Read(nodes[i], inner => new Inner(inner, this));
            else if (ReadChoice(nodes[i], [.. nodes.Skip(i + 1)], end) is { } results)
                return results;
        }

        return end(this);
    }

    /// <summary>Reads an If. One of known condition is the branch that is taken.</summary>
    /// <param name="node">The node.</param>
    /// <param name="rest">The nodes after it.</param>
    /// <param name="end">Gives the results of the graph behind them.</param>
    /// <returns>The results of the graph where the branches give values of different ranks, so that the nodes after it are read behind each; null where they are to be read as
    /// usual.</returns>
    private List<FileValue>? ReadChoice(NodeProto node, IReadOnlyList<NodeProto> rest, Func<GraphReader, List<FileValue>> end)
    {
        GraphProto? Branch(string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.G;
        if (Branch("then_branch") is not { Input.Count: 0 } then || Branch("else_branch") is not { Input.Count: 0 } otherwise || node.Input is not [{ Length: > 0 } input])
        {
            // Whatever is wrong with it is told.
            Read(node, inner => new Inner(inner, this));
            return null;
        }

        Variable condition = Value(input, node);
        if (KnownCondition.Of(condition) is { } isTrue)
        {
            GraphProto taken = isTrue ? then : otherwise;
            try
            {
                Give(node, new Inner(taken, this).Values([], []), this);
                return null;
            }
            catch (ImportException e) when (e.IsOfRanks)
            {
                // A choice within it: what follows both is read behind each of its branches.
                return new GraphReader(taken, this).ReadAll(taken.Node, inner =>
                {
                    var reader = new GraphReader(new GraphProto(), inner);
                    Give(node, inner.Results(taken), reader);
                    return reader.ReadAll(rest, end);
                });
            }
        }

        var choice = new BranchReader(node.Name, condition);
        List<FileValue> first = new Inner(then, this).Values([], choice.Outside), second = new Inner(otherwise, this).Values([], choice.Outside);
        Variable[] firstParts = FileValue.PartsOf(first), secondParts = FileValue.PartsOf(second);
        if (BranchReader.Agree(firstParts, secondParts))
        {
            List<FileValue> kinds = [.. first.Zip(second, (one, other) => NodeReader.Told(node, Version(node.Domain), () => one.Or(other)))];
            NodeProto flat = Flat(node, kinds);
            GraphProto flatThen = flat.Attribute.First(attribute => attribute.Name == "then_branch").G;
            Give(node, kinds, NodeReader.Read(flat, Version(node.Domain), [condition], operators, inner => new Given(ReferenceEquals(inner, flatThen) ? firstParts : secondParts, choice.Outside)));
            return null;
        }

        List<FileValue>? found = null;
        foreach (bool holds in new[] { true, false })
        {
            choice.Read(holds, () =>
            {
                var reader = new GraphReader(new GraphProto(), this) { outside = choice.Outside };
                Give(node, holds ? first : second, reader);
                found = reader.ReadAll(rest, end);
                return FileValue.PartsOf(found);
            });
        }

        return Formed(found!, choice.Results());
    }

    private static void Give(NodeProto node, List<FileValue> results, GraphReader reader)
    {
        if (results.Count < node.Output.Count)
            throw new ImportException($"The node \"{node.Name}\" (If) names {node.Output.Count} results, found {results.Count} of its branch.");
        for (int i = 0; i < node.Output.Count; i++)
            reader.Set(node.Output[i], results[i]);
    }

    /// <summary>Gives the results of a node their names.</summary>
    /// <param name="node">The node.</param>
    /// <param name="kinds">What its first results are.</param>
    /// <param name="parts">The tensors that its results consist of; those without a kind are tensors themselves.</param>
    private void Give(NodeProto node, IReadOnlyList<FileValue> kinds, IReadOnlyList<Variable> parts)
    {
        List<FileValue> values = Formed(kinds, parts);
        for (int i = 0; i < node.Output.Count; i++)
            Set(node.Output[i], values[i]);
    }

    private void Read(NodeProto node, Func<GraphProto, OnnxGraph> graphs)
    {
        if (node.OpType == "Constant" && node.Domain is "" or "ai.onnx")
        {
            // Whether it is a parameter depends on who reads it.
            constants[node.Output[0]] = ConstantNode.Read(node);
            return;
        }

        if (GradientNode.Is(node))
        {
            IReadOnlyList<Variable> gradients = GradientNode.Read(node, name => Value(name));
            for (int i = 0; i < Math.Min(node.Output.Count, gradients.Count); i++)
                values[node.Output[i]] = gradients[i];
            return;
        }

        if (SequenceOperators.Has(node) || node.Input.Any(IsStructure))
        {
            ReadStructured(node);
            return;
        }

        var inputs = new Variable?[node.Input.Count];
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = node.Input[i].Length == 0 ? null : Value(node.Input[i], node, i);
        IReadOnlyList<Variable> results = NodeReader.Read(node, Version(node.Domain), inputs, operators, graphs);
        for (int i = 0; i < node.Output.Count; i++)
        {
            if (node.Output[i].Length > 0)
                values[node.Output[i]] = results[i];
        }
    }

    private Variable Value(string name, NodeProto? reader = null, int input = 0)
    {
        if (values.TryGetValue(name, out Variable? value))
            return value;
        if (constants.Remove(name, out Value? constant))
        {
            values.Add(name, value = InitializerReader.Read(name, constant, reader, input));
            return value;
        }

        if (around is null || initializers.Has(name))
        {
            values.Add(name, value = Typed(name, () => initializers.Read(name, reader, input)));
            return value;
        }

        value = around.Value(name, reader, input);
        outside.Add(value);
        return value;
    }

    private long Version(string domain) =>
        model.OpsetImport.FirstOrDefault(set => Normalized(set.Domain) == Normalized(domain))?.Version ?? 1;

    private static string Normalized(string domain) => domain == "ai.onnx" ? string.Empty : domain;

    /// <summary>Whether a node is read without an operation of the registry.</summary>
    internal static bool IsReadHere(NodeProto node) => (node.OpType == "Constant" && Normalized(node.Domain).Length == 0) || GradientNode.Is(node) || SequenceOperators.Has(node);

    private bool IsMissing(NodeProto node) => !IsReadHere(node) && NodeReader.Find(Normalized(node.Domain), node.OpType, Version(node.Domain), operators) is null;

    /// <summary>The nodes with missing operators whose results no output needs: they are passed over (ML.NET leaves such a node in every file).</summary>
    private void FindIdle()
    {
        // Such a node names values beside its inputs.
        if (NodesOf(graph).Any(GradientNode.Is))
            return;
        var needed = new HashSet<string>(graph.Output.Select(output => output.Name), StringComparer.Ordinal);
        foreach (NodeProto node in graph.Node.Reverse())
        {
            NodeProto[] inner = [.. NodesOf(node)];
            if (!node.Output.Any(needed.Contains) && inner.Any(IsMissing))
                idle.Add(node);
            else
                needed.UnionWith(inner.SelectMany(each => each.Input).Concat(GraphsOf(node).SelectMany(body => body.Output.Select(output => output.Name))));
        }
    }

    /// <summary>All operators that are missing, with how often each occurs, in one error.</summary>
    private void RequireOperators()
    {
        FindIdle();
        string[] missing =
        [
            .. graph.Node.Where(node => !idle.Contains(node)).SelectMany(NodesOf)
                .Where(IsMissing)
                .GroupBy(node => Normalized(node.Domain).Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}", StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => $"{group.Key} ({group.Count()})"),
        ];
        if (missing.Length > 0)
            throw new ImportException($"Expected operators that the engine has, found others: {string.Join(", ", missing)}.");
    }

    /// <summary>The nodes of a graph and of the graphs within it.</summary>
    private static IEnumerable<NodeProto> NodesOf(GraphProto graph) => graph.Node.SelectMany(NodesOf);

    /// <summary>A node and those of the graphs within it.</summary>
    private static IEnumerable<NodeProto> NodesOf(NodeProto node) => node.Attribute.Where(attribute => attribute.G is not null).SelectMany(attribute => NodesOf(attribute.G)).Prepend(node);

    /// <summary>The graphs within a node.</summary>
    private static IEnumerable<GraphProto> GraphsOf(NodeProto node) => NodesOf(node).SelectMany(inner => inner.Attribute).Where(attribute => attribute.G is not null).Select(attribute => attribute.G);

    /// <summary>The graph of a loop is read again where sizes change from turn to turn, and those of the loops in it each time.</summary>
    private void RequireWork()
    {
        if (!work.Take())
            throw new ImportException($"Expected loops within loops of which at most {work.Most} nodes are to be read, found more.");
    }

    /// <summary>Counts what is read.</summary>
    private sealed class Work(long most)
    {
        private long done;

        public long Most => most;

        public bool Take() => done++ < most;
    }

    private static T Typed<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is DTypeException or ShapeException or OverflowException)
        {
            throw new ImportException($"The value \"{name}\" cannot be read: {e.Message}", e);
        }
    }
}
