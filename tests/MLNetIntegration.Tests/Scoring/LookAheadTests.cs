using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Operations;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

/// <summary>Batches that worker threads score while the reader of a cursor is at earlier ones.</summary>
public sealed class LookAheadTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [Fact]
    public void However_many_batches_are_scored_ahead_rows_and_scores_are_the_same()
    {
        // Wide enough that a batch takes a while, and rows of a number that leaves a short last batch.
        var random = new RandomSource(1);
        var model = new Sequential(new Dense(64, 512, random) { Activation = Ops.Relu }, new Dense(512, 512, random) { Activation = Ops.Relu }, new Dense(512, 1, random));
        IDataView data = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 3000).Select(i => new Wide { Number = i, X = [.. Enumerable.Range(0, 64).Select(j => MathF.Sin(i + j))] }).ToArray());
        (int, float)[]? expected = null;
        foreach (int? ahead in new int?[] { 0, 1, 2, 7, null })
        {
            using BatchOnnxTransformer transformer = Ml.ScoreOnnx(model, new ScoreOnnxOptions { BatchesAhead = ahead }).Fit(data);
            IDataView scored = transformer.Transform(data);
            (int, float)[] found = [.. scored.GetColumn<int>("Number").Zip(scored.GetColumn<float>("output"))];
            Assert.Equal(Enumerable.Range(0, 3000), found.Select(f => f.Item1));
            expected ??= found;
            Assert.Equal(expected, found);
        }

        Assert.Throws<ArgumentOutOfRangeException>("BatchesAhead", () => Ml.ScoreOnnx(model, new ScoreOnnxOptions { BatchesAhead = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>("BatchSize", () => Ml.ScoreOnnx(model, new ScoreOnnxOptions { BatchSize = 0 }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_row_that_cannot_be_read_throws_at_its_place_after_all_rows_before(int ahead)
    {
        var options = new ScoreOnnxOptions { BatchSize = 16, BatchesAhead = ahead, NaNPolicy = NaNPolicy.Error };
        IDataView data = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 900).Select(i => new Row { X = i == 777 ? float.NaN : i }).ToArray());
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(RawModel.Identity(RawModel.Tensor("X", DataType.Float, "n")), options).Fit(data);
        Assert.Equal(Enumerable.Range(0, 777).Select(i => (float)i), UntilError(transformer.Transform(data), "row 777", 777));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_batch_that_the_model_fails_on_throws_at_its_place_and_names_its_rows(int ahead)
    {
        // The element of the batch at an index: the index of row 333 is outside.
        byte[] model = RawModel.Of(
            [RawModel.Tensor("X", DataType.Float, "n"), RawModel.Tensor("Index", DataType.Int64, "n")],
            [RawModel.Tensor("X_out", DataType.Float, "n")],
            [RawModel.Node("Gather", ["X", "Index"], "X_out")]);
        IDataView data = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 900).Select(i => new Row { X = i, Index = i == 333 ? 1000 : i % 10 }).ToArray());
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(model, new ScoreOnnxOptions { BatchSize = 10, BatchesAhead = ahead }).Fit(data);
        Assert.Equal(Enumerable.Range(0, 330).Select(i => (float)i), UntilError(transformer.Transform(data), "the rows 330 to 339", 330));
    }

    [Fact]
    public void Who_reads_few_rows_does_not_wait_for_many()
    {
        int made = 0;
        IEnumerable<Row> Source()
        {
            for (int i = 0; i < 100_000; i++)
            {
                made++;
                yield return new Row { X = i };
            }
        }

        IDataView data = Ml.Data.LoadFromEnumerable(Source());
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(
            RawModel.Identity(RawModel.Tensor("X", DataType.Float, "n")), new ScoreOnnxOptions { BatchSize = 64, BatchesAhead = 8 }).Fit(data);
        IDataView scored = transformer.Transform(data);
        using (DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["X_out"]]))
        {
            for (int row = 0; row < 64; row++)
            {
                Assert.True(cursor.MoveNext());
            }

            Assert.Equal(64, made);
            for (int row = 64; row < 1000; row++)
            {
                Assert.True(cursor.MoveNext());
            }

            Assert.InRange(made, 1064, 2100);
        }
    }

    [Fact]
    public void Batches_behind_those_that_are_read_are_run_by_other_threads()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 4000).Select(i => new Row { X = i }).ToArray());
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(RawModel.Identity(RawModel.Tensor("X", DataType.Float, "n"))).Fit(data);
        ModelBinding binding = transformer.Bind(data.Schema);
        DataViewRowCursor source = data.GetRowCursor(data.Schema);
        var kept = new KeptRows(source, []);
        var scores = new CurrentScores([0]);
        var made = new List<BatchBuffers>();
        using var queue = new BatchQueue(
            source,
            new InputReader(binding, source),
            kept,
            () =>
            {
                made.Add(new BatchBuffers(transformer.Session, binding, 4, [0], kept.AddBatch()));
                return made[^1];
            },
            ahead: 3,
            scores);
        for (int row = 0; row < 201; row++)
        {
            Assert.True(queue.MoveNext());
        }

        // The reader runs at most the 16 batches of a job at once, and stays where it is: only a worker thread can run the last batch that was filled.
        long last = source.Position - 3;
        Assert.InRange(last, 204, 600);
        Assert.True(SpinWait.SpinUntil(() => made.Any(b => b.Results[0] is { } result && result.Span<float>()[0] == last), 20_000));
    }

    /// <summary>A batch of this model takes longer than handing it over, so each is handed over by itself, and one more at least is read before the rows of the one before are.</summary>
    [Fact]
    public void The_batch_behind_the_one_that_is_read_is_filled_already()
    {
        const int Batch = 256, Batches = 10;
        int made = 0;
        var random = new RandomSource(1);
        var model = new Sequential(new Dense(64, 1024, random) { Activation = Ops.Relu }, new Dense(1024, 1024, random) { Activation = Ops.Relu }, new Dense(1024, 1, random));
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(model, new ScoreOnnxOptions { BatchSize = Batch, BatchesAhead = 3 }).Fit(Ml.Data.LoadFromEnumerable(Source()));
        made = 0;
        IDataView scored = transformer.Transform(Ml.Data.LoadFromEnumerable(Source()));
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["output"]]);
        for (int row = 0; row < Batch * (Batches - 2); row++)
        {
            Assert.True(cursor.MoveNext());
            if (row % Batch == 0 && row >= 2 * Batch)
                Assert.InRange(made, row + (2 * Batch), Batch * Batches);
        }

        IEnumerable<Wide> Source()
        {
            for (int i = 0; i < Batch * Batches; i++)
            {
                made++;
                yield return new Wide { Number = i, X = new float[64] };
            }
        }
    }

    [Fact]
    public void Cursors_given_up_while_their_batches_run_and_a_transformer_disposed_meanwhile_do_no_harm()
    {
        var random = new RandomSource(1);
        var model = new Sequential(new Dense(64, 1024, random) { Activation = Ops.Relu }, new Dense(1024, 1, random));
        IDataView data = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 2000).Select(i => new Wide { Number = i, X = new float[64] }).ToArray());
        for (int round = 0; round < 30; round++)
        {
            BatchOnnxTransformer transformer = Ml.ScoreOnnx(model, new ScoreOnnxOptions { BatchesAhead = 4 }).Fit(data);
            IDataView scored = transformer.Transform(data);
            DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["output"]]);
            for (int row = 0; row < 200 + (round * 7); row++)
            {
                Assert.True(cursor.MoveNext());
            }

            if (round % 2 == 0)
            {
                cursor.Dispose();
                transformer.Dispose();
            }
            else
            {
                transformer.Dispose();
                Assert.Throws<ObjectDisposedException>(() =>
                {
                    while (cursor.MoveNext())
                    {
                    }
                });
                cursor.Dispose();
            }
        }
    }

    /// <summary>The scores until a row throws, which it does again when one tries to go on.</summary>
    private static List<float> UntilError(IDataView scored, string rows, int at)
    {
        var found = new List<float>();
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["X_out"], scored.Schema["X"]]);
        ValueGetter<float> output = cursor.GetGetter<float>(scored.Schema["X_out"]);
        ScoringException error = Assert.Throws<ScoringException>(() =>
        {
            while (cursor.MoveNext())
            {
                float value = 0;
                output(ref value);
                found.Add(value);
            }
        });
        Assert.Contains(rows, error.Message, StringComparison.Ordinal);
        Assert.Equal(at, cursor.Position);
        Assert.Same(error.GetType(), Assert.ThrowsAny<Exception>(() => cursor.MoveNext()).GetType());
        return found;
    }

    private sealed class Row
    {
        public float X { get; set; }

        public long Index { get; set; }
    }

    private sealed class Wide
    {
        public int Number { get; set; }

        [VectorType(64)]
        public float[] X { get; set; } = [];
    }
}
