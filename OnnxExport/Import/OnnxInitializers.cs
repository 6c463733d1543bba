using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Import;

/// <summary>Reads the numbers that an ONNX model carries, its weights, and what it says of itself.</summary>
public static class OnnxInitializers
{
    /// <summary>The initializers of the main graph by name. Those of element types that the engine does not have, and those kept in external data, are left
    /// out.</summary>
    /// <param name="path">The .onnx file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidOnnxModelException">It is not a valid ONNX model.</exception>
    public static IReadOnlyDictionary<string, Value> Read(string path)
    {
        return ModelCheck.Read(ModelCheck.ReadFile(path), Path.GetFileName(path)).Graph.Initializer
            .Where(t => t.DataLocation == TensorProto.Types.DataLocation.Default && Enum.GetValues<DType>().Any(d => (int)d.ToDataType() == t.DataType))
            .ToDictionary(t => t.Name, TensorConversion.ToValue, StringComparer.Ordinal);
    }

    /// <summary>The metadata of the model by key (ONNX metadata_props).</summary>
    /// <param name="path">The .onnx file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidOnnxModelException">It is not a valid ONNX model.</exception>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        byte[] bytes = ModelCheck.ReadFile(path);
        ModelCheck.Require(bytes);
        return ModelProto.Parser.ParseFrom(bytes).MetadataProps.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
    }
}
