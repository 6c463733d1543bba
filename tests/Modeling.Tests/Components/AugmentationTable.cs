using Toolkit.Modeling.Data.Augmentation;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>Every augmentation.</summary>
internal static class AugmentationTable
{
    public static Dictionary<string, Case> Rows { get; } = new()
    {
        [nameof(ElasticDeformation)] = new(
            () => new ElasticDeformation(8, 4), Case.Numbers(v => new ElasticDeformation(v, 4), -1), Case.Numbers(v => new ElasticDeformation(8, v), 0, -1)),
        [nameof(RandomAffine)] = new(
            () => new RandomAffine(),
            Case.Numbers(v => new RandomAffine { Shift = v }, -1),
            Case.Numbers(v => new RandomAffine { Rotation = v }, -1),
            Case.Numbers(v => new RandomAffine { Scale = v }, -0.1, 1),
            Case.Numbers(v => new RandomAffine { Shear = v }, -1)),
        [nameof(RandomCrop)] = new(() => new RandomCrop(0.5), Case.Numbers(v => new RandomCrop(v), 0, -1, 1.1)),
        [nameof(RandomFlip)] = new(() => new RandomFlip(1), [() => new RandomFlip()]),
        [nameof(RandomIntensity)] = new(
            () => new RandomIntensity(0.1, 0.1), Case.Numbers(v => new RandomIntensity(v, 0), -1), Case.Numbers(v => new RandomIntensity(0, v), -1)),
        [nameof(RandomSaturation)] = new(() => new RandomSaturation(0.5), Case.Numbers(v => new RandomSaturation(v), -1)),
    };
}
