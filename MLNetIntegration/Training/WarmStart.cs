using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Import;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>
/// What a network begins with: a copy of the parameters of another one, by their names, and of all that gives them their meaning: the standardization of the
/// features, that of the label, and the order of the classes. Nothing of it is measured anew. The network must have the layers of the one that they come from;
/// what cannot be kept is refused.
/// </summary>
public sealed class WarmStart
{
    private readonly IReadOnlyDictionary<string, Value> values;
    private readonly bool complete;

    private WarmStart(IReadOnlyDictionary<string, Value> values, bool complete, NetworkMeaning? meaning)
    {
        this.values = values;
        this.complete = complete;
        Meaning = meaning;
    }

    /// <summary>What the numbers mean, where that is known: of networks that were trained in ML.NET.</summary>
    internal NetworkMeaning? Meaning { get; }

    /// <summary>How the label was scaled; not at all for a network that was not trained in ML.NET.</summary>
    internal LabelScale Scale => Meaning?.Scale ?? LabelScale.None;

    /// <summary>The parameters of a trained network, such as <see cref="NeuralNetworkTransformer.Network"/>, as they are now; later changes of it are not seen. A
    /// network that was not trained in ML.NET is taken to see features and labels as they come, and classes in the order of the keys.</summary>
    /// <param name="network">The network.</param>
    public static WarmStart Of(Model network) => new(
        network.Parameters.ToDictionary(p => p.Name, p => p.Value.Clone(), StringComparer.Ordinal), complete: true, (network as IMeaningful)?.Meaning);

    /// <summary>The parameters in an .onnx file of <see cref="NeuralNetworkTransformer.Inference"/>, or of another network that the toolkit has written, which is taken
    /// as <see cref="Of"/> takes it.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidOnnxModelException">The file is not an ONNX model.</exception>
    public static WarmStart OfOnnx(string path) =>
        new(OnnxInitializers.Read(path), complete: false, NetworkMeaning.Of(OnnxInitializers.ReadMetadata(path)));

    /// <exception cref="TrainingException">A parameter is missing, left over, of another shape, or not finite.</exception>
    internal void CopyTo(Model network)
    {
        IReadOnlyList<Parameter> parameters = network.Parameters;
        foreach (Parameter parameter in parameters)
        {
            if (!values.TryGetValue(parameter.Name, out Value? value))
            {
                throw new TrainingException(
                    $"Expected a value of \"{parameter.Name}\" to start from, found {string.Join(", ", values.Keys.Select(k => $"\"{k}\""))}; a warm start "
                    + $"needs a network with the same layers, and {nameof(TrainingOptions.Standardize)} and {nameof(TrainingOptions.MissingFeatures)} as they were.");
            }

            if (value.DType != parameter.Value.DType || !value.Shape.Equals(parameter.Value.Shape))
            {
                throw new TrainingException(
                    $"Expected {parameter.Value.DType} {parameter.Value.Shape} for \"{parameter.Name}\" to start from, found {value.DType} {value.Shape}.");
            }

            if (value.DType.IsFloating() && Enumerable.Range(0, value.Count).Any(i => !double.IsFinite(value[i])))
            {
                throw new TrainingException($"Expected finite numbers for \"{parameter.Name}\" to start from, found NaN or infinity.");
            }
        }

        // A file has constants beside its parameters; of a network everything must find its place.
        string[] left = [.. values.Keys.Except(parameters.Select(p => p.Name), StringComparer.Ordinal).Where(n => complete || Standardization.Owns(n))];
        if (left.Length > 0)
        {
            throw new TrainingException(
                $"Expected a network with all that a warm start gives, found no place for {string.Join(", ", left.Select(n => $"\"{n}\""))}: it needs the same layers, and "
                + $"{nameof(TrainingOptions.Standardize)} and {nameof(TrainingOptions.MissingFeatures)} as they were.");
        }

        foreach (Parameter parameter in parameters)
        {
            parameter.Value = values[parameter.Name];
        }
    }
}
