using System.Globalization;

namespace Toolkit.Bench.Scaling;

/// <summary>
/// What a training of many processes would do, by the measured time of a step and a model of a network: a message of n bytes takes a + n/b. The fixed tree sends 2·log₂ R messages, 2·(1 − 1/R) times the
/// bytes of the gradients in all, after the step's computation. A sum in any order sends as many bytes around a ring, bucket by bucket, while gradients are still computed, and hides what takes less than these.
/// </summary>
internal static class RankSimulation
{
    // Back-propagation is two thirds of a step of dense layers: two products of three.
    private const double Backward = 2.0 / 3.0, BucketBytes = 25e6;

    private static readonly (string Name, double BytesPerSecond, double Latency)[] Networks = [("10 Gbit/s", 1.25e9, 30e-6), ("100 Gbit/s", 12.5e9, 5e-6)];

    /// <summary>Prints the table.</summary>
    /// <param name="measured">The times of a process; those in messages are taken out.</param>
    public static void Print(RankTimes measured)
    {
        double compute = measured.Step - measured.Message;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a step computes {1e3 * compute:F2} ms, its gradients have {measured.Bytes / 1e6:F2} MB"));
        Console.WriteLine("| network | processes | messages, fixed tree | rate over R times one, fixed tree | the same, any order and overlapped |\n|---|---|---|---|---|");
        foreach ((string name, double speed, double latency) in Networks)
        {
            foreach (int ranks in new[] { 8, 64, 512 })
            {
                double bytes = 2.0 * (1.0 - (1.0 / ranks)) * measured.Bytes / speed;
                double tree = (2.0 * Math.Log2(ranks) * latency) + bytes;
                double ring = (2.0 * (ranks - 1) * latency * Math.Ceiling(measured.Bytes / BucketBytes)) + bytes;
                double overlapped = compute + Math.Max(0.0, ring - (Backward * compute));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {ranks} | {1e3 * tree:F2} ms | {compute / (compute + tree):F2} | {compute / overlapped:F2} |"));
            }

            double crossover = compute / 9.0 * speed / 2.0;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: the fixed tree stays at 0.9 and above up to {crossover / 1e6:F1} MB of gradients for a step of {1e3 * compute:F1} ms"));
        }
    }
}
