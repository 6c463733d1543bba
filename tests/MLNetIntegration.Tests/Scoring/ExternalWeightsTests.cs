using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

/// <summary>Models whose weights are in a file beside them.</summary>
public sealed class ExternalWeightsTests : IDisposable
{
    private readonly MLContext ml = new(seed: 1);
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Weights_come_from_the_folder_of_the_model_and_go_into_the_saved_pipeline()
    {
        string path = Write("weights.bin");
        string zip = Path.Combine(folder, "model.zip");
        BatchOnnxEstimator estimator = ml.ScoreOnnx(path);
        File.Delete(Path.Combine(folder, "weights.bin"));
        using (BatchOnnxTransformer transformer = estimator.Fit(Data()))
        {
            Assert.Equal([4f], transformer.Transform(Data()).GetColumn<float>("Y"));
            ml.SaveAtomic(transformer, Data().Schema, zip);
        }

        File.Delete(path);
        Assert.Equal([4f], ml.LoadBatched(zip, out _).Transform(Data()).GetColumn<float>("Y"));
        Assert.Equal([zip], Directory.GetFiles(folder));
    }

    [Theory]
    [InlineData("../weights.bin")]
    [InlineData("/etc/hostname")]
    [InlineData("missing.bin")]
    public void Weights_outside_the_folder_or_missing_are_refused_by_name(string location)
    {
        string path = Write(location);
        Assert.Contains(location, Assert.Throws<ScoringException>(() => ml.ScoreOnnx(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_and_streams_whose_weights_are_elsewhere_are_refused()
    {
        byte[] model = File.ReadAllBytes(Write("weights.bin"));
        Assert.Contains("\"w\"", Assert.Throws<ScoringException>(() => ml.ScoreOnnx(model)).Message, StringComparison.Ordinal);
        using var stream = new MemoryStream(model);
        Assert.Throws<ScoringException>(() => ml.ScoreOnnx(stream));
    }

    [Fact]
    public void A_pipeline_that_cannot_be_saved_whole_leaves_the_old_file()
    {
        string zip = Path.Combine(folder, "model.zip");
        File.WriteAllText(zip, "old");
        BatchOnnxTransformer transformer = ml.ScoreOnnx(Write("weights.bin")).Fit(Data());
        transformer.Dispose();
        Assert.ThrowsAny<Exception>(() => ml.SaveAtomic(new Unsaveable(transformer), Data().Schema, zip));
        Assert.Equal("old", File.ReadAllText(zip));
        Assert.DoesNotContain(Directory.GetFiles(folder), f => f.EndsWith(".tmp", StringComparison.Ordinal));
    }

    private static IDataView Data() => new MLContext().Data.LoadFromEnumerable([new Row { X = 1 }]);

    private string Write(string location)
    {
        byte[] bytes = new byte[12];
        BitConverter.TryWriteBytes(bytes.AsSpan(8), 4f);
        File.WriteAllBytes(Path.Combine(folder, "weights.bin"), bytes);
        ModelProto model = ModelProto.Parser.ParseFrom(RawModel.Of(
            [RawModel.Tensor("X", DataType.Float, "n", 1)], [RawModel.Tensor("Y", DataType.Float, "n", 1)], [RawModel.Node("Mul", ["X", "w"], "Y")]));
        model.Graph.Initializer.Add(new TensorProto
        {
            Name = "w",
            DataType = (int)DataType.Float,
            Dims = { 1 },
            DataLocation = DataLocation.External,
            ExternalData =
            {
                new StringStringEntryProto { Key = "location", Value = location },
                new StringStringEntryProto { Key = "offset", Value = "8" },
                new StringStringEntryProto { Key = "length", Value = "4" },
            },
        });
        string path = Path.Combine(folder, "model.onnx");
        File.WriteAllBytes(path, model.ToByteArray());
        return path;
    }

    private sealed class Unsaveable(ITransformer inner) : ITransformer
    {
        public bool IsRowToRowMapper => true;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inner.GetOutputSchema(inputSchema);

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => inner.GetRowToRowMapper(inputSchema);

        public void Save(Microsoft.ML.ModelSaveContext ctx) => throw new IOException("Disk full.");

        public IDataView Transform(IDataView input) => inner.Transform(input);
    }

    private sealed class Row
    {
        public float X { get; set; }
    }
}
