using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Export;

/// <summary>A node of the engine together with the ONNX node that it becomes.</summary>
internal sealed record Step(Node Node, OnnxForm Form)
{
    /// <summary>The inputs of the ONNX node.</summary>
    public IReadOnlyList<OnnxInput> Inputs { get; } = Form.Inputs ?? [.. Enumerable.Range(0, Node.Inputs.Length).Select(i => new OnnxInput.Argument(i))];

    /// <summary>The ONNX nodes of the step: those of inputs that are computed, each once and before it is used, then the node itself.</summary>
    public IReadOnlyList<OnnxForm> Forms { get; } = FormsOf(Form);

    /// <summary>The positions of the arguments that the ONNX nodes read.</summary>
    public IEnumerable<int> Arguments =>
        Forms.SelectMany(f => ReferenceEquals(f, Form) ? Inputs : f.Inputs!).OfType<OnnxInput.Argument>().Select(a => a.Index).Distinct();

    private static List<OnnxForm> FormsOf(OnnxForm root)
    {
        var forms = new List<OnnxForm>();
        var visited = new HashSet<OnnxForm>(ReferenceEqualityComparer.Instance);
        Visit(root);
        return forms;

        void Visit(OnnxForm form)
        {
            if (!visited.Add(form))
            {
                return;
            }

            foreach (OnnxInput.Computed input in form.Inputs?.OfType<OnnxInput.Computed>() ?? [])
            {
                Visit(input.Form);
            }

            forms.Add(form);
        }
    }
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

    private IEnumerable<Variable> Arguments(Step step) => step.Arguments.Select(step.Node.Inputs.Optional).OfType<Variable>().Select(Resolve);

    private void Visit(Node node)
    {
        if (!visited.Add(node))
        {
            return;
        }

        Operation operation = node.Operation;
        TensorType[] outputs = [.. node.Outputs.Select(o => o.Type)];
        var request = new OnnxRequest(opset, node.InputTypes, outputs);
        if (operation.ToOnnx(request) is { } form)
        {
            steps.Add(new Step(node, form));
            return;
        }

        IReadOnlyList<Variable> expansion = operation.Expand(node.Inputs) ?? throw NoForm(node, request);
        foreach (Node inner in TopologicalOrder.Of(expansion))
        {
            Visit(inner);
        }

        for (int i = 0; i < expansion.Count; i++)
        {
            expanded.Add(node.Outputs[i], expansion[i]);
        }
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
