using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling.Data;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Samples.Digits;

/// <summary>What one way of scoring gives for the whole test set.</summary>
internal sealed record Scores(string Way, float[] Probabilities, long[] Labels, double RowsPerSecond);

/// <summary>Scores the test set natively, through ONNX Runtime and through an ML.NET pipeline.</summary>
internal static class Scoring
{
    private const int BatchSize = 256;
    private const int Classes = 10;

    public static IReadOnlyList<Scores> ThreeWays(Signature served, string file, Dataset test, DigitsOptions options)
    {
        var serving = new ServingOptions { Provider = options.Cuda ? Provider.Cuda() : Provider.Cpu, IntraOpThreads = options.Threads };
        return
        [
            Native(served, test, options),
            Runtime(file, test, serving),
            Pipeline(file, test, serving),
        ];
    }

    private static Scores Native(Signature served, Dataset test, DigitsOptions options)
    {
        Function function = Function.Compile(served, new ExecutionOptions { Threads = options.Threads });
        return Measure("native", test, features => function.Run(features));
    }

    private static Scores Runtime(string file, Dataset test, ServingOptions serving)
    {
        using OnnxSession session = OnnxSession.Load(file, serving);
        return Measure($"ONNX Runtime {session.ActiveProvider}", test, features => session.Run(features));
    }

    private static Scores Measure(string way, Dataset test, Func<Value, IReadOnlyList<Value>> score)
    {
        Batch[] batches = [.. Batches(test)];
        foreach (Batch batch in batches.Take(1).Concat(batches.TakeLast(1)))
        {
            score(batch.Features);
        }

        var probabilities = new List<float>(test.Count * Classes);
        var labels = new List<long>(test.Count);
        var clock = Stopwatch.StartNew();
        foreach (Batch batch in batches)
        {
            IReadOnlyList<Value> results = score(batch.Features);
            probabilities.AddRange(results[0].Span<float>());
            labels.AddRange(results[1].Span<long>());
        }

        return new Scores(way, [.. probabilities], [.. labels], test.Count / clock.Elapsed.TotalSeconds);
    }

    private static IEnumerable<Batch> Batches(Dataset test)
    {
        for (int start = 0; start < test.Count; start += BatchSize)
        {
            Dataset part = test.Skip(start).Take(Math.Min(BatchSize, test.Count - start));
            yield return part.Batches(new BatchOptions { Size = part.Count }).Single();
        }
    }

    private static Scores Pipeline(string file, Dataset test, ServingOptions serving)
    {
        var ml = new MLContext(seed: 1);
        int width = test.Features.Length / test.Count;
        Row[] rows = [.. Enumerable.Range(0, test.Count).Select(i => new Row { Features = test.Features.Slice(i * width, width).ToArray() })];
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        IDataView view = ml.Data.LoadFromEnumerable(rows, schema);
        using BatchOnnxTransformer transformer = ml.ScoreOnnx(file, new ScoreOnnxOptions
        {
            Inputs = new Dictionary<string, IReadOnlyList<string>> { ["input"] = [nameof(Row.Features)] },
            Serving = serving,
        }).Fit(view);

        var probabilities = new float[test.Count * Classes];
        var labels = new long[test.Count];
        var clock = Stopwatch.StartNew();
        IDataView scored = transformer.Transform(view);
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["probabilities"], scored.Schema["label"]]);
        ValueGetter<VBuffer<float>> probability = cursor.GetGetter<VBuffer<float>>(scored.Schema["probabilities"]);
        ValueGetter<long> label = cursor.GetGetter<long>(scored.Schema["label"]);
        var buffer = default(VBuffer<float>);
        for (int i = 0; cursor.MoveNext(); i++)
        {
            probability(ref buffer);
            buffer.CopyTo(probabilities.AsSpan(i * Classes, Classes));
            label(ref labels[i]);
        }

        return new Scores("ML.NET", probabilities, labels, test.Count / clock.Elapsed.TotalSeconds);
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];
    }
}
