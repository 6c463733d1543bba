using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.OnnxExport.Export;

namespace Toolkit.MLNetIntegration.Tests;

public sealed class SavingTests : IDisposable
{
    private readonly MLContext ml = new(seed: 1);
    private readonly string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.zip");

    public void Dispose() => File.Delete(file);

    [Fact]
    public void A_saved_pipeline_loads_in_plain_ML_NET_with_equal_scores()
    {
        float[] expected = Save();
        var plain = new MLContext();
        plain.ComponentCatalog.RegisterAssembly(typeof(OnnxTransformer).Assembly);
        ITransformer loaded = plain.Model.Load(file, out _);
        Assert.DoesNotContain(Flat(loaded), t => t is BatchOnnxTransformer);
        IDataView scored = loaded.Transform(Data());
        Assert.Equal(["A", "B", "Points"], scored.Schema.Where(c => !c.IsHidden && c.Name != "Sum").Select(c => c.Name));
        float[] actual = [.. scored.GetColumn<float>("Points")];
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-6));
    }

    [Fact]
    public void A_saved_pipeline_loads_with_batches_and_can_be_saved_again()
    {
        float[] expected = Save();
        for (int round = 0; round < 2; round++)
        {
            ITransformer loaded = ml.LoadBatched(file, out DataViewSchema? schema);
            BatchOnnxTransformer batched = Assert.Single(Flat(loaded).OfType<BatchOnnxTransformer>());
            Assert.DoesNotContain(Flat(loaded), t => t is OnnxTransformer);
            Assert.Equal(7, batched.BatchSize);
            float[] actual = [.. loaded.Transform(Data()).GetColumn<float>("Points")];
            Assert.Equal(expected, actual);
            ml.Model.Save(loaded, schema, file);
            batched.Dispose();
        }
    }

    [Fact]
    public void Eight_threads_over_one_transformer_read_their_rows_in_order_and_disposal_is_a_clear_error()
    {
        IDataView data = Data();
        BatchOnnxTransformer transformer = Estimator().Fit(data);
        IDataView scored = transformer.Transform(data);
        float[] expected = [.. scored.GetColumn<float>("Points")];
        long end = Environment.TickCount64 + 2000;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            do
            {
                Assert.Equal(expected, scored.GetColumn<float>("Points"));
            }
            while (Environment.TickCount64 < end);
        });
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Points"]]);
        Assert.True(cursor.MoveNext());
        transformer.Dispose();
        Assert.Throws<ObjectDisposedException>(() =>
        {
            while (cursor.MoveNext())
            {
            }
        });
        Assert.Throws<ObjectDisposedException>(() => scored.GetRowCursor([scored.Schema["Points"]]));
    }

    [Fact]
    public void Nothing_runs_when_no_output_is_asked_for()
    {
        IDataView data = Data();
        BatchOnnxTransformer transformer = Estimator().Fit(data);
        IDataView scored = transformer.Transform(data);
        transformer.Dispose();
        Assert.Equal(100, scored.GetColumn<float>("A").Count());
    }

    private float[] Save()
    {
        IDataView data = Data();
        using BatchOnnxTransformer transformer = Estimator().Fit(data);
        var chain = new TransformerChain<ITransformer>(transformer);
        ml.Model.Save(chain, data.Schema, file);
        return [.. transformer.Transform(data).GetColumn<float>("Points")];
    }

    private BatchOnnxEstimator Estimator()
    {
        Variable x = Variable.Input("X", DType.Float32, ["batch", 2]);
        var w = new Parameter("w", Value.Of([0.5f, -1f], 2, 1));
        var model = new Signature([x], [new Output("Score", Ops.Tanh(Ops.MatMul(x, w)))]);
        using var stream = new MemoryStream(OnnxExporter.Export(model));
        return ml.ScoreOnnx(stream, new ScoreOnnxOptions
        {
            BatchSize = 7,
            Inputs = new Dictionary<string, IReadOnlyList<string>> { ["X"] = ["A", "B"] },
            Outputs = new Dictionary<string, string> { ["Score"] = "Points" },
        });
    }

    private IDataView Data() => ml.Data.LoadFromEnumerable(Enumerable.Range(0, 100).Select(i => new Row { A = i / 50f, B = 1 - (i / 70f) }).ToArray());

    private static IEnumerable<ITransformer> Flat(ITransformer transformer) =>
        transformer is IEnumerable<ITransformer> chain ? chain.SelectMany(Flat) : [transformer];

    private sealed class Row
    {
        public float A { get; set; }

        public float B { get; set; }
    }
}
