using System.IO.Compression;
using Microsoft.ML;
using Toolkit.MLNetIntegration.Scoring;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

public sealed class ZipChecksumsTests : IDisposable
{
    private readonly MLContext ml = new(seed: 1);
    private readonly string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.zip");

    public void Dispose() => File.Delete(file);

    /// <summary>Every seventh byte is damaged in turn: what the zip holds is refused before ML.NET reads it; only names and times may pass.</summary>
    [Fact]
    public void A_damaged_entry_is_refused_with_its_name()
    {
        IDataView rows = ml.Data.LoadFromEnumerable([new Row(), new Row()]);
        using (BatchOnnxTransformer fitted = ml.ScoreOnnx(RawModel.Identity(RawModel.Tensor("X", DataType.Float, "n", 3))).Fit(rows))
            ml.Model.Save(fitted, rows.Schema, file);
        byte[] whole = File.ReadAllBytes(file);
        int named = 0;
        for (int i = 0; i < whole.Length; i += 7)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= 0x20;
            File.WriteAllBytes(file, damaged);
            try
            {
                (ml.LoadBatched(file, out _) as IDisposable)?.Dispose();
            }
            catch (ScoringException e)
            {
                named += e.Message.Contains("the file is damaged", StringComparison.Ordinal) ? 1 : 0;
            }
        }

        Assert.True(named > 20, $"{named} damaged entries were named.");
    }

    /// <summary>ML.NET would take as much memory as the length names.</summary>
    [Fact]
    public void A_model_of_another_length_than_its_entry_has_is_refused_before_it_is_read()
    {
        IDataView rows = ml.Data.LoadFromEnumerable([new Row()]);
        using (BatchOnnxTransformer fitted = ml.ScoreOnnx(RawModel.Identity(RawModel.Tensor("X", DataType.Float, "n", 3))).Fit(rows))
            ml.Model.Save(fitted, rows.Schema, file);
        using (ZipArchive zip = ZipFile.Open(file, ZipArchiveMode.Update))
        using (Stream model = zip.Entries.Single(entry => entry.Name == "OnnxModel").Open())
            model.Write(BitConverter.GetBytes(1_800_000_000));
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<ScoringException>(() => ml.LoadBatched(file, out _)).Message;
        Assert.Contains("found a length of 1800000000", message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    private sealed class Row
    {
        [Microsoft.ML.Data.VectorType(3)]
        public float[] X { get; set; } = [1, 2, 3];
    }
}
