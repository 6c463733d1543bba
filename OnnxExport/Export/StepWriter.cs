using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Schema;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Export;

/// <summary>Writes the nodes of one graph: of a model, or of a body within it.</summary>
/// <param name="builder">Where nodes and constants go.</param>
/// <param name="shapes">Writes shapes.</param>
/// <param name="types">Finds the types of nodes between those of the engine.</param>
/// <param name="valueTypes">Writes types.</param>
/// <param name="options">How to write.</param>
internal sealed class StepWriter(GraphBuilder builder, ShapeWriter shapes, FormTypes types, ValueTypes valueTypes, OnnxExportOptions options)
{
    private readonly Dictionary<Variable, string> names = new(ReferenceEqualityComparer.Instance);

    /// <summary>Gives a variable a name, or the mark of one.</summary>
    public void Add(Variable variable, string name) => names.Add(variable, name);

    /// <summary>The name of a variable or its mark; a constant is written for it.</summary>
    public string NameOf(Variable variable) => variable.Constant is { } value ? builder.Constant(value) : names[variable];

    /// <summary>The name that a variable has been given; null if none.</summary>
    public string? Find(Variable variable) => names.GetValueOrDefault(variable);

    /// <summary>Writes nodes.</summary>
    /// <param name="flat">The graph.</param>
    /// <param name="outputNames">The names that results must have.</param>
    public void Write(FlatGraph flat, IReadOnlyDictionary<Variable, string> outputNames)
    {
        foreach (Step step in flat.Steps)
            Write(step, flat.Used, outputNames);
    }

    private void Write(Step step, IReadOnlySet<Variable> used, IReadOnlyDictionary<Variable, string> outputNames)
    {
        Node node = step.Node;
        var computed = new Dictionary<OnnxForm, string>(ReferenceEqualityComparer.Instance);
        foreach (OnnxForm form in step.Forms.SkipLast(1))
        {
            computed.Add(form, builder.Add(
                form.Operator,
                [.. form.Inputs!.Select(i => NameOf(i, node, computed))],
                [new Result(options.IncludeValueInfo ? types.Of(form, node) : null)],
                form.Attributes.Select(AttributeConversion.ToProto),
                domain: form.Domain)[0]);
        }

        string[] inputs = [.. step.Inputs.Select(i => NameOf(i, node, computed))];
        var results = new Result[step.Form.Results ?? node.Outputs.Count];
        for (int i = 0; i < results.Length; i++)
        {
            Variable output = node.Outputs[i];
            results[i] = new Result(output.Type, outputNames.GetValueOrDefault(output), used.Contains(output) || !MayDrop(step.Form, i));
        }

        IEnumerable<AttributeProto> attributes = step.Form.Attributes.Select(AttributeConversion.ToProto);
        string[] written = step.Form.Bodies.Count == 0
            ? builder.Add(step.Form.Operator, inputs, results, attributes, node.Origin, domain: step.Form.Domain)
            : builder.Add(
                step.Form.Operator,
                inputs,
                step.Captured.Select(position => NameOf(node.Inputs[position])),
                results,
                attributes,
                [.. step.Form.Bodies.Select(body => (body.Name, (Func<GraphProto>)(() => Write(body, node))))],
                node.Origin);
        for (int i = 0; i < results.Length; i++)
            names.Add(node.Outputs[i], written[i]);
    }

    /// <summary>Writes the graph of a body. What it captures has the name of the graph around.</summary>
    private GraphProto Write(OnnxBody body, Node node)
    {
        var inner = new GraphBuilder(options.IncludeValueInfo ? valueTypes : null, builder);
        inner.Graph.Name = body.Name;
        IReadOnlyList<Variable> inputs = body.Body.Inputs;
        string[] given = [.. inputs.Select((input, i) => i < body.Own ? builder.Number($"{body.Name}_input") : NameOf(node.Inputs[body.Captured + i - body.Own]))];
        var writer = new StepWriter(inner, new ShapeWriter(inner, [.. given.Zip(inputs).Select(pair => (pair.First, pair.Second.Shape)), .. shapes.Inputs]), types, valueTypes, options);
        for (int i = 0; i < given.Length; i++)
        {
            writer.Add(inputs[i], given[i]);
            if (i < body.Own)
                inner.Graph.Input.Add(valueTypes.ToProto(given[i], inputs[i].Type));
        }

        writer.Write(new FlatGraph(body.Body, options.Opset), new Dictionary<Variable, string>());
        var seen = new HashSet<Variable>(inputs, ReferenceEqualityComparer.Instance);
        foreach (Variable output in body.Body.Outputs)
        {
            // An output is the result of a node of the body, each of another.
            string name = writer.NameOf(output);
            bool isOwn = output.Constant is null && seen.Add(output);
            inner.Graph.Output.Add(valueTypes.ToProto(isOwn ? name : inner.Add("Identity", [name], [new Result(output.Type)], merge: false)[0], output.Type));
        }

        return inner.Complete();
    }

    /// <summary>Whether a result may be left out; of operators with any number of results each one counts.</summary>
    private bool MayDrop(OnnxForm form, int position) =>
        StandardOperators.Find(string.Empty, form.Operator, options.Opset) is { Outputs: var outputs }
        && !outputs[^1].IsVariadic
        && position < outputs.Count
        && outputs[position].IsOptional;

    private string NameOf(OnnxInput input, Node node, Dictionary<OnnxForm, string> computed) => input switch
    {
        OnnxInput.Computed result => computed[result.Form],
        OnnxInput.Argument argument => node.Inputs.Optional(argument.Index) is { } variable ? NameOf(variable) : string.Empty,
        OnnxInput.Constant constant => builder.Constant(constant.Value),
        OnnxInput.Dimensions dimensions => shapes.Vector(dimensions.Shape),
        _ => throw new ExportException($"Expected an input of a known kind for {node}, found {input}."),
    };
}
