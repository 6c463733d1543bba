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
}
