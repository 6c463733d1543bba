using Toolkit.MLNetIntegration.Training;

namespace Toolkit.MLNetIntegration.Tests.Training;

public class ValidationSplitTests
{
    [Theory]
    [InlineData(10, 0.0)]
    [InlineData(10, 0.04)]
    [InlineData(10, 0.96)]
    [InlineData(1, 0.5)]
    [InlineData(0, 0.3)]
    public void A_share_that_rounds_to_no_row_or_to_all_sets_none_aside_and_leaves_the_order(int rows, double share)
    {
        Split split = Split.Of(rows, share, 1);
        Assert.Equal(Enumerable.Range(0, rows), split.Order);
        Assert.Equal(rows, split.Kept);
        Assert.Equal(rows, split.Rows);
    }

    [Theory]
    [InlineData(10, 0.2, 8)]
    [InlineData(100, 0.01, 99)]
    [InlineData(100, 0.99, 1)]
    [InlineData(7, 0.3, 5)]
    public void A_share_is_drawn_at_random_and_every_row_has_its_place(int rows, double share, int kept)
    {
        Split split = Split.Of(rows, share, 1);
        Assert.Equal(kept, split.Kept);
        Assert.Equal(Enumerable.Range(0, rows), split.Order.Order());
        Assert.NotEqual(Enumerable.Range(0, rows), split.Order);
        Assert.Equal(split.Order, Split.Of(rows, share, 1).Order);
        Assert.NotEqual(split.Order, Split.Of(rows, share, 2).Order);
        int[] places = split.Places();
        Assert.All(Enumerable.Range(0, rows), i => Assert.Equal(i, places[split.Order[i]]));
    }
}
