using Microsoft.ML;

namespace Toolkit.Samples.Tabular;

/// <summary>A trainer under its name, with the settings that a search may choose.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Family">What kind of model it makes.</param>
/// <param name="Space">The settings to choose.</param>
/// <param name="Trainer">The trainer with settings and a seed.</param>
internal sealed record Contender(string Name, Family Family, IReadOnlyList<Choice> Space, Func<Settings, ulong, IEstimator<ITransformer>> Trainer)
{
    /// <summary>The contender whose settings it shares, so that none are searched for it; null for settings of its own.</summary>
    public string? SettingsOf { get; init; }

    /// <summary>The contender whose chosen settings a search tries next after its own ones; null for none.</summary>
    public string? TriesOf { get; init; }
}
