using System.IO.Compression;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.OnnxExport.Serving;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

/// <summary>What a saved pipeline says of itself: kept to the last option, and refused where it makes no sense.</summary>
public sealed class SavedOptionsTests : IDisposable
{
    private static readonly byte[] Model = RawModel.Identity(RawModel.Tensor("X", DataType.Float, "n", 3));
    private readonly MLContext ml = new(seed: 1);
    private readonly string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.zip");

    public void Dispose() => File.Delete(file);

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"version":4,"batchSize":7,"inputs":{},"outputs":{}}""")]
    [InlineData("""{"version":2,"batchSize":7,"inputs":{},"outputs":{},"nan":"Allow","selected":{},"dimensions":{},"slotNames":{},"nanReplacement":0,"predictions":[{"task":"Guess"}]}""")]
    [InlineData("""{"version":"1","batchSize":7,"inputs":{},"outputs":{}}""")]
    [InlineData("""{"batchSize":0,"inputs":{},"outputs":{}}""")]
    [InlineData("""{"batchSize":-3,"inputs":{},"outputs":{}}""")]
    [InlineData("""{"batchSize":1e30,"inputs":{},"outputs":{}}""")]
    [InlineData("""{"batchSize":"7","inputs":{},"outputs":{}}""")]
    [InlineData("""{"batchSize":7,"inputs":[],"outputs":{}}""")]
    [InlineData("""{"batchSize":7,"inputs":{"X":[null]},"outputs":{}}""")]
    [InlineData("""{"batchSize":7,"inputs":{},"outputs":{"X_out":null}}""")]
    [InlineData("""{"batchSize":7,"inputs":{}}""")]
    [InlineData("""{"batchSize":7,"inputs":{},"outputs":{},"nan":"Sometimes"}""")]
    [InlineData("""{"batchSize":7,"inputs":{},"outputs":{},"nan":"2","selected":{},"dimensions":{},"slotNames":{},"nanReplacement":0}""")]
    [InlineData("""{"batchSize":7,"inputs":{},"outputs":{},"nan":"Allow","selected":{},"dimensions":{},"slotNames":{},"nanReplacement":0,"prediction":{"task":"Guess"}}""")]
    public void Options_that_make_no_sense_are_refused(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json).AppendTo(Model);
        using OnnxSession session = OnnxSession.Load(bytes);
        Assert.Throws<ScoringException>(() => SavedOptions.From(session, new ServingOptions()));
    }

    /// <summary>Lengths are written seven bits a byte: one more byte from 128 and from 16,384 on, for the options and for the entry around them.</summary>
    [Fact]
    public void Options_of_any_length_are_an_entry_of_the_metadata()
    {
        foreach (int length in Enumerable.Range(60, 140).Concat(Enumerable.Range(16_300, 140)))
        {
            string text = new('x', length);
            OnnxExport.Format.ModelProto model = OnnxExport.Format.ModelProto.Parser.ParseFrom(Encoding.UTF8.GetBytes(text).AppendTo(Model));
            Assert.Equal(text, Assert.Single(model.MetadataProps).Value);
            Assert.Single(model.Graph.Node);
        }
    }

    [Fact]
    public void Options_of_a_newer_version_are_refused_by_their_version_and_those_of_the_first_are_read()
    {
        using OnnxSession newer = OnnxSession.Load("""{"version":7,"something":1}"""u8.ToArray().AppendTo(Model));
        Assert.Contains("found version 7", Assert.Throws<ScoringException>(() => SavedOptions.From(newer, new ServingOptions())).Message, StringComparison.Ordinal);
        using OnnxSession first = OnnxSession.Load("""{"batchSize":7,"inputs":{},"outputs":{"X_out":"Y"}}"""u8.ToArray().AppendTo(Model));
        (ScoreOnnxOptions options, _) = SavedOptions.From(first, new ServingOptions())!.Value;
        Assert.Equal((7, "Y"), (options.BatchSize, options.Outputs["X_out"]));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(-1, 3)]
    [InlineData(int.MaxValue, 3)]
    [InlineData(2, 3)]
    [InlineData(4, 3)]
    [InlineData(0, 0)]
    [InlineData(null, 3)]
    public void The_length_of_a_model_is_that_of_its_entry(int? length, int bytes)
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = archive.CreateEntry("TransformerChain/OnnxModel").Open();
            entry.Write(length is { } said ? BitConverter.GetBytes(said) : []);
            entry.Write(new byte[] { 7, 8, 9 }.AsSpan(0, bytes));
        }

        if (length == bytes)
        {
            Assert.Equal(new byte[] { 7, 8, 9 }[..bytes], BatchUpgrade.ModelIn(zip));
            return;
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("\"OnnxModel\"", Assert.Throws<ScoringException>(() => BatchUpgrade.ModelIn(zip)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Entries_that_lead_out_of_the_zip_are_not_written_anywhere()
    {
        string name = $"{Guid.NewGuid():N}";
        IDataView data = ml.Data.LoadFromEnumerable([new Row { X = [1, 2, 3] }]);
        using (BatchOnnxTransformer transformer = ml.ScoreOnnx(Model).Fit(data))
        {
            ml.SaveAtomic(transformer, data.Schema, file);
        }

        using (ZipArchive archive = ZipFile.Open(file, ZipArchiveMode.Update))
        {
            foreach (string path in (string[])[$"../{name}", $"../../{name}", Path.Combine(Path.GetTempPath(), name), $"TransformerChain/../../{name}"])
            {
                using Stream entry = archive.CreateEntry(path).Open();
                entry.Write("planted"u8);
            }
        }

        ITransformer loaded = ml.LoadBatched(file, out _);
        Assert.Equal([[1, 2, 3]], loaded.Transform(data).GetColumn<float[]>("X_out"));
        Assert.All(
            (string[])[Path.GetTempPath(), Environment.CurrentDirectory, Path.Combine(Environment.CurrentDirectory, ".."), Path.Combine(Environment.CurrentDirectory, "..", "..")],
            folder => Assert.Empty(Directory.GetFiles(folder, name)));
    }

    [Theory]
    [InlineData(NaNPolicy.Replace)]
    [InlineData(NaNPolicy.Error)]
    public void What_is_done_about_NaN_is_saved(NaNPolicy policy)
    {
        IDataView data = ml.Data.LoadFromEnumerable([new Row { X = [1, float.NaN, 3] }]);
        using (BatchOnnxTransformer transformer = ml.ScoreOnnx(Model, new ScoreOnnxOptions { NaNPolicy = policy, NaNReplacement = -7.5 }).Fit(data))
        {
            ml.SaveAtomic(transformer, data.Schema, file);
        }

        IDataView scored = ml.LoadBatched(file, out _).Transform(data);
        if (policy == NaNPolicy.Error)
        {
            Assert.Throws<ScoringException>(() => scored.GetColumn<float[]>("X_out").ToArray());
            return;
        }

        Assert.Equal([[1, -7.5f, 3]], scored.GetColumn<float[]>("X_out"));
    }

    [Fact]
    public void Key_values_come_back_with_their_own_type()
    {
        Check([true, false, true], BooleanDataViewType.Instance);
        Check<sbyte>([-3, 5, 7], NumberDataViewType.SByte);
        Check<byte>([3, 5, 7], NumberDataViewType.Byte);
        Check<short>([-300, 5, 7], NumberDataViewType.Int16);
        Check<ushort>([300, 5, 7], NumberDataViewType.UInt16);
        Check([int.MinValue, 5, 7], NumberDataViewType.Int32);
        Check<uint>([uint.MaxValue, 5, 7], NumberDataViewType.UInt32);
        Check([long.MinValue, 5, 7], NumberDataViewType.Int64);
        Check<ulong>([ulong.MaxValue, 5, 7], NumberDataViewType.UInt64);
        Check([0.1f, 5, 7], NumberDataViewType.Single);
        Check([0.1, 5, 7], NumberDataViewType.Double);
        Check([new DateTime(2024, 2, 29, 1, 2, 3, DateTimeKind.Utc).AddTicks(7), new DateTime(1, 1, 1), DateTime.MaxValue], DateTimeDataViewType.Instance);
        Check([TimeSpan.FromTicks(-7), TimeSpan.FromDays(400), TimeSpan.Zero], TimeSpanDataViewType.Instance);
        Check([new DateTimeOffset(2024, 2, 29, 1, 2, 3, TimeSpan.FromHours(-5)), default, DateTimeOffset.MaxValue], DateTimeOffsetDataViewType.Instance);
        Check(["left".AsMemory(), "".AsMemory(), "ü\n".AsMemory()], TextDataViewType.Instance);
    }

    private void Check<T>(T[] values, PrimitiveDataViewType type)
    {
        IDataView data = ml.Data.LoadFromEnumerable([new Row { X = [1, 5, 3] }]);
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add("KeyValues", new VectorDataViewType(type, 3), (ref VBuffer<T> value) => value = new VBuffer<T>(3, values));
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(data.Schema);
        builder.AddColumn("Label", new KeyDataViewType(typeof(uint), 3), annotations.ToAnnotations());
        var options = new ScoreOnnxOptions
        {
            Prediction = new PredictionOptions { Task = PredictionTask.Multiclass, LabelColumn = "Label", ProbabilityColumn = null },
        };
        using (BatchOnnxTransformer transformer = ml.ScoreOnnx(Model, options).Fit(new EmptyView(builder.ToSchema())))
        {
            Same(transformer);
            ml.Model.Save(transformer, builder.ToSchema(), file);
        }

        Same(ml.LoadBatched(file, out _));

        void Same(ITransformer transformer)
        {
            DataViewSchema.Column column = transformer.GetOutputSchema(data.Schema)["PredictedLabel"];
            VBuffer<T> found = default;
            column.Annotations.GetValue("KeyValues", ref found);
            Assert.Equal(values.Select(LabelText.Of), found.DenseValues().Select(LabelText.Of));
            Assert.Equal(new VectorDataViewType(type, 3), column.Annotations.Schema["KeyValues"].Type);
            Assert.Equal([2u], transformer.Transform(data).GetColumn<uint>("PredictedLabel"));
        }
    }

    private sealed class Row
    {
        [VectorType(3)]
        public float[] X { get; set; } = [];
    }
}
