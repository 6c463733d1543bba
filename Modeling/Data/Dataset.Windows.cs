namespace Toolkit.Modeling.Data;

/// <content>Windows of a time series.</content>
public sealed partial class Dataset
{
    /// <summary>Windows of a time series, to learn from: the example i has as features the steps i·step to i·step + inputs − 1, [inputs, channels], and as targets the steps that follow, [targets, channels]. There are
    /// ⌊(time − inputs − targets)/step⌋ + 1 of them, in the order of time. The numbers are copied.</summary>
    /// <remarks>Windows side by side share steps: cut off what is held out by <see cref="Take"/> and <see cref="Skip"/> with inputs + targets steps between, or cut the series itself; a random <see cref="Split(double,
    /// RandomSource)"/> would hold out what was learned.</remarks>
    /// <param name="series">The series, [time, channels]: a row for each step.</param>
    /// <param name="inputs">The number of steps that a model sees, at least 1.</param>
    /// <param name="targets">The number of steps it is to say, at least 1; 1 by default.</param>
    /// <param name="step">How many steps a window begins behind the one before, at least 1; 1 by default.</param>
    /// <param name="targetChannels">The channels that are to be said, in this order, for targets [targets, their number]; null (the default) for all.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1, or there is no such channel.</exception>
    /// <exception cref="ArgumentException">The series is shorter than a window, or there is no channel.</exception>
    /// <exception cref="DataException">A number of a window is NaN or infinite.</exception>
    public static Dataset Windows(float[,] series, int inputs, int targets = 1, int step = 1, IReadOnlyList<int>? targetChannels = null)
    {
        Settings.AtLeastOne(inputs);
        Settings.AtLeastOne(targets);
        Settings.AtLeastOne(step);
        int time = series.GetLength(0), channels = series.GetLength(1);
        long span = (long)inputs + targets;
        if (time < span || channels == 0)
            throw new ArgumentException($"Expected a series of at least {span} steps ({inputs} of inputs, {targets} of targets) and one channel, found [{time}, {channels}].", nameof(series));
        int[] said = [.. targetChannels ?? [.. Enumerable.Range(0, channels)]];
        if (said.Length == 0)
            throw new ArgumentException("Expected at least one channel of targets, found none.", nameof(targetChannels));
        foreach (int channel in said)
        {
            if ((uint)channel >= (uint)channels)
                throw new ArgumentOutOfRangeException(nameof(targetChannels), channel, $"Expected channels of targets from 0 to {channels - 1}, found {channel}.");
        }

        int count = (int)((time - span) / step) + 1;
        var features = new float[WindowNumbers(count, inputs, channels, nameof(step))];
        var ahead = new float[WindowNumbers(count, targets, said.Length, nameof(step))];
        ReadOnlySpan<float> numbers = Flat(series);
        for (int window = 0, at = 0; window < count; window++)
        {
            int start = window * step;
            numbers.Slice(start * channels, inputs * channels).CopyTo(features.AsSpan(window * inputs * channels));
            for (int t = start + inputs; t < start + inputs + targets; t++)
            {
                foreach (int channel in said)
                    ahead[at++] = series[t, channel];
            }
        }

        return FromTargets(features, [inputs, channels], ahead, [targets, said.Length]);
    }

    private static int WindowNumbers(int count, int steps, int channels, string argument)
    {
        decimal all = (decimal)count * steps * channels;
        return all <= Array.MaxLength ? (int)all : throw new ArgumentException($"Expected windows of at most {Array.MaxLength} numbers in all, found {count} of [{steps}, {channels}]: take a greater step.", argument);
    }
}
