using Toolkit.Autograd.Graph;

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
        Forms.SelectMany(f => ReferenceEquals(f, Form) ? Inputs : f.Inputs!).OfType<OnnxInput.Argument>().Select(a => a.Index).Concat(Captured).Distinct();

    /// <summary>The positions of the arguments that bodies capture.</summary>
    public IEnumerable<int> Captured =>
        Form.Bodies.SelectMany(body => Enumerable.Range(body.Captured, body.Body.Inputs.Count - body.Own)).Distinct();

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
