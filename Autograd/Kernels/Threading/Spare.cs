namespace Toolkit.Autograd.Kernels;

/// <summary>Objects that are used again instead of being made anew. Any thread may rent and return; the one that was returned first after a rent is taken without a lock.</summary>
/// <param name="make">Makes one more.</param>
internal sealed class Spare<T>(Func<T> make)
    where T : class
{
    private readonly Stack<T> others = new();
    private T? next;

    /// <summary>An object that nobody else uses until it is returned.</summary>
    public T Rent() => Interlocked.Exchange(ref next, null) ?? Another();

    /// <summary>Takes an object back.</summary>
    public void Return(T item)
    {
        if (Interlocked.CompareExchange(ref next, item, null) is not null)
        {
            lock (others)
            {
                others.Push(item);
            }
        }
    }

    private T Another()
    {
        lock (others)
        {
            if (others.TryPop(out T? item))
            {
                return item;
            }
        }

        return make();
    }
}
