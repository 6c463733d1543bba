using System.Diagnostics;
using System.Globalization;
using Toolkit.MpiJob;

namespace Toolkit.Modeling.Tests.Distributed;

/// <summary>Training under Open MPI, by processes: <c>tests/MpiJob</c>. Skipped where there is none.</summary>
public sealed class MpiTests : IDisposable
{
    private static readonly string? Launcher = Launch.Found("mpirun");

    private readonly string folder = Directory.CreateTempSubdirectory("mpi").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Checkpoints_are_equal_byte_for_byte_for_1_2_4_and_8_processes_and_after_an_interruption()
    {
        byte[] one = await Trained(1);
        foreach (int size in new[] { 2, 4, 8 })
            Assert.True((await Trained(size)).AsSpan().SequenceEqual(one), $"{size} processes");

        // Killed in the second epoch, with the checkpoint of the first; other processes go on.
        string path = Path.Combine(folder, "killed");
        Assert.Equal(0, (await Job(2, path, "1")).ExitCode);
        Assert.NotEqual(0, (await Job(2, path, "3", "kill", "1")).ExitCode);
        Assert.Equal(0, (await Job(4, path, "3")).ExitCode);
        Assert.True(one.AsSpan().SequenceEqual(File.ReadAllBytes(path)));

        async Task<byte[]> Trained(int size)
        {
            string path = Path.Combine(folder, $"{size}");
            (int exit, string output, _) = await Job(size, path, "3");
            Assert.True(exit == 0, output);
            Assert.Contains($"rank {size - 1} of {size} is done", output, StringComparison.Ordinal);
            return File.ReadAllBytes(path);
        }
    }

    /// <summary>MPI may be called by any thread, one at a time: the bits are those of one thread.</summary>
    [Fact]
    public async Task Threads_may_take_turns()
    {
        string one = Path.Combine(folder, "one"), many = Path.Combine(folder, "many");
        Assert.Equal(0, (await Job(2, one, "3")).ExitCode);
        (int exit, string output, _) = await Job(2, many, "3", "threads", "all");
        Assert.True(exit == 0, output);
        Assert.Equal(3, output.Split('\n').Count(line => line == "rank 1: a sum in the thread that has started MPI: False"));
        Assert.True(File.ReadAllBytes(one).AsSpan().SequenceEqual(File.ReadAllBytes(many)));
    }

    /// <summary>Another implementation of MPI gives the same bits, and ends all when one fails.</summary>
    [Fact]
    public async Task Mpich_gives_the_same_bits_and_ends_all_when_a_process_fails()
    {
        string? mpich = Launch.Found("mpirun.mpich");
        Assert.SkipWhen(mpich is null, "There is no MPICH on this machine: mpirun.mpich was not found.");
        string ours = Path.Combine(folder, "open"), theirs = Path.Combine(folder, "mpich");
        Assert.Equal(0, (await Job(2, ours, "3")).ExitCode);
        (int exit, string output, _) = await Started(theirs, "3");
        Assert.True(exit == 0, output);
        Assert.Contains("rank 1 of 2 is done", output, StringComparison.Ordinal);
        Assert.True(File.ReadAllBytes(ours).AsSpan().SequenceEqual(File.ReadAllBytes(theirs)));

        (exit, output, TimeSpan sinceFault) = await Started(Path.Combine(folder, "checkpoint"), "3", "throw", "1");
        Assert.NotEqual(0, exit);
        Assert.Contains("Rank 1 has failed: System.InvalidOperationException: the disk is full", output, StringComparison.Ordinal);
        Assert.InRange(sinceFault.TotalSeconds, 0.0, 10.0);

        Task<LaunchOutcome> Started(params string[] arguments) =>
            Run(new ProcessStartInfo(mpich!, ["-np", "2", "dotnet", Path.Combine(AppContext.BaseDirectory, "Toolkit.MpiJob.dll"), .. arguments]));
    }

    [Theory]
    [InlineData("throw", "Rank 1 has failed: System.InvalidOperationException: the disk is full")]
    [InlineData("kill", "process rank 1 with PID")]
    [InlineData("stop", "Rank 1 does not come: rank 0 has waited 5")]
    [InlineData("mismatch", "rank 1 differs from rank 0 in training data")]
    public async Task A_process_that_fails_ends_all_and_is_named(string fault, string message)
    {
        (int exit, string output, TimeSpan sinceFault) = await Job(2, Path.Combine(folder, "checkpoint"), "3", fault, "1");
        Assert.NotEqual(0, exit);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.DoesNotContain("is done", output, StringComparison.Ordinal);
        Assert.InRange(sinceFault.TotalSeconds, 0.0, 10.0);
    }

    /// <summary>The same network, examples, batches and optimizer in two processes of ours and in two of PyTorch's DistributedDataParallel; with synchronized batch
    /// normalization, in one of PyTorch's.</summary>
    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    [InlineData("normalized")]
    public async Task The_losses_of_all_steps_are_those_of_DistributedDataParallel(string optimizer)
    {
        string? python = await PyTorch();
        Assert.SkipWhen(python is null, "There is no PyTorch on this machine: python3 does not load torch.distributed.");
        (int exit, string output, _) = await Job(2, "losses", folder, optimizer);
        Assert.True(exit == 0, output);
        double[] ours = [.. File.ReadLines(Path.Combine(folder, "losses")).Select(Number)];
        (exit, string theirs, _) = await Run(new ProcessStartInfo(python!, [Path.Combine(AppContext.BaseDirectory, "ddp.py"), folder, optimizer]));
        Assert.True(exit == 0, theirs);
        Assert.Equal(30, ours.Length);
        Assert.Equal(theirs.Split('\n').Where(line => line.StartsWith("loss ", StringComparison.Ordinal)).Select(line => Number(line[5..])), ours, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.True(ours[^1] < 0.9 * ours[0], $"{ours[0]} has become {ours[^1]}");

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Steps_allocate_nothing_in_any_thread()
    {
        (int exit, string output, _) = await Job(2, "allocations");
        Assert.True(exit == 0, output);
        Assert.Contains("rank 0: 0 bytes in ten steps", output, StringComparison.Ordinal);
        Assert.Contains("rank 1: 0 bytes in ten steps", output, StringComparison.Ordinal);
    }

    /// <summary>The Python that has PyTorch, or null.</summary>
    private static async Task<string?> PyTorch()
    {
        foreach (string python in new[] { "python3", "/usr/bin/python3" })
        {
            try
            {
                if ((await Run(new ProcessStartInfo(python, ["-c", "import torch.distributed; assert torch.distributed.is_gloo_available()"]))).ExitCode == 0)
                    return python;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such program.
            }
        }

        return null;
    }

    private static async Task<LaunchOutcome> Job(int size, params string[] arguments)
    {
        Assert.SkipWhen(Launcher is null, "There is no MPI on this machine: mpirun was not found.");
        return await Launch.MpiAsync(
            Launcher!, size, [Path.Combine(AppContext.BaseDirectory, "Toolkit.MpiJob.dll"), .. arguments], TestContext.Current.SendDiagnosticMessage, TestContext.Current.CancellationToken);
    }

    private static Task<LaunchOutcome> Run(ProcessStartInfo start) => Launch.RunAsync(start, TestContext.Current.CancellationToken);
}
