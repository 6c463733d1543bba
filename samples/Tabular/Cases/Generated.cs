using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Modeling;

namespace Toolkit.Samples.Tabular.Cases;

/// <summary>A made regression that is neither linear nor a staircase: Friedman, Annals of Statistics 19 (1991), with noise of deviation 1.</summary>
internal sealed class Generated : RegressionCase
{
    public override string Name => "friedman";

    public override string Description => "made: 10 sin(πx₁x₂) + 20(x₃ − ½)² + 10x₄ + 5x₅ + noise of deviation 1, 5 features idle; 4,000 rows to train and to test";

    public override string? Folder => null;

    public override (IDataView Train, IDataView Test) Load(MLContext ml, string folder) => (Make(ml, 1), Make(ml, 2));

    public override IEstimator<ITransformer> Featurize(MLContext ml) => ml.Transforms.CopyColumns("Features", nameof(Row.X));

    private static IDataView Make(MLContext ml, ulong seed)
    {
        var random = new RandomSource(seed);
        return ml.Data.LoadFromEnumerable(Enumerable.Range(0, 4000).Select(_ =>
        {
            var x = new float[10];
            random.FillUniform(x, 0, 1);
            double y = (10 * Math.Sin(Math.PI * x[0] * x[1])) + (20 * Math.Pow(x[2] - 0.5, 2)) + (10 * x[3]) + (5 * x[4]);
            return new Row { X = x, Label = (float)(y + random.NextNormal()) };
        }).ToArray());
    }

    private sealed class Row
    {
        [VectorType(10)]
        public float[] X { get; set; } = [];

        public float Label { get; set; }
    }
}
