using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Import;

/// <summary>Reads the graph of a valid model as a signature.</summary>
internal sealed class GraphReader
{
    private readonly ModelProto model;
    private readonly GraphProto graph;
    private readonly OperatorSet operators;
    private readonly CancellationToken cancellation;
    private readonly InitializerReader initializers;
    private readonly Dictionary<string, Variable> values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> sizes = new(StringComparer.Ordinal);

    public GraphReader(ModelProto model, OperatorSet operators, string? folder, CancellationToken cancellation)
    {
        this.model = model;
        graph = model.Graph;
        this.operators = operators;
        this.cancellation = cancellation;
        initializers = new InitializerReader(graph, folder);
    }

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
            }
        }
    }

    private Signature ReadOnce()
    {
        List<Variable> inputs = ReadInputs();
        foreach (NodeProto node in graph.Node)
        {
            cancellation.ThrowIfCancellationRequested();
            Read(node);
        }

        var outputs = new List<Output>();
        var updates = new List<Update>();
        foreach (ValueInfoProto output in graph.Output)
        {
            Variable value = Value(output.Name)!;
            if (initializers.UpdatedBy(output.Name) is { } parameter)
                updates.Add(new Update(parameter, value));
            else
                outputs.Add(new Output(output.Name, value));
        }

        return new Signature(inputs, outputs, updates, graph.Name);
    }

    private List<Variable> ReadInputs()
    {
        var inputs = new List<Variable>();
        foreach (ValueInfoProto input in graph.Input.Where(input => !initializers.Has(input.Name)))
        {
            if (input.Type.TensorType is not { } type)
                throw new ImportException($"Expected a tensor as the input \"{input.Name}\", found {input.Type.ValueCase}.");
            Shape shape = [.. type.Shape.Dim.Select((dim, axis) => Dimension(dim, input.Name, axis))];
            Variable variable = Variable.Input(input.Name, Typed(input.Name, () => TensorConversion.ToDType(type.ElemType)), shape);
            values.Add(input.Name, variable);
            inputs.Add(variable);
        }

        return inputs;
    }

    /// <summary>A size that the file leaves open is a symbol of its own.</summary>
    private Dim Dimension(TensorShapeProto.Types.Dimension dim, string input, int axis)
    {
        if (dim.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && dim.DimValue >= 0)
            return Dim.Of(dim.DimValue);
        string symbol = string.IsNullOrWhiteSpace(dim.DimParam) ? $"{input}_dim{axis}" : dim.DimParam;
        return sizes.TryGetValue(symbol, out int size) ? Dim.Of(size) : Dim.Named(symbol);
    }

    private void Read(NodeProto node)
    {
        if (node.OpType == "Constant" && node.Domain is "" or "ai.onnx")
        {
            values[node.Output[0]] = Variable.Of(ConstantNode.Read(node));
            return;
        }

        var inputs = new Variable?[node.Input.Count];
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = node.Input[i].Length == 0 ? null : Value(node.Input[i], node, i);
        IReadOnlyList<Variable> results = NodeReader.Read(node, Version(node.Domain), inputs, operators);
        for (int i = 0; i < node.Output.Count; i++)
        {
            if (node.Output[i].Length > 0)
                values[node.Output[i]] = results[i];
        }
    }

    private Variable Value(string name, NodeProto? reader = null, int input = 0)
    {
        if (!values.TryGetValue(name, out Variable? value))
            values.Add(name, value = Typed(name, () => initializers.Read(name, reader, input)));
        return value;
    }

    private long Version(string domain) =>
        model.OpsetImport.FirstOrDefault(set => Normalized(set.Domain) == Normalized(domain))?.Version ?? 1;

    private static string Normalized(string domain) => domain == "ai.onnx" ? string.Empty : domain;

    /// <summary>All operators that are missing, with how often each occurs, in one error.</summary>
    private void RequireOperators()
    {
        string[] missing =
        [
            .. graph.Node
                .Where(node => !(node.OpType == "Constant" && Normalized(node.Domain).Length == 0))
                .Where(node => NodeReader.Find(Normalized(node.Domain), node.OpType, Version(node.Domain), operators) is null)
                .GroupBy(node => Normalized(node.Domain).Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}", StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => $"{group.Key} ({group.Count()})"),
        ];
        if (missing.Length > 0)
            throw new ImportException($"Expected operators that the engine has, found others: {string.Join(", ", missing)}.");
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
