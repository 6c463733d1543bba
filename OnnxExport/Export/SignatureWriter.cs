using Toolkit.Autograd.Graph;
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
    private readonly IReadOnlySet<Parameter> required;
    private readonly ExternalData? external;
    private readonly List<WrittenUpdate> updates = [];
    private readonly GraphBuilder builder;
    private readonly FlatGraph flat;
    private readonly ValueTypes valueTypes;
    private readonly StepWriter steps;
    private readonly Dictionary<Variable, string> outputNames = new(ReferenceEqualityComparer.Instance);

    /// <summary>Prepares to write a signature.</summary>
    /// <param name="signature">The computation.</param>
    /// <param name="options">How to write it.</param>
    /// <param name="required">The parameters whose values the file does not hold: inputs that a caller must give.</param>
    /// <param name="external">Takes large parameters and constants; null where the file holds all.</param>
    /// <param name="shares">Whether the model has the memory of parameters and constants.</param>
    public SignatureWriter(Signature signature, OnnxExportOptions options, IReadOnlySet<Parameter> required, ExternalData? external, bool shares)
    {
        this.external = external;
        this.signature = signature;
        this.options = options;
        this.required = required;
        valueTypes = new ValueTypes(signature.Inputs);
        builder = new GraphBuilder(options.IncludeValueInfo ? valueTypes : null, external: external, shares: shares);
        flat = new FlatGraph(signature, options.Opset);
        var shapes = new ShapeWriter(builder, [.. signature.Inputs.Select(input => (input.Name!, input.Shape))]);
        steps = new StepWriter(builder, shapes, new FormTypes(options.Opset), valueTypes, options);
    }

    /// <summary>The updates, in their order; there once the graph is written.</summary>
    public IReadOnlyList<WrittenUpdate> Updates => updates;

    public GraphProto Write()
    {
        RequireSize();
        builder.Graph.Name = options.GraphName ?? signature.Name;
        foreach (Variable input in signature.Inputs)
        {
            steps.Add(input, builder.Reserve(input.Name!));
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

        steps.Write(flat, outputNames);
        foreach ((string name, Variable variable) in outputs)
        {
            // An input, a parameter or a constant, or a variable that is an output already.
            if (steps.Find(variable) != name)
            {
                builder.Add("Identity", [steps.NameOf(variable)], [new Result(variable.Type, name)]);
            }

            builder.Graph.Output.Add(valueTypes.ToProto(name, variable.Type, Description(name)));
        }

        return builder.Complete();
    }

    /// <summary>Parameters keep their names; those that an update changes are inputs too, in the order of the updates, then those that a caller must give.</summary>
    private void WriteParameters()
    {
        HashSet<Parameter> updated = [.. signature.Updates.Select(u => u.Parameter)];
        Parameter[] written = [.. signature.Parameters.Where(p => updated.Contains(p) || flat.Used.Contains(p.Variable))];
        foreach (Parameter parameter in written)
        {
            string name = builder.Reserve(parameter.Name);
            steps.Add(parameter.Variable, name);
            if (!required.Contains(parameter))
                builder.AddInitializer(parameter.Value, name);
        }

        foreach (Parameter parameter in signature.Updates.Select(u => u.Parameter).Concat(written.Where(p => required.Contains(p) && !updated.Contains(p))))
        {
            string name = steps.NameOf(parameter.Variable);
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
            string name = steps.NameOf(update.Parameter.Variable), newName = builder.Reserve($"{name}_out");
            updates.Add(new WrittenUpdate(name, newName, update.Parameter.Role));
            yield return (newName, newValue);
        }
    }

    private string Description(string name) => options.ValueDescriptions.GetValueOrDefault(name, string.Empty);

    private void RequireSize()
    {
        long bytes = signature.Parameters.Select(p => p.Value).Concat(flat.Used.Select(v => v.Constant).OfType<Value>()).Where(v => external?.Takes(v) != true).Sum(v => v.ByteCount);
        if (bytes > int.MaxValue - ReservedBytes)
        {
            throw new ExportException(
                $"Expected parameters and constants of at most {int.MaxValue - ReservedBytes} bytes, the limit of an .onnx file, found {bytes}: with {nameof(OnnxExportOptions.ExternalDataThreshold)} large ones are written to a file beside the model.");
        }
    }
}
