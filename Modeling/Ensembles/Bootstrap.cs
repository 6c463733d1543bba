using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Ensembles;

/// <summary>Bootstrap samples, on each of which bagging trains a member of a <see cref="Toolkit.Modeling.Modules.Ensemble"/>. Source: book section 7.11,
/// figure 7.5; Breiman, "Bagging predictors", 1994.</summary>
public static class Bootstrap
{
    /// <summary>As many examples as the data set has, drawn with replacement: about 1 − (1 − 1/n)ⁿ, 63 %, of them occur.</summary>
    /// <param name="data">The examples; each takes its weight along.</param>
    /// <param name="random">Chooses the examples; it is advanced, so a second call gives another sample.</param>
    public static Dataset Sample(Dataset data, RandomSource random)
    {
        RandomSource own = random.Fork();
        var rows = new int[data.Count];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = own.NextInt32(data.Count);
        return data.Select(rows);
    }
}
