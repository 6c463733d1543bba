using Toolkit.Modeling.Distributed;

namespace Toolkit.Mpi;

/// <summary>
/// Processes that were started together by the launcher of an MPI, such as <c>mpirun -np 4 program</c>: Open MPI or MPICH, on one machine or many. Without a launcher there is one.
/// </summary>
/// <remarks>
/// One thread at a time calls MPI, whichever asks for a message (MPI_THREAD_SERIALIZED). When the group starts, it checks the version of the library, the number of processes and a known sum. A process
/// that fails ends all within a second, one that does not come is named after <see cref="MpiOptions.Patience"/>.
/// </remarks>
public sealed class MpiGroup : IProcessGroup
{
    private readonly MpiCalls calls;

    private MpiGroup(MpiCalls calls)
    {
        this.calls = calls;
    }

    /// <summary>Whether a launcher such as <c>mpirun</c> has started this process as one of several: then <see cref="Run"/> finds the others.</summary>
    public static bool IsLaunched => MpiLauncher.Started > 1;

    /// <inheritdoc/>
    public int Rank => calls.Mpi.Rank;

    /// <inheritdoc/>
    public int Size => calls.Mpi.Size;

    /// <summary>The name and version of the MPI implementation.</summary>
    public string Version => calls.Mpi.Version;

    /// <summary>Runs the part of a job that this process has. MPI can be started once in the life of a process.</summary>
    /// <param name="job">What this process does.</param>
    /// <param name="options">Which library, and how long to wait; null for the defaults.</param>
    /// <returns>What the job gives, such as the exit code of a program.</returns>
    /// <exception cref="MpiException">There is no MPI library, or not the expected processes. What the job throws is written to the standard error with the rank, and ends all processes.</exception>
    public static int Run(Func<MpiGroup, int> job, MpiOptions? options = null)
    {
        options ??= new MpiOptions();
        var calls = new MpiCalls(options);
        var group = new MpiGroup(calls);
        int result;
        try
        {
            KnownSum.Check(group);
            result = job(group);
        }
#pragma warning disable CA1031 // Whatever ends the job of one process ends that of all: they would wait for it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            group.Abort(e.ToString());
            throw;
        }

        calls.Finish();
        return result;
    }

    /// <inheritdoc/>
    public void Exchange(int to, ReadOnlySpan<byte> sent, int from, Span<byte> received, Purpose purpose) => calls.Exchange(to, sent, from, received, purpose);

    /// <inheritdoc/>
    public void Abort(string reason) => calls.Abort($"Rank {Rank} has failed: {reason}");
}
