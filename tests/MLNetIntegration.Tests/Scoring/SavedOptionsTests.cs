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
