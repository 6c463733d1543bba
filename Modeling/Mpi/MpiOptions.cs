namespace Toolkit.Mpi;

/// <summary>How a program works under MPI.</summary>
public sealed record MpiOptions
{
    /// <summary>The MPI library, a name or a path; null (the default) for that of the launcher that started the program, and otherwise for the first that is there: Open MPI
    /// ("libmpi.so.40"), then MPICH ("libmpich.so.12", "libmpi.so.12").</summary>
    public string? Library { get; init; }

    /// <summary>How many processes there must be; null (the default) for as many as the launcher says that it has started. Under the launcher of another MPI each process would be
    /// alone, and do the whole job.</summary>
    public int? Processes { get; init; }

    /// <summary>How long a process waits for another before it ends all with a message that names it; five minutes by default. Longer than the longest that one process does
    /// something that the others do not, such as writing a checkpoint.</summary>
    public TimeSpan Patience { get; init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(Patience), value, $"Expected a time above 0 for {nameof(Patience)}, found {value}."); }
        = TimeSpan.FromMinutes(5);
}
