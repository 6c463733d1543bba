using Toolkit.Autograd.Graph;

namespace Toolkit.OnnxExport.Export;

/// <summary>A signature as it is written: operations without an ONNX form are expanded into operations that have one, and equal nodes are one.</summary>
internal sealed class FlatGraph
{
    public FlatGraph(Signature signature, int opset)
    {
        Signature flat = new Merging().Apply(new Expansion(opset).Apply(signature));
        Outputs = [.. flat.Outputs.Select(o => o.Variable)];
        NewValues = [.. flat.Updates.Select(u => u.NewValue)];
        Steps = [.. flat.Nodes.Select(node => new Step(node, node.Operation.ToOnnx(Expansion.Request(node, node.Inputs, opset))!))];
        var types = new WrittenTypes(opset);
        foreach (Step step in Steps)
        {
            types.Require(step);
        }

        Used = new HashSet<Variable>(
            Steps.SelectMany(s => s.Arguments.Select(s.Node.Inputs.Optional).OfType<Variable>()).Concat(Outputs).Concat(NewValues),
            ReferenceEqualityComparer.Instance);
    }

    /// <summary>The nodes to write, each after those that it needs.</summary>
    public IReadOnlyList<Step> Steps { get; }

    /// <summary>The results, in the order of the signature.</summary>
    public IReadOnlyList<Variable> Outputs { get; }

    /// <summary>The new values of parameters, in the order of the signature's updates.</summary>
    public IReadOnlyList<Variable> NewValues { get; }

    /// <summary>The variables that a node reads or that are results of the signature.</summary>
    public IReadOnlySet<Variable> Used { get; }

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
            int newer = Enumerable.Range(request.Opset + 1, OnnxExportOptions.NewestOpset - request.Opset)
                .FirstOrDefault(opset => node.Operation.ToOnnx(request with { Opset = opset }) is not null);
            return new ExportException(newer > 0
                ? $"{node} has no form in the ONNX operator set {request.Opset}: export it with operator set {newer} or newer."
                : $"{node} has no form in the ONNX operator set {request.Opset}: it can be run here but not exported.");
        }
    }
}
