namespace Toolkit.Autograd.Tests;

/// <summary>The memory that a test needs.</summary>
internal static class Memory
{
    /// <summary>Skips the test where less memory is free.</summary>
    public static void Require(double gibibytes)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        double free = (memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes) / (double)(1L << 30);
        Assert.SkipWhen(free < gibibytes, $"The test needs {gibibytes} GiB of memory; {free:F1} are free.");
    }
}
