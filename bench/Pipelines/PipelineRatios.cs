using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;
using Toolkit.Autograd.Operations;
using Toolkit.MLNetIntegration;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Bench.Pipelines;

/// <summary>
/// Rows through an ML.NET pipeline: ours against Microsoft.ML.OnnxTransformer and against a hand-written loop over batches, in turn in one process. Prints
/// NAME, ours, peer, the median of the rounds' ratios and the target.
/// </summary>
internal sealed class PipelineRatios(int width, int hidden, int outputs, int rowCount, double stockTarget)
{
    private const int BatchSize = 64;
    private static readonly ServingOptions OneThread = new() { IntraOpThreads = 1 };

    public static void Run(int rounds)
    {
        (int Met, int All) result = (0, 0);
        foreach (PipelineRatios case_ in new PipelineRatios[] { new(32, 64, 1, 50_000, 15), new(784, 256, 10, 20_000, 5) })
        {
            foreach (bool met in case_.Measure(rounds))
            {
                result = (result.Met + (met ? 1 : 0), result.All + 1);
            }
        }

        Console.WriteLine($"RESULT met={result.Met}/{result.All} rounds={rounds}");
    }

    private IEnumerable<bool> Measure(int rounds)
    {
        var random = new RandomSource(1);
        var model = new Sequential(
            new Dense(width, hidden, random) { Activation = Ops.Relu }, new Dense(hidden, hidden, random) { Activation = Ops.Relu }, new Dense(hidden, outputs, random));
        string name = $"{width}-{hidden}-{hidden}-{outputs}", file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
        model.ExportOnnx(file);
        var ml = new MLContext(seed: 1);
        Row[] rows = [.. Enumerable.Range(0, rowCount).Select(_ => new Row { input = [.. Enumerable.Range(0, width).Select(_ => random.NextSingle())] })];
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema["input"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        IDataView data = ml.Data.Cache(ml.Data.LoadFromEnumerable(rows, schema));
        OnnxTransformer stock = ml.Transforms.ApplyOnnxModel(new OnnxOptions
        {
            OutputColumns = ["output"],
            InputColumns = ["input"],
            ModelFile = file,
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
        }).Fit(data);
        using BatchOnnxTransformer ours = ml.ScoreOnnx(file, new() { BatchSize = BatchSize, Serving = OneThread }).Fit(data);
        using OnnxSession session = OnnxSession.Load(file, OneThread);
        using SessionBuffers buffers = session.CreateBuffers(new Dictionary<string, int> { ["batch"] = BatchSize });
        File.Delete(file);

        IDataView stockView = stock.Transform(data), ourView = ours.Transform(data);
        bool scalar = outputs == 1;
        Func<float> byOurs = scalar ? () => Scalars(ourView) : () => Vectors(ourView), byStock = () => Vectors(stockView), byHand = () => ByHand(buffers, rows);
        byOurs();
        byStock();
        byHand();
        var ourRates = new List<double>();
        var stockRates = new List<double>();
        var handRates = new List<double>();
        for (int round = 0; round < rounds; round++)
        {
            ourRates.Add(Rate(byOurs));
            stockRates.Add(Rate(byStock));
            handRates.Add(Rate(byHand));
        }

        double garbage = Garbage(ourView);
        yield return Line($"rows/s {name}, stock", ourRates, stockRates, stockTarget);
        yield return Line($"rows/s {name}, own loop", ourRates, handRates, 0.85);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{$"garbage B/row {name}",-36}{garbage,12:F1}{string.Empty,20}  ≤ 32"));
        yield return garbage <= 32;
        if (scalar)
        {
            PredictionEngine<Row, Score> ourEngine = ml.Model.CreatePredictionEngine<Row, Score>(ours, inputSchemaDefinition: schema);
            PredictionEngine<Row, StockScore> stockEngine = ml.Model.CreatePredictionEngine<Row, StockScore>(stock, inputSchemaDefinition: schema);
            var ourTimes = new List<double>();
            var stockTimes = new List<double>();
            for (int round = -1; round < rounds; round++)
            {
                double own = Latency(() => ourEngine.Predict(rows[0]).output), other = Latency(() => stockEngine.Predict(rows[0]).output[0]);
                if (round >= 0)
                {
                    ourTimes.Add(own);
                    stockTimes.Add(other);
                }
            }

            yield return Line($"µs/row engine {name}, stock", ourTimes, stockTimes, 0.6, smallerIsBetter: true);
        }
    }

    private static bool Line(string name, List<double> ours, List<double> peer, double target, bool smallerIsBetter = false)
    {
        double ratio = Median(ours.Zip(peer, (a, b) => a / b));
        bool met = smallerIsBetter ? ratio <= target : ratio >= target;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-36}{Median(ours),12:F1}{Median(peer),12:F1}{ratio,8:F2}  {(smallerIsBetter ? "≤" : "≥")} {target}{(met ? string.Empty : "  missed")}"));
        return met;
    }

    private double Rate(Func<float> score)
    {
        var clock = Stopwatch.StartNew();
        int passes = 0;
        do
        {
            score();
            passes++;
        }
        while (clock.Elapsed.TotalSeconds < 0.3);
        return (double)passes * rowCount / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Bytes allocated per row, on all threads, once the cursor has its buffers.</summary>
    private double Garbage(IDataView view)
    {
        long before = 0;
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["output"]]);
        for (int row = 0; cursor.MoveNext(); row++)
        {
            before = row == rowCount / 10 ? GC.GetTotalAllocatedBytes(precise: true) : before;
        }

        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (0.9 * rowCount);
    }

    private static double Latency(Func<float> predict)
    {
        const int Calls = 5_000;
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < Calls; i++)
        {
            predict();
        }

        return clock.Elapsed.TotalMicroseconds / Calls;
    }

    private static float Scalars(IDataView view)
    {
        float sum = 0, value = 0;
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["output"]]);
        ValueGetter<float> getter = cursor.GetGetter<float>(view.Schema["output"]);
        while (cursor.MoveNext())
        {
            getter(ref value);
            sum += value;
        }

        return sum;
    }

    private static float Vectors(IDataView view)
    {
        float sum = 0;
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["output"]]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(view.Schema["output"]);
        var value = default(VBuffer<float>);
        while (cursor.MoveNext())
        {
            getter(ref value);
            sum += value.GetItemOrDefault(0);
        }

        return sum;
    }

    private float ByHand(SessionBuffers buffers, Row[] rows)
    {
        float sum = 0;
        for (int start = 0; start < rows.Length; start += BatchSize)
        {
            int count = Math.Min(BatchSize, rows.Length - start);
            for (int i = 0; i < count; i++)
            {
                rows[start + i].input.CopyTo(buffers.Inputs[0].Span<float>().Slice(i * width, width));
            }

            buffers.Run();
            ReadOnlySpan<float> scores = buffers.Outputs[0].Span<float>();
            for (int i = 0; i < count; i++)
            {
                sum += scores[i * outputs];
            }
        }

        return sum;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private sealed class Row
    {
        public float[] input { get; set; } = [];
    }

    private sealed class Score
    {
        public float output { get; set; }
    }

    private sealed class StockScore
    {
        public float[] output { get; set; } = [];
    }
}
