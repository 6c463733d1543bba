using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Import;

/// <summary>Decides what the initializers and the nodes <c>Constant</c> of a graph are, parameters or constants, and reads each when it is first needed.</summary>
internal sealed class InitializerReader
{
    private const string NewValue = "_out";

    private readonly Dictionary<string, TensorProto> tensors;
    private readonly HashSet<string> updated;
    private readonly Dictionary<string, Parameter> parameters = new(StringComparer.Ordinal);
    private readonly string? folder;
    private readonly IReadOnlyDictionary<string, ParameterRole> roles;

    /// <summary>Prepares to read the initializers of a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="folder">Where external data lie.</param>
    /// <param name="roles">What the metadata of the file say that parameters are for.</param>
    public InitializerReader(GraphProto graph, string? folder, IReadOnlyDictionary<string, ParameterRole> roles)
    {
        this.roles = roles;
        this.folder = folder;
        tensors = graph.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        HashSet<string> outputs = [.. graph.Output.Select(output => output.Name)];
        updated = [.. graph.Input.Select(input => input.Name).Where(name => tensors.ContainsKey(name) && outputs.Contains(name + NewValue))];
    }

    public bool Has(string name) => tensors.ContainsKey(name);

    /// <summary>The parameter whose new value an output is; null if it is none.</summary>
    public Parameter? UpdatedBy(string output)
    {
        string name = output.EndsWith(NewValue, StringComparison.Ordinal) ? output[..^NewValue.Length] : string.Empty;
        return updated.Contains(name) ? ParameterOf(name, ParameterRole.State) : null;
    }

    /// <summary>The parameter or constant.</summary>
    /// <param name="name">The initializer.</param>
    /// <param name="reader">The node that reads it first; null for an output of the graph.</param>
    /// <param name="input">Where it stands among the inputs of that node.</param>
    public Variable Read(string name, NodeProto? reader, int input)
    {
        TensorProto tensor = tensors[name];
        bool isFloating = TensorConversion.ToDType(tensor.DataType).IsFloating();
        return updated.Contains(name) || roles.ContainsKey(name) || (isFloating && IsLearnable(tensor.Dims.Count, reader, input))
            ? ParameterOf(name, isFloating ? Role(tensor.Dims.Count(size => size > 1), reader, input) : ParameterRole.State).Variable
            : Variable.Of(ExternalTensor.Read(tensor, folder));
    }

    /// <summary>The parameter or constant of a node <c>Constant</c>.</summary>
    /// <param name="name">The result of the node.</param>
    /// <param name="value">Its numbers.</param>
    /// <param name="reader">The node that reads it first; null for an output of the graph.</param>
    /// <param name="input">Where it stands among the inputs of that node.</param>
    public static Variable Read(string name, Value value, NodeProto? reader, int input) => value.DType.IsFloating() && IsLearnable(value.Rank, reader, input)
        ? new Parameter(name, value, Role(value.Sizes.ToArray().Count(size => size > 1), reader, input)).Variable
        : Variable.Of(value);

    private static bool IsLearnable(int rank, NodeProto? reader, int input) => rank > 0 && reader is not null && (IsDifferentiable(reader.OpType, input) || IsScaleOrBias(reader.OpType, input));

    /// <summary>Weights of operators of which the standard does not say what is differentiable.</summary>
    private static bool IsScaleOrBias(string op, int input) => (op, input) is ("LayerNormalization", 1 or 2) or ("RMSNormalization", 1);

    private Parameter ParameterOf(string name, ParameterRole role)
    {
        if (!parameters.TryGetValue(name, out Parameter? parameter))
            parameters.Add(name, parameter = new Parameter(name, ExternalTensor.Read(tensors[name], folder), roles.GetValueOrDefault(name, role)));
        return parameter;
    }

    /// <summary>What the newest version of the standard says of the input, since the oldest ones are silent.</summary>
    private static bool IsDifferentiable(string op, int input) =>
        StandardOperators.Find("", op, StandardOperators.NewestVersion)?.Inputs is not { Count: > 0 } inputs
        || inputs[Math.Min(input, inputs.Count - 1)].IsDifferentiable == true;

    private static ParameterRole Role(int longAxes, NodeProto? reader, int input) => (reader?.OpType, input) switch
    {
        (null, _) => ParameterRole.State,
        ("BatchNormalization" or "GroupNormalization" or "InstanceNormalization" or "LayerNormalization" or "RMSNormalization", 1) => ParameterRole.Scale,
        ("BatchNormalization", 3 or 4) => ParameterRole.State,
        _ => longAxes > 1 ? ParameterRole.Weight : ParameterRole.Bias,
    };
}
