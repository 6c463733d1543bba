using System.Collections.Concurrent;

namespace Toolkit.Modeling.Data;

/// <summary>
/// The batches of another source, made ahead on a thread of its own while training works on earlier ones: reading, decoding and augmentation run beside the
/// training. The batches and their order are those of the other source. Source: book section 7.4 in practice; 8.1.3 on batches.
/// </summary>
/// <remarks>The queue holds at most <see cref="Queue"/> batches, and the thread waits while it is full. An exception of the other source comes up where its batch would
/// have come. When a pass is abandoned (by an exception, a cancellation or a <c>break</c>), the thread ends before the enumeration does.</remarks>
public sealed class PrefetchedSource : IDataSource
{
    /// <summary>A source that works ahead.</summary>
    /// <param name="inner">The source; a pass over it must not depend on the thread.</param>
    /// <param name="queue">How many batches may be ready, at least 1; 4 by default.</param>
    public PrefetchedSource(IDataSource inner, int queue = 4)
    {
        Inner = inner;
        Queue = Settings.AtLeastOne(queue);
    }

    /// <summary>How many batches may be ready.</summary>
    public int Queue { get; }

    private IDataSource Inner { get; }

    /// <inheritdoc/>
    public DataLayout Layout => Inner.Layout;

    /// <inheritdoc/>
    public int? ExampleCount => Inner.ExampleCount;

    /// <inheritdoc/>
    public IReadOnlyList<Column>? Columns => Inner.Columns;

    /// <inheritdoc/>
    public bool ForTrainingOnly => Inner.ForTrainingOnly;

    /// <inheritdoc/>
    public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0)
    {
        using var ready = new BlockingCollection<Batch>(Queue);
        var free = new ConcurrentQueue<Batch>();
        using var stop = new CancellationTokenSource();
        // A thread, not the pool: it waits much, and the pool belongs to those who compute.
        Task producer = Task.Factory.StartNew(
            () => Produce(options, epoch, ready, free, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            foreach (Batch batch in ready.GetConsumingEnumerable(CancellationToken.None))
            {
                yield return batch;
                free.Enqueue(batch);
            }

            // Gives its exception, if it ended with one.
            producer.GetAwaiter().GetResult();
        }
        finally
        {
            stop.Cancel();
            ((IAsyncResult)producer).AsyncWaitHandle.WaitOne();
        }
    }

    private void Produce(BatchOptions options, long epoch, BlockingCollection<Batch> ready, ConcurrentQueue<Batch> free, CancellationToken stop)
    {
        try
        {
            foreach (Batch batch in Inner.Batches(options, epoch))
            {
                if (!free.TryDequeue(out Batch? copy))
                    copy = new Batch(Layout, batch.Capacity);
                copy.CopyFrom(batch);
                ready.Add(copy, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The pass was abandoned: nobody waits for more.
        }
        finally
        {
            ready.CompleteAdding();
        }
    }
}
