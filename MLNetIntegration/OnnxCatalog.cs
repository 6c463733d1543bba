using Microsoft.ML;
using Toolkit.MLNetIntegration.Scoring;

namespace Toolkit.MLNetIntegration;

/// <summary>Extends <see cref="MLContext"/> by ONNX models scored in batches.</summary>
public static class OnnxCatalog
{
    /// <summary>Scores rows with an ONNX model, many at once. Load only models that you trust.</summary>
    /// <param name="context">The ML.NET context.</param>
    /// <param name="modelPath">The path of the .onnx file; read once, now.</param>
    /// <param name="options">Columns, batch size and provider; null for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static BatchOnnxEstimator ScoreOnnx(this MLContext context, string modelPath, ScoreOnnxOptions? options = null) =>
        File.Exists(modelPath)
            ? new BatchOnnxEstimator(context, File.ReadAllBytes(modelPath), options ?? new ScoreOnnxOptions())
            : throw new FileNotFoundException($"Expected an ONNX model at \"{modelPath}\", found no file.", modelPath);

    /// <summary>Scores rows with an ONNX model, many at once. Load only models that you trust.</summary>
    /// <param name="context">The ML.NET context.</param>
    /// <param name="model">The bytes of the .onnx file.</param>
    /// <param name="options">Columns, batch size and provider; null for the defaults.</param>
    public static BatchOnnxEstimator ScoreOnnx(this MLContext context, byte[] model, ScoreOnnxOptions? options = null) =>
        new(context, model, options ?? new ScoreOnnxOptions());
}
