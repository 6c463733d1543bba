using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Export;

/// <summary>A node of the engine together with the ONNX node that it becomes.</summary>
internal sealed record Step(Node Node, OnnxForm Form)
{
    /// <summary>The inputs of the ONNX node.</summary>
    public IReadOnlyList<OnnxInput> Inputs { get; } = Form.Inputs ?? [.. Node.Inputs.Select((_, i) => new OnnxInput.Argument(i))];
}

/// <summary>The nodes of a signature after operations without an ONNX form have been expanded into operations that have one.</summary>
internal sealed class FlatGraph
{
    private readonly int opset;
    private readonly List<Step> steps = [];
    private readonly HashSet<Node> visited = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Variable, Variable> expanded = new(ReferenceEqualityComparer.Instance);

    public FlatGraph(Signature signature, int opset)
    {
        this.opset = opset;
        foreach (Node node in signature.Nodes)
        {
            Visit(node);
        }

        IEnumerable<Variable> roots = signature.Outputs.Select(o => o.Variable).Concat(signature.Updates.Select(u => u.NewValue));
        Used = new HashSet<Variable>(steps.SelectMany(Arguments).Concat(roots.Select(Resolve)), ReferenceEqualityComparer.Instance);
    }

    /// <summary>The nodes to write, each after those that it needs.</summary>
    public IReadOnlyList<Step> Steps => steps;

    /// <summary>The variables that a node reads or that are results of the signature.</summary>
    public IReadOnlySet<Variable> Used { get; }

    /// <summary>The variable that is written in place of one: what its operation was expanded to, or itself.</summary>
    public Variable Resolve(Variable variable)
    {
        while (expanded.TryGetValue(variable, out Variable? other))
        {
            variable = other;
        }

        return variable;
    }

    private IEnumerable<Variable> Arguments(Step step) =>
        step.Inputs.OfType<OnnxInput.Argument>().Select(a => Resolve(step.Node.Inputs[a.Index]));

    private void Visit(Node node)
    {
        if (!visited.Add(node))
        {
            return;
        }

        Operation operation = node.Operation;
        TensorType[] inputs = [.. node.Inputs.Select(i => i.Type)];
        TensorType[] outputs = [.. node.Outputs.Select(o => o.Type)];
        if (operation.ToOnnx(new OnnxRequest(opset, inputs, outputs)) is { } form)
        {
            steps.Add(new Step(node, form));
            return;
        }

        IReadOnlyList<Variable> expansion = operation.Expand(node.Inputs)
            ?? throw new ExportException(
                $"{node} has no form in the ONNX operator set {opset}: it can be run here but not exported.");
        foreach (Node inner in TopologicalOrder.Of(expansion))
        {
            Visit(inner);
        }

        for (int i = 0; i < expansion.Count; i++)
        {
            expanded.Add(node.Outputs[i], expansion[i]);
        }
    }
}
