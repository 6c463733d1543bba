using System.IO.Compression;
using System.Text;
using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Tests;
using Toolkit.MLNetIntegration;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.OnnxExport.Format;

namespace Toolkit.Reliability.Fuzzing;

/// <summary>Saved ML.NET pipelines: bytes of the file, or of one entry packed anew. In the model itself only what the pipeline keeps there is changed: ONNX
/// Runtime gets a valid model, which is a program.</summary>
internal sealed record PipelineTarget() : FuzzTarget("ml.net zip")
{
    /// <summary>ML.NET's own reader gives an array to any length that a file says, up to 2 GiB, before it finds the file too short.</summary>
    public override long MostMemory => (2L << 30) + (64L << 20);

    public override IReadOnlyList<byte[]> Seeds()
    {
        using var folder = new TemporaryFolder();
        var ml = new MLContext(1);
        Modeling.Training.Trainer trainer = SmallNetwork.Trainer();
        trainer.Prepare(SmallNetwork.Data().Layout);
        IDataView data = ml.Data.LoadFromEnumerable([new Row(), new Row()]);
        using BatchOnnxTransformer fitted = ml.ScoreOnnx(trainer.Model, new ScoreOnnxOptions { Inputs = new Dictionary<string, IReadOnlyList<string>> { ["input"] = [nameof(Row.Features)] } }).Fit(data);
        ml.Model.Save(fitted, data.Schema, folder.File("pipeline.zip"));
        return [File.ReadAllBytes(folder.File("pipeline.zip"))];
    }

    public override byte[] Mutate(Random random, byte[] seed, IReadOnlyList<byte[]> seeds)
    {
        if (random.Next(4) == 0)
        {
            return Mutation.Of(random, seed, seeds);
        }

        using var stream = new MemoryStream();
        stream.Write(seed);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            // The table of the schema is left: ML.NET alone reads it, and with a right checksum it can be read without end.
            ZipArchiveEntry[] entries = [.. zip.Entries.Where(e => e.FullName != "Schema")];
            ZipArchiveEntry entry = entries[random.Next(entries.Length)];
            byte[] content;
            using (Stream read = entry.Open())
            {
                using var copy = new MemoryStream();
                read.CopyTo(copy);
                content = copy.ToArray();
            }

            content = IsModel(content, out ModelProto? model) ? Change(random, model!) : content.Length == 0 ? content : Mutation.Of(random, content, [content]);
            using Stream write = entry.Open();
            write.SetLength(0);
            write.Write(content);
        }

        return stream.ToArray();
    }

    public override void Read(string path, byte[] bytes)
    {
        var ml = new MLContext(1);
        ITransformer loaded = ml.LoadBatched(path, out DataViewSchema? schema);
        try
        {
            if (schema is not null)
            {
                loaded.GetOutputSchema(schema);
            }
        }
        finally
        {
            (loaded as IDisposable)?.Dispose();
        }
    }

    private static bool IsModel(byte[] content, out ModelProto? model)
    {
        model = null;
        try
        {
            model = ModelProto.Parser.ParseFrom(content);
            return model.Graph is not null;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static byte[] Change(Random random, ModelProto model)
    {
        StringStringEntryProto entry = model.MetadataProps.Count > 0 ? model.MetadataProps[random.Next(model.MetadataProps.Count)] : new StringStringEntryProto { Key = "x" };
        entry.Value = Encoding.UTF8.GetString(Mutation.Of(random, [.. Encoding.UTF8.GetBytes(entry.Value), (byte)' '], [[1]]));
        return model.ToByteArray();
    }

    private sealed class Row
    {
        [VectorType(6)]
        public float[] Features { get; set; } = new float[6];
    }
}
