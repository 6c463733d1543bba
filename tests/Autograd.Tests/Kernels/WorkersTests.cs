using System.Diagnostics;
using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Tests.Kernels;

public class WorkersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Every_index_runs_exactly_once(int threads)
    {
        using Workers workers = new(threads);
        for (int round = 0; round < 500; round++)
        {
            Counting item = new(round % 37);
            workers.For(item.Counts.Length, item);
            Assert.All(item.Counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void A_loop_allocates_nothing()
    {
        using Workers workers = new(2);
        Counting item = new(10);
        for (int i = 0; i < 100; i++)
            workers.For(10, item);
        long least = Allocation.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
                workers.For(10, item);
        });
        Assert.Equal(0, least);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_exception_of_the_body_reaches_the_caller_and_the_pool_stays_usable(int threads)
    {
        using Workers workers = new(threads);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal("index 13", Assert.Throws<InvalidOperationException>(() => workers.For(40, new Failing(13))).Message);
            Counting item = new(20);
            workers.For(20, item);
            Assert.All(item.Counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void A_nested_loop_runs_inline()
    {
        using Workers workers = new(3);
        Nested item = new(workers);
        workers.For(8, item);
        Assert.Equal(8 * 5, item.Total);
    }

    [Fact]
    public void Several_threads_may_use_one_pool()
    {
        using Workers workers = new(3);
        Thread[] callers = new Thread[4];
        Exception? failure = null;
        for (int i = 0; i < callers.Length; i++)
        {
            callers[i] = new Thread(() =>
            {
                try
                {
                    for (int round = 0; round < 300; round++)
                    {
                        Counting item = new(11);
                        workers.For(11, item);
                        Assert.All(item.Counts, count => Assert.Equal(1, count));
                    }
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
            });
            callers[i].Start();
        }

        foreach (Thread caller in callers)
            caller.Join();
        Assert.Null(failure);
    }

    [Fact]
    public void Sleeping_helpers_wake_up_and_take_part()
    {
        using Workers workers = new(2);
        for (int round = 0; round < 5; round++)
        {
            Thread.Sleep(20);
            Meeting item = new();
            workers.For(2, item);
            Assert.Equal(2, item.Met);
        }
    }

    [Fact]
    public void Helpers_that_find_no_work_give_their_threads_back()
    {
        using Workers workers = new(3);
        for (int round = 0; round < 20; round++)
        {
            workers.For(3, new Counting(3));
            Assert.True(SpinWait.SpinUntil(() => workers.ActiveHelpers == 0, TimeSpan.FromSeconds(30)), $"{workers.ActiveHelpers} helpers keep their threads.");
        }
    }

    [Fact]
    public void A_thousand_pools_of_eight_share_the_threads_of_the_process()
    {
        int before = Process.GetCurrentProcess().Threads.Count;
        Workers[] pools = [.. Enumerable.Range(0, 1000).Select(_ => new Workers(8))];
        foreach (Workers workers in pools)
        {
            Counting item = new(20);
            workers.For(20, item);
            Assert.All(item.Counts, count => Assert.Equal(1, count));
        }

        Assert.InRange(Process.GetCurrentProcess().Threads.Count - before, int.MinValue, 50);
        GC.KeepAlive(pools);
    }

    [Fact]
    public void A_disposed_pool_refuses_loops()
    {
        Workers workers = new(2);
        workers.Dispose();
        Assert.Throws<ObjectDisposedException>(() => workers.For(2, new Counting(2)));
    }

    [Fact]
    public void Scratch_memory_is_aligned_and_reused()
    {
        using Workers workers = new(1);
        Use(workers);
        // The least of several rounds: the runtime itself allocates now and then on any thread, for instance when a method is compiled again.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(round => Allocated(workers)));

        static long Allocated(Workers workers)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10; i++)
                Use(workers);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        static unsafe void Use(Workers workers)
        {
            using Scratch first = workers.Rent(100_000);
            using Scratch second = workers.Rent(100_000);
            if (((nint)first.Pointer & 63) != 0 || ((nint)second.Pointer & 63) != 0 || Math.Abs(first.Pointer - second.Pointer) < 100_000)
                Assert.Fail("Scratch memory is misaligned or overlaps.");
            new Span<byte>(first.Pointer, 100_000).Fill(1);
        }
    }

    private sealed class Counting(int count) : WorkItem
    {
        public int[] Counts { get; } = new int[count];

        public override void Execute(int index) => Interlocked.Increment(ref Counts[index]);
    }

    private sealed class Failing(int bad) : WorkItem
    {
        public override void Execute(int index)
        {
            if (index == bad)
                throw new InvalidOperationException($"index {index}");
        }
    }

    private sealed class Nested(Workers workers) : WorkItem
    {
        private int total;

        public int Total => total;

        public override void Execute(int index)
        {
            Counting inner = new(5);
            workers.For(5, inner);
            Interlocked.Add(ref total, inner.Counts.Sum());
        }
    }

    private sealed class Meeting : WorkItem
    {
        private readonly Barrier barrier = new(2);
        private int met;

        public int Met => met;

        public override void Execute(int index)
        {
            if (barrier.SignalAndWait(TimeSpan.FromSeconds(20)))
                Interlocked.Increment(ref met);
        }
    }
}
