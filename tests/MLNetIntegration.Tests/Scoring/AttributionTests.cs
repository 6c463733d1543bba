using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.OnnxExport.Export;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

/// <summary>Columns that say what each feature contributed to the score beside them.</summary>
public sealed class AttributionTests
{
    private static readonly MLContext Ml = new(seed: 1);

    /// <summary>score = tanh(w·x): the integral's contributions sum to it, x times the slope is wᵢxᵢ(1 − score²).</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Contributions_are_columns_beside_the_score(bool isFile)
    {
        float[] w = [0.5f, -1, 0.25f];
        Variable x = Variable.Input("X", DType.Float32, ["batch", 3]);
        var model = new Signature([x], [new Output("Score", Ops.Tanh(x.MatMul(Variable.Of(Value.Of(w, 3, 1)))))]);
        var options = new ScoreOnnxOptions { Attributions = [new IntegratedGradients { Name = "Parts" }, new InputTimesGradient { Name = "Slopes", Output = "Score" }] };
        Row[] rows = [.. Enumerable.Range(0, 150).Select(i => new Row { X = [(float)Math.Sin(i), (float)Math.Cos(2 * i), i / 100f] })];
        IDataView data = Ml.Data.LoadFromEnumerable(rows);
        BatchOnnxEstimator estimator = isFile ? Ml.ScoreOnnx(OnnxExporter.Export(model), options) : Ml.ScoreOnnx(new Source(model), options);
        using BatchOnnxTransformer transformer = estimator.Fit(data);
        IDataView scored = transformer.Transform(data);
        Assert.Equal(3, ((VectorDataViewType)scored.Schema["Parts"].Type).Size);
        Explained[] found = [.. Ml.Data.CreateEnumerable<Explained>(scored, reuseRowObject: false)];
        Assert.Equal(rows.Length, found.Length);
        for (int row = 0; row < rows.Length; row++)
        {
            double score = Math.Tanh(rows[row].X.Zip(w, (p, q) => (double)p * q).Sum());
            Assert.Equal(score, found[row].Score, 1e-6);
            Assert.Equal(score, found[row].Parts.Sum(), 1e-5);
            for (int i = 0; i < 3; i++)
                Assert.Equal(w[i] * rows[row].X[i] * (1 - (score * score)), found[row].Slopes[i], 1e-6);
        }
    }

    private sealed class Source(Signature signature) : ISignatureSource
    {
        public Signature Inference => signature;
    }

    private sealed class Row
    {
        [VectorType(3)]
        public float[] X { get; set; } = [];
    }

    private sealed class Explained
    {
        public float Score { get; set; }

        public float[] Parts { get; set; } = [];

        public float[] Slopes { get; set; } = [];
    }
}
