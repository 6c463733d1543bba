using Toolkit.Modeling.Data;

namespace Toolkit.Samples.FineTune.Studies;

/// <summary>Pictures to learn from, to choose settings with and to measure with.</summary>
/// <param name="Train">What is learned from.</param>
/// <param name="Validation">What settings are chosen with.</param>
/// <param name="Test">What is measured with, once.</param>
internal sealed record PictureSets(Dataset Train, Dataset Validation, Dataset Test)
{
    // Enough that an accuracy is known to a point.
    private const int Tested = 1000;

    /// <summary>Those of a folder with files as of MNIST; the rows behind the examples are for validation.</summary>
    /// <param name="folder">The folder, or null for generated digits.</param>
    /// <param name="examples">Pictures to learn from.</param>
    /// <param name="size">Height and width to which they are enlarged.</param>
    public static PictureSets Load(string? folder, int examples, int size)
    {
        (Dataset train, Dataset test) = folder is null ? (GeneratedDigits.Create(examples + Tested, seed: 1), GeneratedDigits.Create(Tested, seed: 2)) : Dataset.LoadIdx(folder);
        return new PictureSets(train.Take(examples), Few(train.Skip(examples)), Few(test)).Map(pictures => NetworkPictures.Of(pictures, size));
    }

    /// <summary>Each set after a change.</summary>
    /// <param name="change">The change.</param>
    public PictureSets Map(Func<Dataset, Dataset> change) => new(change(Train), change(Validation), change(Test));

    private static Dataset Few(Dataset pictures) => pictures.Take(Math.Min(Tested, pictures.Count));
}
