using Microsoft.ML;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Texts;
using Toolkit.MLNetIntegration.Conversion;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.OnnxExport.Export;

namespace Toolkit.MLNetIntegration;

/// <summary>
/// Writes whole pipelines with networks as ONNX. The methods have the name and the order of arguments of ML.NET's own, which passes over what is not ML.NET's without a word, and C# prefers them wherever the transformer or the
/// stream has a more exact static type than <see cref="ITransformer"/> and <see cref="Stream"/>, such as <c>TransformerChain&lt;…&gt;</c>, <see cref="FileStream"/> or <see cref="MemoryStream"/>.
/// Of pipelines without a network they call ML.NET's.
/// </summary>
public static class OnnxConversionCatalog
{
    /// <summary>Writes a fitted pipeline as one ONNX model: what stands before a network, the network, and what stands behind it. An input of shape [batch, n] for each column of the data that is needed, under its name; keys are their
    /// numbers, from 1, and 0 where missing. An output "Name.output" of shape [batch, n] for each column that the networks and what stands behind them add. The operator set is 17, or 20 where texts are cut into words.</summary>
    /// <typeparam name="TTransformer">The static type of the pipeline.</typeparam>
    /// <typeparam name="TStream">The static type of the stream.</typeparam>
    /// <param name="catalog">The catalog, <c>mlContext.Model</c>.</param>
    /// <param name="transform">The pipeline; without a network ML.NET's own exporter writes it in its own form.</param>
    /// <param name="inputData">Data with the columns that the pipeline reads. Of a pipeline with a network no rows are read.</param>
    /// <param name="stream">Takes the file.</param>
    /// <exception cref="ScoringException">A transformer that an output needs cannot be written; says which, and what to do.</exception>
    /// <exception cref="ExportException">The whole cannot be written in the operator set.</exception>
    public static void ConvertToOnnx<TTransformer, TStream>(this ModelOperationsCatalog catalog, TTransformer transform, IDataView inputData, TStream stream)
        where TTransformer : ITransformer
        where TStream : Stream
    {
        if (PipelineGraph.IsNeeded(transform))
            Write(PipelineGraph.Of(catalog, transform, inputData.Schema, []), null, stream);
        else
            OnnxExportExtensions.ConvertToOnnx(catalog, transform, inputData, stream);
    }

    /// <summary>The same in an operator set of choice.</summary>
    /// <typeparam name="TTransformer">The static type of the pipeline.</typeparam>
    /// <typeparam name="TStream">The static type of the stream.</typeparam>
    /// <param name="catalog">The catalog, <c>mlContext.Model</c>.</param>
    /// <param name="transform">The pipeline; without a network ML.NET's own exporter writes it in its own form.</param>
    /// <param name="inputData">Data with the columns that the pipeline reads.</param>
    /// <param name="opSetVersion">The version of the standard operator set: of a pipeline with a network <see cref="OnnxExportOptions.OldestOpset"/> to <see cref="OnnxExportOptions.NewestOpset"/>, of others what ML.NET's exporter takes.</param>
    /// <param name="stream">Takes the file.</param>
    /// <exception cref="ScoringException">A transformer that an output needs cannot be written; says which, and what to do.</exception>
    /// <exception cref="ExportException">The whole cannot be written in the operator set.</exception>
    public static void ConvertToOnnx<TTransformer, TStream>(this ModelOperationsCatalog catalog, TTransformer transform, IDataView inputData, int opSetVersion, TStream stream)
        where TTransformer : ITransformer
        where TStream : Stream
    {
        if (PipelineGraph.IsNeeded(transform))
            Write(PipelineGraph.Of(catalog, transform, inputData.Schema, []), opSetVersion, stream);
        else
            OnnxExportExtensions.ConvertToOnnx(catalog, transform, inputData, opSetVersion, stream);
    }

    /// <summary>The same with outputs of choice.</summary>
    /// <typeparam name="TTransformer">The static type of the pipeline.</typeparam>
    /// <typeparam name="TStream">The static type of the stream.</typeparam>
    /// <param name="catalog">The catalog, <c>mlContext.Model</c>.</param>
    /// <param name="transform">The pipeline; without a network ML.NET's own exporter writes it in its own form.</param>
    /// <param name="inputData">Data with the columns that the pipeline reads.</param>
    /// <param name="stream">Takes the file.</param>
    /// <param name="outputColumns">The columns that become outputs, also such as the data have; none for those of the other overloads.</param>
    /// <exception cref="ScoringException">There is no column of a name, or a transformer that one needs cannot be written.</exception>
    /// <exception cref="ExportException">The whole cannot be written.</exception>
    public static void ConvertToOnnx<TTransformer, TStream>(this ModelOperationsCatalog catalog, TTransformer transform, IDataView inputData, TStream stream, params string[] outputColumns)
        where TTransformer : ITransformer
        where TStream : Stream
    {
        if (PipelineGraph.IsNeeded(transform))
            Write(PipelineGraph.Of(catalog, transform, inputData.Schema, outputColumns), null, stream);
        else
            OnnxExportExtensions.ConvertToOnnx(catalog, transform, inputData, stream, outputColumns);
    }

    private static void Write(Signature whole, int? opset, Stream stream)
    {
        // Texts are cut by operators that the standard has from 20 on, and compared in it from 19 on.
        int needed = whole.Nodes.Any(node => node.Operation is StringSplit or StringConcat or Tokenizer) ? 20 : new OnnxExportOptions().Opset;
        stream.Write(OnnxExporter.Export(whole, new OnnxExportOptions { Opset = opset ?? needed }));
    }
}
