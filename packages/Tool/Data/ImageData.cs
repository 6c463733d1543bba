using Toolkit.Modeling.Data;

namespace Toolkit.Tool.Data;

/// <summary>Images of [channels, height, width] in three parts.</summary>
/// <param name="Train">Those to learn from.</param>
/// <param name="Validation">Those to stop by; null for none.</param>
/// <param name="Test">Those to measure with; null for none.</param>
/// <param name="Classes">The names of the classes.</param>
/// <param name="Pictures">How pictures become images; null for images that are numbers already.</param>
internal sealed record ImageData(Dataset Train, Dataset? Validation, Dataset? Test, IReadOnlyList<string> Classes, PictureFormat? Pictures);
