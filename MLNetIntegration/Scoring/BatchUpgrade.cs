using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Turns the chains that <see cref="StockPipeline"/> wrote back into batched transformers.</summary>
internal static class BatchUpgrade
{
    public static ITransformer Of(MLContext context, ITransformer transformer, DataViewSchema? schema, ServingOptions serving)
    {
        if (transformer is not IEnumerable<ITransformer> chain)
        {
            return transformer;
        }

        ITransformer[] parts = [.. chain];
        if (parts.OfType<OnnxTransformer>().FirstOrDefault() is { } stock && Upgraded(context, stock, schema, serving) is { } batched)
        {
            (transformer as IDisposable)?.Dispose();
            return batched;
        }

        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = Of(context, parts[i], schema, serving);
            schema = schema is null ? null : parts[i].GetOutputSchema(schema);
        }

        return new TransformerChain<ITransformer>(parts);
    }

    private static BatchOnnxTransformer? Upgraded(MLContext context, OnnxTransformer stock, DataViewSchema? schema, ServingOptions serving)
    {
        byte[] model = ModelOf(context, stock);
        OnnxSession session = OnnxSession.Load(model, BatchOnnxTransformer.ForBatches(serving));
        if (SavedOptions.From(session, serving) is not { } saved)
        {
            session.Dispose();
            return null;
        }

        var batched = new BatchOnnxTransformer(context, model, session, saved.Options, saved.Labels);
        if (schema is not null)
        {
            batched.Fit(schema);
        }

        return batched;
    }

    // The stock transformer shows its model only in what it saves: an entry of a length and the bytes of the .onnx file.
    private static byte[] ModelOf(MLContext context, OnnxTransformer stock)
    {
        using var saved = new MemoryStream();
        context.Model.Save(stock, null, saved);
        using var archive = new ZipArchive(saved, ZipArchiveMode.Read);
        ZipArchiveEntry entry = archive.Entries.FirstOrDefault(e => e.Name == "OnnxModel")
            ?? throw new ScoringException("Expected an entry \"OnnxModel\" in the saved pipeline, found none; was it written by another version of ML.NET?");
        using Stream content = entry.Open();
        Span<byte> length = stackalloc byte[sizeof(int)];
        content.ReadExactly(length);
        byte[] model = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        content.ReadExactly(model);
        return model;
    }
}
