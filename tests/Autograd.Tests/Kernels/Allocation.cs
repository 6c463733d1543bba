namespace Toolkit.Autograd.Tests.Kernels;

/// <summary>Measures what code allocates on its own thread in the steady state.</summary>
internal static class Allocation
{
    /// <summary>The least number of bytes over several stretches: the queue of the thread pool grows once in a while, when other tests fill it.</summary>
    public static long Least(Action stretch)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 8 && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            stretch();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
