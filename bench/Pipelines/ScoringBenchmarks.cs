using BenchmarkDotNet.Attributes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Operations;
using Toolkit.MLNetIntegration;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Bench.Pipelines;

/// <summary>20,000 rows through a 32-64-64-1 network in an ML.NET pipeline: Microsoft.ML.OnnxTransformer (the baseline) and ScoreOnnx.</summary>
[MemoryDiagnoser]
public class ScoringBenchmarks
{
    private const int Rows = 20_000;
    private IDataView? stock;
    private IDataView? batched;

    [GlobalSetup]
    public void Setup()
    {
        var random = new RandomSource(1);
        var model = new Sequential(
            new Dense(32, 64, random) { Activation = Ops.Relu }, new Dense(64, 64, random) { Activation = Ops.Relu }, new Dense(64, 1, random));
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
        model.ExportOnnx(file);
        var ml = new MLContext(seed: 1);
        Row[] rows = [.. Enumerable.Range(0, Rows).Select(_ => new Row { input = [.. Enumerable.Range(0, 32).Select(_ => random.NextSingle())] })];
        IDataView data = ml.Data.Cache(ml.Data.LoadFromEnumerable(rows));
        stock = ml.Transforms.ApplyOnnxModel("output", "input", file).Fit(data).Transform(data);
        batched = ml.ScoreOnnx(file, new() { Serving = new ServingOptions { IntraOpThreads = 1 } }).Fit(data).Transform(data);
        File.Delete(file);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Rows)]
    public float OnnxTransformer()
    {
        float sum = 0;
        using DataViewRowCursor cursor = stock!.GetRowCursor([stock!.Schema["output"]]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(stock.Schema["output"]);
        var value = default(VBuffer<float>);
        while (cursor.MoveNext())
        {
            getter(ref value);
            sum += value.GetItemOrDefault(0);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public float ScoreOnnx()
    {
        float sum = 0;
        using DataViewRowCursor cursor = batched!.GetRowCursor([batched!.Schema["output"]]);
        ValueGetter<float> getter = cursor.GetGetter<float>(batched.Schema["output"]);
        float value = 0;
        while (cursor.MoveNext())
        {
            getter(ref value);
            sum += value;
        }

        return sum;
    }

    private sealed class Row
    {
        [VectorType(32)]
        public float[] input { get; set; } = [];
    }
}
