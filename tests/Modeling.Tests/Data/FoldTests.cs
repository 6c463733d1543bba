using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Data;

public sealed class FoldTests
{
    // 53 examples: 30 of class 0, 13 of class 1, 7 of class 2 and 3 without a label, behind each other.
    private static readonly int[] Sizes = [30, 13, 7, 3];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_example_is_validated_on_once_and_trained_on_by_all_other_folds(bool stratified)
    {
        Dataset all = Mixed();
        (Dataset Train, Dataset Validation)[] folds = [.. all.KFold(5, new RandomSource(3), stratified ? "target" : null)];
        Assert.Equal([10, 10, 11, 11, 11], folds.Select(fold => fold.Validation.Count).Order());
        Assert.Equal(Enumerable.Range(0, 53), folds.SelectMany(fold => Numbers(fold.Validation)).Order());
        foreach ((Dataset train, Dataset validation) in folds)
        {
            Assert.Equal(Enumerable.Range(0, 53), Numbers(train).Concat(Numbers(validation)).Order());
            Assert.All(Enumerable.Range(0, train.Count), i => Assert.Equal(ClassOf(Numbers(train)[i]), train.Labels.Span[i]));
            Assert.NotEqual(Numbers(train).Order(), Numbers(train));
            Assert.NotEqual(Numbers(validation).Order(), Numbers(validation));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(53)]
    public void A_fold_has_its_share_of_each_class(int k)
    {
        foreach ((_, Dataset validation) in Mixed().KFold(k, new RandomSource(4), "target"))
        {
            for (int c = 0; c < Sizes.Length; c++)
                Assert.InRange(InClass(validation, c), Sizes[c] / k, (Sizes[c] + k - 1) / k);
        }
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.8)]
    [InlineData(0.97)]
    public void Both_parts_have_their_share_of_each_class(double fraction)
    {
        Dataset all = Mixed();
        (Dataset first, Dataset second) = all.Split(fraction, new RandomSource(5), "target");
        Assert.Equal((int)Math.Round(fraction * 53), first.Count);
        Assert.Equal(Enumerable.Range(0, 53), Numbers(first).Concat(Numbers(second)).Order());
        for (int c = 0; c < Sizes.Length; c++)
        {
            int least = Sizes[c] * first.Count / 53;
            Assert.InRange(InClass(first, c), least, least + 1);
        }

        Assert.NotEqual(Numbers(first).Order(), Numbers(first));
    }

    [Fact]
    public void Folds_are_those_of_the_seed_and_advance_the_source()
    {
        Dataset all = Mixed();
        var random = new RandomSource(6);
        IEnumerable<(Dataset Train, Dataset Validation)> folds = all.KFold(3, random, "target");
        int[][] first = Parts(folds);
        Assert.Equal(first, Parts(folds));
        Assert.NotEqual(first, Parts(all.KFold(3, random, "target")));
        Assert.Equal(first, Parts(all.KFold(3, new RandomSource(6), "target")));
        Assert.NotEqual(first, Parts(all.KFold(3, new RandomSource(6))));
        Assert.Equal(Numbers(all.Split(0.3, new RandomSource(6), "target").First), Numbers(all.Split(0.3, new RandomSource(6), "target").First));
        Assert.NotEqual(Numbers(all.Split(0.3, random, "target").First), Numbers(all.Split(0.3, random, "target").First));

        static int[][] Parts(IEnumerable<(Dataset Train, Dataset Validation)> folds) => [.. folds.SelectMany(fold => new[] { Numbers(fold.Train), Numbers(fold.Validation) })];
    }

    [Fact]
    public void Refusals_name_what_was_found()
    {
        Dataset all = Mixed();
        var random = new RandomSource(1);
        Assert.StartsWith("Expected 2 to 53 folds of a data set of 53 examples, found 1.", Assert.Throws<ArgumentOutOfRangeException>(() => all.KFold(1, random)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => all.KFold(54, random));
        Assert.StartsWith(
            "Expected a field \"kind\" with one class label for each example, found the fields \"input\", \"target\".", Assert.Throws<ArgumentException>(() => all.KFold(2, random, "kind")).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "Expected a field \"input\" with one class label for each example, found input: Float32 [1].", Assert.Throws<ArgumentException>(() => all.Split(0.5, random, "input")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Dataset.Of(Column.Labels("tags", [0, 1, 1, 0], 2, false, 2)).KFold(2, random, "tags"));
        Assert.Throws<ArgumentException>(() => Dataset.Of(Column.Of("ids", new long[] { 0, 1, 1, 0 })).KFold(2, random, "ids"));
        Assert.Throws<ArgumentOutOfRangeException>(() => all.Split(1, random, "target"));
        Assert.Throws<InvalidOperationException>(() => all.Take(1).Split(0.5, random, "target"));
    }

    /// <summary>Other fields than the target have labels, too, and every field comes along.</summary>
    [Fact]
    public void Folds_of_any_field_of_labels()
    {
        var all = Dataset.Of(Column.Of("size", [1f, 2, 3, 4, 5, 6]), Column.Labels("kind", [0, 1, 0, 1, 0, 1], 2));
        foreach ((Dataset train, Dataset validation) in all.KFold(3, new RandomSource(2), "kind"))
        {
            Batch held = validation.Batches(new BatchOptions { Size = 2 }).Single();
            Assert.Equal([0.0, 1], new[] { held["kind"][0], held["kind"][1] }.Order());
            Assert.All(new[] { 0, 1 }, i => Assert.Equal(held["kind"][i], (held["size"][i] + 1) % 2));
            Assert.Equal(4, train.Count);
        }
    }

    private static Dataset Mixed() => Dataset.FromLabels(
        [.. Enumerable.Range(0, 53).Select(i => (float)i)], [1], [.. Enumerable.Range(0, 53).Select(ClassOf)], 3, allowUnlabelled: true);

    private static long ClassOf(int i) => i < 30 ? 0 : i < 43 ? 1 : i < 50 ? 2 : -1;

    private static int InClass(Dataset data, int c) => data.Labels.ToArray().Count(label => label == (c == 3 ? -1 : c));

    private static int[] Numbers(Dataset data) => [.. data.Features.ToArray().Select(x => (int)x)];
}
