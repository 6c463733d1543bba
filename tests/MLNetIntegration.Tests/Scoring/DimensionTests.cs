using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

public sealed class DimensionTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static byte[] Model => RawModel.Identity(RawModel.Tensor("x", DataType.Float, "batch", "rows", "columns"));

    [Fact]
    public void Several_dynamic_sizes_follow_from_the_axes_of_a_column()
    {
        SchemaDefinition shaped = SchemaDefinition.Create(typeof(Row));
        shaped["x"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2, 3);
        IDataView data = Ml.Data.LoadFromEnumerable(Rows(_ => 6), shaped);
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(Model).Fit(data);
        Check(transformer.Transform(data), _ => 6, new VectorDataViewType(NumberDataViewType.Single, 2, 3));
    }

    [Fact]
    public void Sizes_that_the_data_leave_open_are_asked_for_and_taken_from_the_options()
    {
        SchemaDefinition flat = SchemaDefinition.Create(typeof(Row));
        flat["x"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 6);
        IDataView data = Ml.Data.LoadFromEnumerable(Rows(_ => 6), flat);
        ScoringException open = Assert.Throws<ScoringException>(() => Ml.ScoreOnnx(Model).Fit(data));
        Assert.Contains("ScoreOnnxOptions.Dimensions", open.Message, StringComparison.Ordinal);
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(Model, Options("columns", 3)).Fit(data);
        Check(transformer.Transform(data), _ => 6, new VectorDataViewType(NumberDataViewType.Single, 2, 3));
        ScoringException misfit = Assert.Throws<ScoringException>(() => Ml.ScoreOnnx(Model, Options("columns", 4)).Fit(data));
        Assert.Contains("expects a multiple of 4 elements per row, found 6", misfit.Message, StringComparison.Ordinal);
        ScoringException unknown = Assert.Throws<ScoringException>(() => Ml.ScoreOnnx(Model, Options("depth", 4)).Fit(data));
        Assert.Contains("\"rows\", \"columns\"", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("\"depth\" = 4", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_different_lengths_are_scored_in_order_in_batches_of_equal_ones()
    {
        static int Length(int row) => 2 * (1 + (row / 5 % 40));
        IDataView data = Ml.Data.LoadFromEnumerable(Rows(Length));
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(Model, Options("columns", 2)).Fit(data);
        Check(transformer.Transform(data), Length, new VectorDataViewType(NumberDataViewType.Single));

        IDataView odd = Ml.Data.LoadFromEnumerable(Rows(row => row == 77 ? 3 : 4));
        ScoringException misfit = Assert.Throws<ScoringException>(() => transformer.Transform(odd).GetColumn<float[]>("x_out").Count());
        Assert.Contains("expects a multiple of 2 elements per row, found 3 in row 77", misfit.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prediction_engine_takes_rows_of_any_length()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(Rows(_ => 2));
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(Model, Options("columns", 2)).Fit(data);
        using PredictionEngine<Row, Scored> engine = Ml.Model.CreatePredictionEngine<Row, Scored>(transformer);
        foreach (int length in new[] { 2, 8, 2, 40 })
        {
            float[] numbers = [.. Enumerable.Range(0, length).Select(i => i * 0.5f)];
            Assert.Equal(numbers, engine.Predict(new Row { x = numbers }).x_out);
        }
    }

    private static ScoreOnnxOptions Options(string symbol, int size) => new() { BatchSize = 8, Dimensions = new Dictionary<string, int> { [symbol] = size } };

    private static Row[] Rows(Func<int, int> length) =>
        [.. Enumerable.Range(0, 700).Select(r => new Row { x = [.. Enumerable.Range(0, length(r)).Select(i => r + (i * 0.01f))] })];

    private static void Check(IDataView scored, Func<int, int> length, VectorDataViewType type)
    {
        Assert.Equal(type, scored.Schema["x_out"].Type);
        Assert.Equal(Rows(length).Select(r => r.x), scored.GetColumn<float[]>("x_out"));
    }

    private sealed class Row
    {
        public float[] x { get; set; } = [];
    }

    private sealed class Scored
    {
        public float[] x_out { get; set; } = [];
    }
}
