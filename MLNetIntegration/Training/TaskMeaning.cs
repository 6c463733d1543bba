namespace Toolkit.MLNetIntegration.Training;

/// <summary>What the outputs of one of several tasks mean.</summary>
/// <param name="Label">The label column.</param>
/// <param name="Classes">The names of its classes in the order of the outputs; null where there are none.</param>
/// <param name="Scale">How the label was shifted and scaled for the loss.</param>
internal sealed record TaskMeaning(string Label, IReadOnlyList<string>? Classes, LabelScale Scale)
{
    /// <summary>Whether the outputs are those of the same label and the same classes.</summary>
    public bool IsSame(TaskMeaning other) => Label == other.Label && (Classes ?? []).SequenceEqual(other.Classes ?? [], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Classes is null ? $"\"{Label}\"" : $"\"{Label}\" ({string.Join(", ", Classes)})";
}
