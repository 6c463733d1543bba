using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Data;

public sealed class WindowTests
{
    [Theory]
    [InlineData(12, 3, 2, 1, 8)]
    [InlineData(12, 3, 2, 2, 4)]
    [InlineData(12, 3, 2, 4, 2)]
    [InlineData(12, 1, 1, 5, 3)]
    [InlineData(5, 3, 2, 1, 1)]
    [InlineData(5, 3, 2, 100, 1)]
    public void Windows_hold_the_steps_of_the_series(int time, int inputs, int targets, int step, int count)
    {
        var windows = Dataset.Windows(Series(time), inputs, targets, step);
        Assert.Equal(count, windows.Count);
        Assert.Equal([inputs, 2], windows.Layout.FeatureShape);
        Assert.Equal([targets, 2], windows.Layout.TargetShape);
        for (int i = 0; i < count; i++)
        {
            for (int t = 0; t < inputs; t++)
            {
                for (int c = 0; c < 2; c++)
                    Assert.Equal((10 * ((i * step) + t)) + c, windows.Features.Span[(((i * inputs) + t) * 2) + c]);
            }

            for (int t = 0; t < targets; t++)
            {
                for (int c = 0; c < 2; c++)
                    Assert.Equal((10 * ((i * step) + inputs + t)) + c, windows.Targets.Span[(((i * targets) + t) * 2) + c]);
            }
        }
    }

    [Fact]
    public void Some_channels_are_said()
    {
        var windows = Dataset.Windows(Series(4), 2, targetChannels: [1]);
        Assert.Equal([0f, 1, 10, 11, 10, 11, 20, 21], windows.Features.ToArray());
        Assert.Equal([21f, 31], windows.Targets.ToArray());
        Assert.Equal([1, 1], windows.Layout.TargetShape);
        Assert.Equal([31f, 30], Dataset.Windows(Series(4), 3, targetChannels: [1, 0]).Targets.ToArray());
    }

    [Fact]
    public void Refusals_name_what_was_found()
    {
        Assert.StartsWith(
            "Expected a series of at least 5 steps (3 of inputs, 2 of targets) and one channel, found [4, 2].", Assert.Throws<ArgumentException>(() => Dataset.Windows(Series(4), 3, 2)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Expected channels of targets from 0 to 1, found 2.", Assert.Throws<ArgumentOutOfRangeException>(() => Dataset.Windows(Series(4), 3, targetChannels: [2])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Dataset.Windows(new float[9, 0], 3));
        Assert.Throws<ArgumentException>(() => Dataset.Windows(Series(4), 3, targetChannels: []));
        Assert.Throws<ArgumentException>(() => Dataset.Windows(Series(4), int.MaxValue, int.MaxValue));
        foreach ((int inputs, int targets, int step) in new[] { (0, 1, 1), (1, 0, 1), (1, 1, 0) })
            Assert.Throws<ArgumentOutOfRangeException>(() => Dataset.Windows(Series(4), inputs, targets, step));
        float[,] gap = Series(4);
        gap[3, 0] = float.NaN;
        Assert.Throws<DataException>(() => Dataset.Windows(gap, 3));
    }

    /// <summary>The number of the step in the tens, that of the channel behind it.</summary>
    private static float[,] Series(int time)
    {
        var series = new float[time, 2];
        for (int t = 0; t < time; t++)
            (series[t, 0], series[t, 1]) = (10 * t, (10 * t) + 1);
        return series;
    }
}
