namespace Toolkit.Autograd.Kernels;

/// <summary>The body of a parallel loop as an object that its owner keeps and reuses, so that starting the loop allocates nothing.</summary>
internal abstract class WorkItem
{
    /// <summary>Does iteration <paramref name="index"/>; called exactly once for every index, in any order, on any thread of the pool.</summary>
    public abstract void Execute(int index);
}
