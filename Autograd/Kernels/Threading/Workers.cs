namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The right to a number of threads of the process's thread pool, plus the scratch memory of the kernels that run on them. A loop started here runs on
/// the calling thread and on helpers; a kernel's result never depends on how many there are.
/// </summary>
/// <remarks>
/// Any thread may start a loop. If one already runs here (a nested loop, or a second caller), the loop runs inline on its caller.
/// Helpers that find no work spin for some tens of microseconds, sleep for some milliseconds, then give their threads back: any number of these objects share the threads of the
/// pool, and one that is idle holds none.
/// </remarks>
internal sealed unsafe class Workers : IDisposable
{
    private readonly Crew? crew;
    private readonly ScratchPool scratch = new();

    /// <summary>Has up to <paramref name="threads"/> − 1 helpers.</summary>
    /// <param name="threads">Threads that take part in a loop, the caller included; 1 runs everything inline.</param>
    public Workers(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        if (threads > 1)
            crew = new Crew(threads - 1);
    }

    /// <summary>Gets the number of threads that take part in a loop, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Calls <paramref name="body"/> for every index in [0, <paramref name="count"/>); returns when all are done.</summary>
    /// <exception cref="Exception">The first exception thrown by the body; indices not yet started are then skipped.</exception>
    public void For(int count, WorkItem body)
    {
        if (count > 1 && crew is not null && crew.TryBegin())
        {
            crew.Run(count, body);
            return;
        }

        for (int i = 0; i < count; i++)
            body.Execute(i);
    }

    /// <summary>Runs <paramref name="job"/> for every index in [0, <paramref name="count"/>); returns when all are done.</summary>
    /// <exception cref="Exception">The first exception thrown by the job; indices not yet started are then skipped.</exception>
    public void For<TJob>(int count, TJob job)
        where TJob : unmanaged, IJob
    {
        if (count > 1 && crew is not null && crew.TryBegin())
        {
            crew.Run(count, &job);
            return;
        }

        for (int i = 0; i < count; i++)
            job.Execute(i, 0);
    }

    /// <summary>Lends scratch memory of at least <paramref name="bytes"/> bytes, aligned to 64 bytes, with undefined content.</summary>
    public Scratch Rent(long bytes) => scratch.Rent(bytes);

    /// <summary>Gets the helpers that hold a thread now.</summary>
    public int ActiveHelpers => crew?.Active ?? 0;

    /// <summary>Refuses further loops. None may be running.</summary>
    public void Dispose() => crew?.Stop();
}
