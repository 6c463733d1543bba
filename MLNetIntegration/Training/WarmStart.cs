using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>Values that the parameters of a network begin with, by their names. The network must have the layers of the one that they come from.</summary>
public sealed class WarmStart
{
    private readonly IReadOnlyDictionary<string, Value> values;

    private WarmStart(IReadOnlyDictionary<string, Value> values) => this.values = values;

    /// <summary>The parameters of a trained network, such as <see cref="NeuralNetworkTransformer.Network"/>; later changes of it are not seen.</summary>
    /// <param name="network">The network.</param>
    public static WarmStart Of(Module network) =>
        new(network.Parameters.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal));

    /// <summary>The initializers of an .onnx file that the toolkit has written.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidOnnxModelException">The file is not an ONNX model.</exception>
    public static WarmStart OfOnnx(string path) => new(OnnxInitializers.Read(path));

    internal void CopyTo(Module network)
    {
        foreach (Parameter parameter in network.Parameters)
        {
            if (!values.TryGetValue(parameter.Name, out Value? value))
            {
                throw new TrainingException(
                    $"Expected a value of \"{parameter.Name}\" to start from, found {string.Join(", ", values.Keys.Select(k => $"\"{k}\""))}; a warm start "
                    + "needs a network with the same layers.");
            }

            if (value.DType != parameter.Value.DType || !value.Shape.Equals(parameter.Value.Shape))
            {
                throw new TrainingException(
                    $"Expected {parameter.Value.DType} {parameter.Value.Shape} for \"{parameter.Name}\" to start from, found {value.DType} {value.Shape}.");
            }

            parameter.Value = value;
        }
    }
}
