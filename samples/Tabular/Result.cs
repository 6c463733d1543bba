namespace Toolkit.Samples.Tabular;

/// <summary>What a contender reached on the test rows.</summary>
internal sealed record Result(Contender Contender, IReadOnlyDictionary<string, double> Figures, TimeSpan Training)
{
    /// <summary>The first figure: the one that contenders are compared by.</summary>
    public double Main => Figures.Values.First();
}
