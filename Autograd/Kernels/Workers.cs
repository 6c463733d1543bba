namespace Toolkit.Autograd.Kernels;

internal abstract class WorkItem
{
    public abstract void Execute(int index);
}

/// <summary>Placeholder shape of the worker pool until the kernels land.</summary>
internal sealed class Workers(int threads) : IDisposable
{
    public int Threads { get; } = threads;

    public void For(int count, WorkItem item)
    {
        for (int i = 0; i < count; i++)
        {
            item.Execute(i);
        }
    }

    public void Dispose()
    {
    }
}
