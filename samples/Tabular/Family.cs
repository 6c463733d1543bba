namespace Toolkit.Samples.Tabular;

/// <summary>What kind of model a contender is.</summary>
internal enum Family
{
    Network,
    Linear,
    Trees,
}
