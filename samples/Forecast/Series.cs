using Toolkit.Modeling;
using Toolkit.Modeling.Data;

namespace Toolkit.Samples.Forecast;

/// <summary>Hourly demand made up: a day of 24 hours, a level of its own for each stretch, and noise that is twice as loud by day.</summary>
internal static class Series
{
    public const int Past = 48, Ahead = 12;

    public static Dataset Create(int count, RandomSource random)
    {
        var past = new float[count * Past];
        var future = new float[count * Ahead];
        for (int i = 0; i < count; i++)
        {
            int hour = random.NextInt32(24);
            double level = random.NextNormal(0, 0.5);
            for (int t = 0; t < Past + Ahead; t++)
            {
                double day = Math.Sin(2 * Math.PI * (hour + t) / 24.0);
                float demand = (float)(level + day + random.NextNormal(0, day > 0 ? 0.2 : 0.1));
                if (t < Past)
                    past[(i * Past) + t] = demand;
                else
                    future[(i * Ahead) + t - Past] = demand;
            }
        }

        return Dataset.Of(Column.Of("past", past, Past, 1), Column.Of("future", future, Ahead));
    }
}
