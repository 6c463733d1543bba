using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>A column that scoring adds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Output">The number of the model output that it is made from.</param>
/// <param name="Annotations">Slot names or key values; null for none.</param>
internal abstract record ScoreColumn(string Name, DataViewType Type, int Output, DataViewSchema.Annotations? Annotations)
{
    /// <summary>A getter of the value for <see cref="CurrentScores.Row"/>.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="prepare">What to do before each value; null for nothing.</param>
    public abstract Delegate Getter(CurrentScores scores, Action? prepare);

    /// <summary>A getter of a type asked for.</summary>
    public ValueGetter<T> Getter<T>(CurrentScores scores, Action? prepare) => Getter(scores, prepare) as ValueGetter<T>
        ?? throw new ScoringException($"Expected a getter of {Type.RawType} for the column \"{Name}\", found {typeof(T)}.");
}
