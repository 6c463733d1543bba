namespace Toolkit.OnnxExport.Serving;

/// <summary>Counts the uses of native memory, so that it does not go away under another thread: once ended, the last use releases it.</summary>
/// <param name="release">Releases the memory; called once.</param>
internal sealed class UseCount(Action release)
{
    // Far below zero once ended. No lock: a run of one row takes two microseconds.
    private int uses;
    private int ended;
    private int released;

    /// <summary>Begins a use, to be ended by <see cref="Leave"/>.</summary>
    /// <param name="owner">What was disposed, if it was.</param>
    /// <exception cref="ObjectDisposedException">It has ended.</exception>
    public void Enter(object owner)
    {
        if (Interlocked.Increment(ref uses) < 0)
        {
            Leave();
            throw new ObjectDisposedException(owner.GetType().Name);
        }
    }

    /// <summary>Ends a use.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref uses) == int.MinValue)
        {
            Release();
        }
    }

    /// <summary>Lets no further use begin, and releases the memory when the uses that have begun are over; a second call does nothing.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref ended, 1) == 0 && Interlocked.Add(ref uses, int.MinValue) == int.MinValue)
        {
            Release();
        }
    }

    private void Release()
    {
        // A use that came too late and left again can see the last count a second time.
        if (Interlocked.Exchange(ref released, 1) == 0)
        {
            release();
        }
    }
}
