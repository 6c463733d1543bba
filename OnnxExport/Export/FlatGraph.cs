using Toolkit.Autograd.Graph;

namespace Toolkit.OnnxExport.Export;

/// <summary>A signature as it is written: operations without an ONNX form are expanded into operations that have one, equal nodes are one, and biases are inputs of the products that they are added to, in bodies as well.</summary>
internal sealed class FlatGraph
{
    public FlatGraph(Signature signature, int opset)
    {
        Signature expanded = new Expansion(opset).Apply(signature);
        Signature flat = BiasInputs.Of(new Merging().Apply(new StandardResults(expanded).Apply(expanded)));
        Outputs = [.. flat.Outputs.Select(o => o.Variable)];
        NewValues = [.. flat.Updates.Select(u => u.NewValue)];
        Steps = StepsOf(flat.Nodes, opset);
        Used = UsedBy(Steps, [.. Outputs, .. NewValues]);
    }

    /// <summary>A body of a graph that is flat already.</summary>
    public FlatGraph(Body body, int opset)
    {
        Outputs = body.Outputs;
        NewValues = [];
        Steps = StepsOf(body.Nodes, opset);
        Used = UsedBy(Steps, Outputs);
    }

    private static Step[] StepsOf(IReadOnlyList<Node> nodes, int opset)
    {
        Step[] steps = [.. nodes.Select(node => new Step(node, node.Operation.ToOnnx(Expansion.Request(node, node.Inputs, opset))!))];
        Array.ForEach(steps, new WrittenTypes(opset).Require);
        return steps;
    }

    private static HashSet<Variable> UsedBy(IReadOnlyList<Step> steps, IReadOnlyList<Variable> results) => new(
        steps.SelectMany(s => s.Arguments.Select(s.Node.Inputs.Optional).OfType<Variable>()).Concat(results), ReferenceEqualityComparer.Instance);

    /// <summary>The nodes to write, each after those that it needs.</summary>
    public IReadOnlyList<Step> Steps { get; }

    /// <summary>The results, in the order of the signature.</summary>
    public IReadOnlyList<Variable> Outputs { get; }

    /// <summary>The new values of parameters, in the order of the signature's updates.</summary>
    public IReadOnlyList<Variable> NewValues { get; }

    /// <summary>The variables that a node reads or that are results of the signature.</summary>
    public IReadOnlySet<Variable> Used { get; }

    /// <summary>Results that the standard does not have become results that it has, where anything reads them.</summary>
    private sealed class StandardResults : GraphTransform
    {
        private readonly HashSet<Variable> read = new(ReferenceEqualityComparer.Instance);

        public StandardResults(Signature signature)
        {
            AddRead(signature.Nodes, [.. signature.Outputs.Select(o => o.Variable), .. signature.Updates.Select(u => u.NewValue)]);
        }

        protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs)
        {
            IReadOnlyList<Variable> results = Rebuild(node, inputs);
            return node.Operation is IHasOwnResults own && OriginalOf(node).Outputs.Skip(own.StandardResults).Any(read.Contains)
                ? own.WithStandardResults(inputs, [.. OriginalOf(node).Outputs.Select(read.Contains)])
                : results;
        }

        private void AddRead(IReadOnlyList<Node> nodes, IReadOnlyList<Variable> results)
        {
            read.UnionWith(nodes.SelectMany(node => node.Inputs).Concat(results));
            foreach (Body body in nodes.Select(node => node.Operation).OfType<IHasBodies>().SelectMany(operation => operation.Bodies))
                AddRead(body.Nodes, body.Outputs);
        }
    }

    private sealed class Expansion(int opset) : GraphTransform
    {
        public static OnnxRequest Request(Node node, Arguments inputs, int opset) =>
            new(opset, new InferRequest(node.Operation, inputs), [.. node.Outputs.Select(o => o.Type)]);

        protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs)
        {
            OnnxRequest request = Request(node, inputs, opset);
            return node.Operation.ToOnnx(request) is not null
                ? Rebuild(node, inputs)
                : Through(node, inputs, node.Operation.Expand(inputs) ?? throw NoForm(node, request));
        }

        private static ExportException NoForm(Node node, OnnxRequest request)
        {
            int newer = Enumerable.Range(request.Opset + 1, Math.Max(0, OnnxExportOptions.NewestOpset - request.Opset))
                .FirstOrDefault(opset => node.Operation.ToOnnx(request with { Opset = opset }) is not null);
            return new ExportException(newer > 0
                ? $"{node} has no form in the ONNX operator set {request.Opset}: export it with operator set {newer} or newer."
                : $"{node} has no form in the ONNX operator set {request.Opset}: it can be run here but not exported.");
        }
    }
}
