using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Toolkit.Modeling.Distributed;

namespace Toolkit.Modeling.Tests.Distributed;

public sealed class CollectivesTests
{
    private static readonly Purpose Work = new("test");

    /// <summary>Each round waits an eighth longer than the one before.</summary>
    [Fact]
    public void Later_rounds_are_more_patient()
    {
        Assert.Equal(TimeSpan.FromSeconds(8), new Purpose("sum").Allowed(TimeSpan.FromSeconds(8)));
        Assert.Equal(TimeSpan.FromSeconds(11), new Purpose("sum", Round: 3).Allowed(TimeSpan.FromSeconds(8)));
    }

    /// <summary>The sums have the bits of the tree that is promised, for lengths that no number of processes divides.</summary>
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 1)]
    [InlineData(2, 1001)]
    [InlineData(4, 1003)]
    [InlineData(8, 3)]
    [InlineData(8, 10_007)]
    public void A_sum_has_the_bits_of_the_tree_in_every_process(int size, int length)
    {
        float[][] given = [.. Enumerable.Range(0, size).Select(rank => Numbers(length, rank))];
        float[] expected = [.. Enumerable.Range(0, length).Select(i => Tree([.. given.Select(values => values[i])]))];
        var found = new float[size][];
        ThreadGroup.Run(size, group =>
        {
            float[] own = [.. given[group.Rank]];
            group.Sum(own.AsSpan(), new float[(length + 1) / 2], Work);
            found[group.Rank] = own;
        });
        Assert.All(found, sums => Assert.True(MemoryMarshal.AsBytes<float>(sums).SequenceEqual(MemoryMarshal.AsBytes<float>(expected))));
        // The order matters for numbers like these: from left to right they come to something else.
        if (size == 8 && length > 1000)
            Assert.NotEqual(expected, Enumerable.Range(0, length).Select(i => given.Aggregate(0f, (sum, values) => sum + values[i])));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 1)]
    [InlineData(5, 4)]
    [InlineData(8, 2)]
    public void What_one_gives_all_get_and_what_each_has_all_gather(int size, int root)
    {
        var given = new ConcurrentDictionary<int, byte[]>();
        var gathered = new ConcurrentDictionary<int, byte[]>();
        ThreadGroup.Run(size, group =>
        {
            byte[] values = [.. Enumerable.Repeat((byte)(group.Rank + 1), 7)];
            group.Broadcast(values, root, Work);
            given[group.Rank] = values;
            var all = new byte[2 * size];
            group.AllGather([(byte)group.Rank, (byte)(10 * group.Rank)], all, Work);
            gathered[group.Rank] = all;
            group.Barrier(Work);
        });
        Assert.All(given.Values, values => Assert.Equal(Enumerable.Repeat((byte)(root + 1), 7), values));
        Assert.All(gathered.Values, all => Assert.Equal(Enumerable.Range(0, size).SelectMany(rank => new[] { (byte)rank, (byte)(10 * rank) }), all));
        Assert.Equal((size, size), (given.Count, gathered.Count));
    }

    [Fact]
    public void Nobody_leaves_a_barrier_before_all_have_come()
    {
        int come = 0;
        var seen = new ConcurrentBag<int>();
        ThreadGroup.Run(5, group =>
        {
            Thread.Sleep(20 * group.Rank);
            Interlocked.Increment(ref come);
            group.Barrier(Work);
            seen.Add(Volatile.Read(ref come));
        });
        Assert.Equal([5, 5, 5, 5, 5], seen);
    }

    [Fact]
    public void Three_processes_have_no_tree()
    {
        var e = Assert.Throws<ProcessGroupException>(() => ThreadGroup.Run(3, group => group.Sum(new float[4].AsSpan(), new float[2], Work)));
        Assert.Contains("Expected a number of processes that is a power of two, found 3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Spans_of_other_lengths_are_refused()
    {
        Assert.Contains("memory for 3 numbers, found 2", Assert.Throws<ArgumentException>(() => SingleProcess.Instance.Sum(new float[5].AsSpan(), new float[2], Work)).Message, StringComparison.Ordinal);
        Assert.Contains("1 times 3 bytes, found 2", Assert.Throws<ArgumentException>(() => SingleProcess.Instance.AllGather(new byte[3], new byte[2], Work)).Message, StringComparison.Ordinal);
        var e = Assert.Throws<ProcessGroupException>(() => ThreadGroup.Run(2, group => group.Broadcast(new byte[3 + group.Rank], 0, Work)));
        Assert.Contains("Expected 4 bytes from rank 0 at rank 1 (test), found 3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_fails_ends_the_waiting_of_the_others_and_is_named()
    {
        var e = Assert.Throws<ProcessGroupException>(() => ThreadGroup.Run(4, group =>
        {
            if (group.Rank == 2)
                throw new InvalidOperationException("no data");
            group.Barrier(Work);
        }));
        Assert.Equal("Rank 2 has failed: no data", e.Message);
        Assert.IsType<InvalidOperationException>(e.InnerException);
    }

    [Fact]
    public void One_that_does_not_come_is_named_by_the_one_that_waits_for_it()
    {
        using var end = new ManualResetEventSlim();
        var e = Assert.Throws<ProcessGroupException>(() => ThreadGroup.Run(
            4,
            group =>
            {
                if (group.Rank == 3)
                    end.Wait(TimeSpan.FromSeconds(1.5));
                else
                    group.Sum(new float[8].AsSpan(), new float[4], new Purpose("gradients", 12));
            },
            patience: TimeSpan.FromSeconds(0.5)));
        Assert.Matches("Rank 3 does not come: rank 2 has waited 0[.,]5 s for it \\(step 12, gradients\\)", e.Message);
    }

    [Fact]
    public void Processes_that_differ_are_told_in_what()
    {
        var e = Assert.Throws<ProcessGroupException>(() => ThreadGroup.Run(4, group => Agreement.Require(group, ("seed", 1UL), ("data", group.Rank == 2 ? 7UL : 6UL))));
        Assert.Contains("found that rank 2 differs from rank 0 in data", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Numbers of which every sum is rounded.</summary>
    private static float[] Numbers(int length, int rank)
    {
        var numbers = new float[length];
        new RandomSource((ulong)rank + 1).FillNormal(numbers, 0.0, 1.0);
        return numbers;
    }

    private static float Tree(float[] values) => values.Length == 1 ? values[0] : Tree(values[..(values.Length / 2)]) + Tree(values[(values.Length / 2)..]);
}
