using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

/// <summary>What is disposed while other threads use it gives a finished result or <see cref="ObjectDisposedException"/>.</summary>
public sealed class DisposalTests
{
    private static readonly byte[] Model = RawModel.Of(
        [RawModel.Tensor("X", DataType.Float, "n")], [RawModel.Tensor("Y", DataType.Float, "n")], [RawModel.Node("Add", ["X", "X"], "Y")]);

    private readonly MLContext ml = new(seed: 1);

    [Fact]
    public async Task A_transformer_disposed_while_threads_score_and_open_cursors_and_engines_ends_them_cleanly()
    {
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 333).Select(i => new Row { X = i }).ToArray());
        for (int round = 0; round < 20; round++)
        {
            BatchOnnxTransformer transformer = ml.ScoreOnnx(Model, new ScoreOnnxOptions { BatchSize = 8, BatchesAhead = 2 }).Fit(data);
            IDataView scored = transformer.Transform(data);
            var started = new CountdownEvent(4);
            Task<int>[] users =
            [
                .. Enumerable.Range(0, 2).Select(_ => User(started, () => Assert.Equal(Enumerable.Range(0, 333).Select(i => 2f * i), scored.GetColumn<float>("Y").ToArray()))),
                User(started, () => scored.GetRowCursor(scored.Schema).Dispose()),
                User(started, () =>
                {
                    using PredictionEngine<Row, Scored> engine = ml.Model.CreatePredictionEngine<Row, Scored>(
                        transformer, new PredictionEngineOptions { OwnsTransformer = false });
                    for (int i = 0; i < 20; i++)
                        Assert.Equal(2f * i, engine.Predict(new Row { X = i }).Y);
                }),
            ];
            started.Wait(TestContext.Current.CancellationToken);
            Thread.Sleep(round % 5);
            transformer.Dispose();
            Assert.All(await Task.WhenAll(users).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), done => Assert.True(done > 0));
        }
    }

    [Fact]
    public async Task An_engine_disposed_while_another_thread_predicts_ends_it_cleanly()
    {
        for (int round = 0; round < 20; round++)
        {
            BatchOnnxTransformer transformer = ml.ScoreOnnx(Model).Fit(ml.Data.LoadFromEnumerable(Array.Empty<Row>()));
            PredictionEngine<Row, Scored> engine = ml.Model.CreatePredictionEngine<Row, Scored>(transformer);
            var started = new CountdownEvent(1);
            int next = 0;
            Task<int> user = User(started, () => Assert.Equal(2f * ++next, engine.Predict(new Row { X = next }).Y));
            started.Wait(TestContext.Current.CancellationToken);
            Thread.Sleep(round % 3);
            engine.Dispose();
            Assert.True(await user.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken) > 0);
        }
    }

    [Fact]
    public void Buffers_of_a_batch_are_not_made_after_their_disposal()
    {
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 3).Select(i => new Row { X = i }).ToArray());
        using BatchOnnxTransformer transformer = ml.ScoreOnnx(Model).Fit(data);
        ModelBinding binding = transformer.Bind(data.Schema);
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema);
        var reader = new InputReader(binding, cursor);
        var buffers = new BatchBuffers(transformer.Session, binding, 8, [0]);
        Assert.True(cursor.MoveNext());
        reader.Fetch();
        Assert.True(buffers.TryAdd(reader));
        buffers.Dispose();
        Assert.Throws<ObjectDisposedException>(buffers.Run);
    }

    /// <summary>Repeats an action until it finds something disposed; the result is how often it had begun.</summary>
    private static Task<int> User(CountdownEvent started, Action action) => Task.Factory.StartNew(
        () =>
        {
            int begun = 0;
            try
            {
                while (true)
                {
                    action();
                    if (begun++ == 0)
                        started.Signal();
                }
            }
            catch (ObjectDisposedException)
            {
                return begun;
            }
        },
        TestContext.Current.CancellationToken,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private sealed class Row
    {
        public float X { get; set; }
    }

    private sealed class Scored
    {
        public float Y { get; set; }
    }
}
