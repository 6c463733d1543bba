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

    private sealed class Row
    {
        [Microsoft.ML.Data.VectorType(3)]
        public float[] X { get; set; } = [1, 2, 3];
    }
}
