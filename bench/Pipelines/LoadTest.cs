using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Operations;
using Toolkit.MLNetIntegration;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;

namespace Toolkit.Bench.Pipelines;

/// <summary>
/// One transformer under load for a while: eight threads that read all rows, give up half way, read splits, or take prediction engines from a pool, each
/// score compared with the right one; then 100 loads, whose working set must stay flat.
/// </summary>
internal sealed class LoadTest
{
    private const int Width = 32;
    private const int RowCount = 5_000;
    private const int Threads = 8;
    private const int Loads = 100;
    private const double AllowedMiB = 16;

    private readonly MLContext ml = new(seed: 1);
    private readonly Row[] rows;
    private readonly IDataView data;
    private readonly byte[] model;
    private readonly float[] expected;
    private readonly ConcurrentBag<PredictionEngine<Row, Score>> pool = [];
    private long scored;
    private long predicted;
    private long abandoned;
    private long wrong;

    private LoadTest()
    {
        var random = new RandomSource(1);
        var network = new Sequential(new Dense(Width, 64, random) { Activation = Ops.Relu }, new Dense(64, 1, random)) { InputShape = [Width] };
        model = Toolkit.OnnxExport.Export.OnnxExporter.Export(network.Inference);
        rows = [.. Enumerable.Range(0, RowCount).Select(i => new Row { Number = i, input = [.. Enumerable.Range(0, Width).Select(_ => random.NextSingle())] })];
        data = ml.Data.Cache(ml.Data.LoadFromEnumerable(rows));
        using BatchOnnxTransformer transformer = ml.ScoreOnnx(model).Fit(data);
        expected = [.. transformer.Transform(data).GetColumn<float>("output")];
    }

    public static int Run(double seconds)
    {
        var test = new LoadTest();
        test.Serve(seconds);
        double growth = test.Growth();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"threads {Threads}, {seconds} s: rows {test.scored}, predictions {test.predicted}, cursors abandoned {test.abandoned}, wrong {test.wrong}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"working set after {Loads} loads: {growth:+0.0;-0.0} MiB (at most {AllowedMiB})"));
        bool met = test.wrong == 0 && growth <= AllowedMiB;
        Console.WriteLine($"RESULT {(met ? "met" : "missed")}");
        return met ? 0 : 1;
    }

    private void Serve(double seconds)
    {
        using BatchOnnxTransformer transformer = ml.ScoreOnnx(model).Fit(data);
        IDataView view = transformer.Transform(data);
        var clock = Stopwatch.StartNew();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            for (int round = number; clock.Elapsed.TotalSeconds < seconds; round++)
            {
                try
                {
                    Round(round, transformer, view);
                }
                catch (Exception e)
                {
                    // A failure counts like a wrong row: nothing of this load may fail.
                    Interlocked.Increment(ref wrong);
                    Console.WriteLine(e);
                }
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        while (pool.TryTake(out PredictionEngine<Row, Score>? engine))
        {
            engine.Dispose();
        }
    }

    private void Round(int round, BatchOnnxTransformer transformer, IDataView view)
    {
        switch (round % 4)
        {
            case 0:
                using (DataViewRowCursor cursor = view.GetRowCursor(view.Schema))
                {
                    Check(cursor, RowCount, inOrder: true);
                }

                break;
            case 1:
                using (DataViewRowCursor cursor = view.GetRowCursor(view.Schema))
                {
                    Check(cursor, round % RowCount, inOrder: true);
                    Interlocked.Increment(ref abandoned);
                }

                break;
            case 2:
                long count = 0;
                foreach (DataViewRowCursor cursor in view.GetRowCursorSet(view.Schema, 3))
                {
                    using (cursor)
                    {
                        count += Check(cursor, RowCount, inOrder: false);
                    }
                }

                Expect(count == RowCount);
                break;
            default:
                Predict(round, transformer);
                break;
        }
    }

    private long Check(DataViewRowCursor cursor, int most, bool inOrder)
    {
        ValueGetter<float> output = cursor.GetGetter<float>(cursor.Schema["output"]);
        ValueGetter<int> number = cursor.GetGetter<int>(cursor.Schema["Number"]);
        float score = 0;
        int row = 0;
        long count = 0;
        while (count < most && cursor.MoveNext())
        {
            output(ref score);
            number(ref row);
            Expect(IsRight(score, row) && (!inOrder || row == count));
            count++;
        }

        Expect(!inOrder || count == most);
        Interlocked.Add(ref scored, count);
        return count;
    }

    private void Predict(int round, BatchOnnxTransformer transformer)
    {
        if (!pool.TryTake(out PredictionEngine<Row, Score>? engine))
        {
            engine = ml.Model.CreatePredictionEngine<Row, Score>(transformer, new PredictionEngineOptions { OwnsTransformer = false });
        }

        for (int i = 0; i < 500; i++)
        {
            int row = ((round * 37) + i) % RowCount;
            Expect(IsRight(engine.Predict(rows[row]).output, row));
        }

        Interlocked.Add(ref predicted, 500);
        pool.Add(engine);
    }

    // Batches of other sizes may add up in another order.
    private bool IsRight(float score, int row) => Math.Abs(score - expected[row]) <= 1e-5f * (1 + Math.Abs(expected[row]));

    private void Expect(bool right)
    {
        if (!right)
        {
            Interlocked.Increment(ref wrong);
        }
    }

    /// <summary>Growth of the working set in MiB over the loads, after as many to warm up.</summary>
    private double Growth()
    {
        double before = 0;
        for (int i = 0; i < 2 * Loads; i++)
        {
            if (i == Loads)
            {
                before = WorkingSet();
            }

            using BatchOnnxTransformer transformer = ml.ScoreOnnx(model).Fit(data);
            IDataView view = transformer.Transform(data);
            using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
            Check(cursor, 200, inOrder: true);
        }

        return WorkingSet() - before;
    }

    private static double WorkingSet()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1048576.0;
    }

    private sealed class Row
    {
        public int Number { get; set; }

        [VectorType(Width)]
        public float[] input { get; set; } = [];
    }

    private sealed class Score
    {
        public float output { get; set; }
    }
}
