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
    private const string ModelEntry = "OnnxModel";

    /// <summary>The transformer, or, of a chain, one whose parts follow each other without chains inside, so that a part is easily found.</summary>
    public static ITransformer Of(MLContext context, ITransformer transformer, DataViewSchema? schema, ServingOptions serving)
    {
        if (transformer is not IEnumerable<ITransformer>)
        {
            return transformer;
        }

        // Parts in their order, null in the place of a tokenizer, which the model behind it knows.
        var parts = new List<ITransformer?>();
        Add(parts, context, transformer, serving);
        var tokens = new Queue<TokenColumn>(parts.OfType<BatchOnnxTransformer>().SelectMany(model => model.Tokens));
        int places = parts.Count(part => part is null);
        if (places != tokens.Count)
        {
            throw new ScoringException($"Expected as many tokenizers as places for them in the saved pipeline, found {tokens.Count} and {places}.");
        }

        ITransformer[] all = [.. parts.Select(part => part ?? new TokenTransformer(tokens.Dequeue()))];
        foreach (ITransformer part in all)
        {
            if (schema is not null && part is BatchOnnxTransformer model)
            {
                model.Fit(schema);
            }

            schema = schema is null ? null : part.GetOutputSchema(schema);
        }

        return new TransformerChain<ITransformer>(all);
    }

    private static void Add(List<ITransformer?> parts, MLContext context, ITransformer transformer, ServingOptions serving)
    {
        if (TokenTransformer.IsPlace(transformer))
        {
            parts.Add(null);
        }
        else if (transformer is not IEnumerable<ITransformer> chain)
        {
            parts.Add(transformer);
        }
        else if (chain.OfType<OnnxTransformer>().FirstOrDefault() is { } stock && Upgraded(context, stock, serving) is { } batched)
        {
            (transformer as IDisposable)?.Dispose();
            parts.Add(batched);
        }
        else
        {
            foreach (ITransformer part in chain)
            {
                Add(parts, context, part, serving);
            }
        }
    }

    private static BatchOnnxTransformer? Upgraded(MLContext context, OnnxTransformer stock, ServingOptions serving)
    {
        byte[] model = ModelOf(context, stock);
        OnnxSession session = OnnxSession.Load(model, BatchOnnxTransformer.ForBatches(serving));
        try
        {
            if (SavedOptions.From(session, serving) is { } saved)
            {
                return new BatchOnnxTransformer(context, model, session, saved.Options, saved.Labels);
            }
        }
        catch
        {
            session.Dispose();
            throw;
        }

        session.Dispose();
        return null;
    }

    // The stock transformer shows its model only in what it saves: an entry of a length and the bytes of the .onnx file.
    private static byte[] ModelOf(MLContext context, OnnxTransformer stock)
    {
        using var saved = new MemoryStream();
        context.Model.Save(stock, null, saved);
        return ModelIn(saved);
    }

    /// <summary>The .onnx file in a zip that a stock transformer has saved.</summary>
    /// <exception cref="ScoringException">There is none, or its length is not what the entry says.</exception>
    internal static byte[] ModelIn(Stream saved)
    {
        using var archive = new ZipArchive(saved, ZipArchiveMode.Read);
        ZipArchiveEntry entry = archive.Entries.FirstOrDefault(e => e.Name == ModelEntry)
            ?? throw new ScoringException($"Expected an entry \"{ModelEntry}\" in the saved pipeline, found none; was it written by another version of ML.NET?");
        using Stream content = entry.Open();
        byte[] model = new byte[ReadLength(content, entry.Length)];
        content.ReadExactly(model);
        return model;
    }

    /// <summary>Refuses a model whose length is not what its entry says, for which ML.NET's reader would take as much memory as it names.</summary>
    /// <exception cref="ScoringException">It is not.</exception>
    internal static void RequireLength(ZipArchiveEntry entry)
    {
        if (entry.Name != ModelEntry)
            return;
        using Stream content = entry.Open();
        ReadLength(content, entry.Length);
    }

    private static int ReadLength(Stream content, long entryLength)
    {
        Span<byte> prefix = stackalloc byte[sizeof(int)];
        long left = entryLength - prefix.Length;
        int length = content.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) == prefix.Length ? BinaryPrimitives.ReadInt32LittleEndian(prefix) : -1;
        return length >= 0 && length == left
            ? length
            : throw new ScoringException($"Expected a model of the {Math.Max(0, left)} bytes that the entry \"{ModelEntry}\" has left, found a length of {length}.");
    }
}
