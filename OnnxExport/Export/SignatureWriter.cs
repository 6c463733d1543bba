using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Export;

/// <summary>Writes a signature as a graph of the format.</summary>
internal sealed class SignatureWriter
{
    // What a file may hold beside its parameters: the format is limited to 2 GiB in all.
    private const long ReservedBytes = 64L << 20;

    private readonly Signature signature;
    private readonly OnnxExportOptions options;
    private readonly GraphBuilder builder;
    private readonly FlatGraph flat;
    private readonly ShapeWriter shapes;
    private readonly FormTypes types;
    private readonly ValueTypes valueTypes;
    private readonly Dictionary<Variable, string> names = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Variable, string> outputNames = new(ReferenceEqualityComparer.Instance);

    public SignatureWriter(Signature signature, OnnxExportOptions options)
    {
        this.signature = signature;
        this.options = options;
        valueTypes = new ValueTypes(signature.Inputs);
        builder = new GraphBuilder(options.IncludeValueInfo ? valueTypes : null);
        flat = new FlatGraph(signature, options.Opset);
        shapes = new ShapeWriter(builder, signature.Inputs);
        types = new FormTypes(options.Opset);
    }

    public GraphProto Write()
    {
        RequireSize();
        builder.Graph.Name = options.GraphName ?? signature.Name;
        foreach (Variable input in signature.Inputs)
        {
            names.Add(input, builder.Reserve(input.Name!));
            builder.Graph.Input.Add(valueTypes.ToProto(input.Name!, input.Type, Description(input.Name!)));
        }

        foreach (Output output in signature.Outputs)
        {
            builder.Reserve(output.Name);
        }

        WriteParameters();
        (string Name, Variable Variable)[] outputs = [.. Outputs()];
        foreach ((string name, Variable variable) in outputs.Where(o => o.Variable.Producer is not null))
        {
            outputNames.TryAdd(variable, name);
        }

        foreach (Step step in flat.Steps)
        {
            Write(step);
        }

        foreach ((string name, Variable variable) in outputs)
        {
            // An input, a parameter or a constant, or a variable that is an output already.
            if (names.GetValueOrDefault(variable) != name)
            {
                builder.Add("Identity", [NameOf(variable)], [new Result(variable.Type, name)]);
            }

            builder.Graph.Output.Add(valueTypes.ToProto(name, variable.Type, Description(name)));
        }

        return builder.Complete();
    }

    /// <summary>Parameters keep their names; those that an update changes are inputs too, in the order of the updates.</summary>
    private void WriteParameters()
    {
        Parameter[] updated = [.. signature.Updates.Select(u => u.Parameter)];
        foreach (Parameter parameter in signature.Parameters.Where(p => updated.Contains(p) || flat.Used.Contains(p.Variable)))
        {
            string name = builder.Reserve(parameter.Name);
            names.Add(parameter.Variable, name);
            builder.AddInitializer(parameter.Value, name);
        }

        foreach (Parameter parameter in updated)
        {
            string name = names[parameter.Variable];
            builder.Graph.Input.Add(valueTypes.ToProto(name, parameter.Variable.Type, Description(name)));
        }
    }

    private IEnumerable<(string Name, Variable Variable)> Outputs()
    {
        foreach ((Output output, Variable variable) in signature.Outputs.Zip(flat.Outputs))
        {
            yield return (output.Name, variable);
        }

        foreach ((Update update, Variable newValue) in signature.Updates.Zip(flat.NewValues))
        {
            yield return (builder.Reserve($"{names[update.Parameter.Variable]}_out"), newValue);
        }
    }

    private void Write(Step step)
    {
        Node node = step.Node;
        var computed = new Dictionary<OnnxForm, string>(ReferenceEqualityComparer.Instance);
        foreach (OnnxForm form in step.Forms.SkipLast(1))
        {
            computed.Add(form, builder.Add(
                form.Operator,
                [.. form.Inputs!.Select(i => NameOf(i, node, computed))],
                [new Result(options.IncludeValueInfo ? types.Of(form, node) : null)],
                form.Attributes.Select(AttributeConversion.ToProto))[0]);
        }

        string[] inputs = [.. step.Inputs.Select(i => NameOf(i, node, computed))];
        var results = new Result[node.Outputs.Count];
        for (int i = 0; i < results.Length; i++)
        {
            Variable output = node.Outputs[i];
            results[i] = new Result(output.Type, outputNames.GetValueOrDefault(output), flat.Used.Contains(output) || !MayDrop(step.Form, i));
        }

        string[] written = builder.Add(step.Form.Operator, inputs, results, step.Form.Attributes.Select(AttributeConversion.ToProto), node.Origin);
        for (int i = 0; i < results.Length; i++)
        {
            names.Add(node.Outputs[i], written[i]);
        }
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

    private string NameOf(Variable variable) => variable.Constant is { } value ? builder.Constant(value) : names[variable];

    private string Description(string name) => options.ValueDescriptions.GetValueOrDefault(name, string.Empty);

    private void RequireSize()
    {
        long bytes = signature.Parameters.Sum(p => p.Value.ByteCount)
            + flat.Used.Where(v => v.Constant is not null).Sum(v => v.Constant!.ByteCount);
        if (bytes > int.MaxValue - ReservedBytes)
        {
            throw new ExportException(
                $"Expected parameters and constants of at most {int.MaxValue - ReservedBytes} bytes, the limit of an .onnx file, found {bytes}.");
        }
    }
}
