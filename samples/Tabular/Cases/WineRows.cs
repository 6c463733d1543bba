using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.Samples.Tabular.Cases;

/// <summary>Grades of white wine by eleven measurements (Cortez et al. 2009): 4,898 rows.</summary>
internal static class WineRows
{
    public static IDataView Load(MLContext ml, string folder) => ml.Data.LoadFromTextFile(
        Path.Combine(folder, "winequality-white.csv"),
        [new TextLoader.Column("Features", DataKind.Single, 0, 10), new TextLoader.Column("Quality", DataKind.Single, 11)],
        separatorChar: ',',
        hasHeader: true);

    /// <summary>Makes "Waves": the standardized measurements and waves of them.</summary>
    public static IEstimator<ITransformer> Waved(MLContext ml) => ml.Transforms.NormalizeMeanVariance(nameof(Measured.Normal), "Features", fixZero: false)
        .Append(ml.Transforms.CustomMapping<Measured, Derived>((m, d) => d.Waves = [.. m.Normal.SelectMany(x => Waves.Of(x, 3).Prepend(x))], contractName: null));

    private sealed class Measured
    {
        [VectorType(11)]
        public float[] Normal { get; set; } = [];
    }

    private sealed class Derived
    {
        [VectorType(77)]
        public float[] Waves { get; set; } = [];
    }
}
