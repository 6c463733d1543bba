using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.OnnxExport.Export;

namespace Toolkit.MLNetIntegration.Tests;

public sealed class ScoreOnnxTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [Fact]
    public void Rows_are_scored_in_order_and_other_columns_pass_through()
    {
        Signature model = Model();
        Row[] rows = Rows(1000);
        IDataView data = Ml.Data.LoadFromEnumerable(rows);
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(OnnxExporter.Export(model)).Fit(data);
        Scored[] scored = [.. Ml.Data.CreateEnumerable<Scored>(transformer.Transform(data), reuseRowObject: false)];
        Value expected = Function.Compile(model).Run(Value.Of(rows.SelectMany(r => r.X).ToArray(), rows.Length, 3))[0];
        Assert.Equal(rows.Length, scored.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal(rows[i].Name, scored[i].Name);
            Assert.Equal(expected[i], scored[i].Score, 1e-5);
        }
    }

    [Fact]
    public void A_prediction_engine_gives_the_same_score_as_a_batch()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(Rows(10));
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(OnnxExporter.Export(Model())).Fit(data);
        Scored[] batch = [.. Ml.Data.CreateEnumerable<Scored>(transformer.Transform(data), reuseRowObject: false)];
        using PredictionEngine<Row, Scored> engine = Ml.Model.CreatePredictionEngine<Row, Scored>(transformer);
        Row[] rows = Rows(10);
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal(batch[i].Score, engine.Predict(rows[i]).Score, 1e-6);
        }
    }

    [Fact]
    public void A_missing_column_or_wrong_type_is_refused_by_name()
    {
        byte[] model = OnnxExporter.Export(Model());
        IDataView doubles = Ml.Data.LoadFromEnumerable([new Doubles { X = [1, 2, 3] }]);
        ScoringException wrong = Assert.Throws<ScoringException>(() => Ml.ScoreOnnx(model).Fit(doubles));
        Assert.Contains("\"X\"", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("Double", wrong.Message, StringComparison.Ordinal);
        IDataView none = Ml.Data.LoadFromEnumerable([new Scored()]);
        Assert.Contains("expects a column", Assert.Throws<ScoringException>(() => Ml.ScoreOnnx(model).Fit(none)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_abandoned_cursor_and_a_view_without_rows_do_no_harm()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(Rows(200));
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(OnnxExporter.Export(Model())).Fit(data);
        IDataView scored = transformer.Transform(data);
        using (DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Score"]]))
        {
            Assert.True(cursor.MoveNext());
        }

        IDataView empty = transformer.Transform(Ml.Data.LoadFromEnumerable(Rows(0)));
        Assert.Empty(Ml.Data.CreateEnumerable<Scored>(empty, reuseRowObject: false));
    }

    private static Signature Model()
    {
        Variable x = Variable.Input("X", DType.Float32, ["batch", 3]);
        var w = new Parameter("w", Value.Of([0.5f, -1f, 2f], 3, 1));
        return new Signature([x], [new Output("Score", Ops.Tanh(Ops.MatMul(x, w)))]);
    }

    private static Row[] Rows(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(i => new Row { X = [random.NextSingle(), random.NextSingle(), random.NextSingle()], Name = $"row {i}" })];
    }

    private sealed class Row
    {
        [VectorType(3)]
        public float[] X { get; set; } = [];

        public string Name { get; set; } = string.Empty;
    }

    private sealed class Doubles
    {
        [VectorType(3)]
        public double[] X { get; set; } = [];
    }

    private sealed class Scored
    {
        public float Score { get; set; }

        public string Name { get; set; } = string.Empty;
    }
}
