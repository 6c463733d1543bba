using Microsoft.ML;
using Toolkit.Autograd.Files;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration;

/// <summary>Extends <see cref="MLContext"/> by ONNX models scored in batches.</summary>
public static class OnnxScoringCatalog
{
    /// <summary>Scores rows with an ONNX model, many at once. Load only models that you trust.</summary>
    /// <param name="context">The ML.NET context.</param>
    /// <param name="modelPath">The path of the .onnx file; read once, now, with the files beside it that hold its weights, if it has such.</param>
    /// <param name="options">Columns, batch size and provider; null for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static BatchOnnxEstimator ScoreOnnx(this MLContext context, string modelPath, ScoreOnnxOptions? options = null) =>
        File.Exists(modelPath)
            ? Estimator(context, Embedded(File.ReadAllBytes(modelPath), Path.GetDirectoryName(Path.GetFullPath(modelPath))), options)
            : throw new FileNotFoundException($"Expected an ONNX model at \"{modelPath}\", found no file.", modelPath);

    /// <summary>Scores rows with an ONNX model, many at once. Load only models that you trust.</summary>
    /// <param name="context">The ML.NET context.</param>
    /// <param name="model">The bytes of the .onnx file.</param>
    /// <param name="options">Columns, batch size and provider; null for the defaults.</param>
    public static BatchOnnxEstimator ScoreOnnx(this MLContext context, byte[] model, ScoreOnnxOptions? options = null) =>
        Estimator(context, Embedded(model, null), options);

    /// <summary>Scores rows with an ONNX model, many at once. Load only models that you trust.</summary>
    /// <param name="context">The ML.NET context.</param>
    /// <param name="model">The content of the .onnx file; read to its end, now, and left open.</param>
    /// <param name="options">Columns, batch size and provider; null for the defaults.</param>
    public static BatchOnnxEstimator ScoreOnnx(this MLContext context, Stream model, ScoreOnnxOptions? options = null)
    {
        using var copy = new MemoryStream();
        model.CopyTo(copy);
        return Estimator(context, Embedded(copy.ToArray(), null), options);
    }

    /// <summary>Scores rows with a model of the toolkit, for example a trained module, as it stands now; it is exported in memory, without a file.</summary>
    /// <param name="context">The ML.NET context.</param>
    /// <param name="model">The model; later changes of its parameters are not seen.</param>
    /// <param name="options">Columns, batch size and provider; null for the defaults.</param>
    /// <param name="export">How the model is written as ONNX; null for the defaults.</param>
    /// <exception cref="ExportException">An operation has no form in the operator set.</exception>
    public static BatchOnnxEstimator ScoreOnnx(
        this MLContext context, ISignatureSource model, ScoreOnnxOptions? options = null, OnnxExportOptions? export = null) =>
        new(context, OnnxExporter.Export(Explained(model.Inference, options), export), options ?? new ScoreOnnxOptions());

    /// <summary>
    /// Saves a pipeline like <c>mlContext.Model.Save</c>, but so that whoever reads the file finds the old content or the whole new one, also after a kill
    /// or on a full disk, where <c>Model.Save</c> leaves a part under the final name.
    /// </summary>
    /// <param name="context">The ML.NET context.</param>
    /// <param name="model">The pipeline.</param>
    /// <param name="inputSchema">The schema of its input; null for none.</param>
    /// <param name="path">The path of the .zip file.</param>
    /// <exception cref="IOException">The file could not be written; it is as it was before.</exception>
    public static void SaveAtomic(this MLContext context, ITransformer model, DataViewSchema? inputSchema, string path) =>
        AtomicFile.Write(path, stream =>
        {
            // ML.NET writes a zip back and forth; the file gets it in one go.
            using var whole = new MemoryStream();
            context.Model.Save(model, inputSchema, whole);
            whole.WriteTo(stream);
        });

    /// <summary>
    /// Loads a pipeline like <c>mlContext.Model.Load</c>, with every part that <c>ScoreOnnx</c> made scoring in batches again, by its saved column names and
    /// batch size. Other transformers stay as they are. Load only pipelines that you trust.
    /// </summary>
    /// <param name="context">The ML.NET context.</param>
    /// <param name="path">The path of the .zip file.</param>
    /// <param name="inputSchema">The schema that the pipeline was saved with; null if there was none.</param>
    /// <param name="serving">Provider and threads, which are not saved; null for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ScoringException">The file is no pipeline, or a damaged one, or of a type that the context's catalog does not have.</exception>
    public static ITransformer LoadBatched(this MLContext context, string path, out DataViewSchema? inputSchema, ServingOptions? serving = null)
    {
        using FileStream stream = File.OpenRead(path);
        try
        {
            ZipChecksums.Require(stream);
            ITransformer loaded = context.Model.Load(stream, out DataViewSchema? schema);
            inputSchema = schema;
            return BatchUpgrade.Of(context, loaded, schema, serving ?? new ServingOptions());
        }
        catch (Exception e) when (e is not (ToolkitException or OutOfMemoryException))
        {
            // ML.NET and the readers of zips below it have no exception of their own for a damaged file.
            throw new ScoringException($"Expected a pipeline that ML.NET has saved in \"{path}\", found something else: {e.GetBaseException().Message}", e);
        }
    }

    private static BatchOnnxEstimator Estimator(MLContext context, byte[] model, ScoreOnnxOptions? options)
    {
        // A file is only read where something is added to it, and then written as new as it may be.
        byte[] explained = options?.Attributions.Count > 0
            ? OnnxExporter.Export(Explained(OnnxModel.Load(model).Inference, options), new OnnxExportOptions { Opset = OnnxExportOptions.NewestOpset })
            : model;
        return new BatchOnnxEstimator(context, explained, options ?? new ScoreOnnxOptions());
    }

    private static Signature Explained(Signature signature, ScoreOnnxOptions? options) =>
        (options?.Attributions ?? []).Aggregate(signature, (extended, attribution) => attribution.AddTo(extended));

    private static byte[] Embedded(byte[] model, string? folder)
    {
        try
        {
            return ExternalTensors.Embed(model, folder);
        }
        catch (FormatException e)
        {
            throw new ScoringException(e.Message, e);
        }
    }
}
