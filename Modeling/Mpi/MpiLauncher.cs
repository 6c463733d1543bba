using System.Globalization;
using System.Runtime.InteropServices;

namespace Toolkit.Mpi;

/// <summary>What the launcher of an MPI tells the processes that it starts, and the library that belongs to it.</summary>
internal static class MpiLauncher
{
    private static readonly (string Size, string[] Libraries)[] Known =
    [
        ("OMPI_COMM_WORLD_SIZE", ["libmpi.so.40", "libmpi.so"]),
        ("PMI_SIZE", ["libmpich.so.12", "libmpi.so.12", "libmpich.so"]),
    ];

    /// <summary>How many processes the launcher says that it has started; null without a launcher.</summary>
    public static int? Started => Known.Select(launcher => int.TryParse(Environment.GetEnvironmentVariable(launcher.Size), CultureInfo.InvariantCulture, out int started) ? started : (int?)null)
        .FirstOrDefault(started => started is not null);

    /// <summary>Loads a library.</summary>
    /// <param name="name">Its name or path; null for that of the launcher, or the first that is there.</param>
    /// <exception cref="MpiException">There is none.</exception>
    public static nint Load(string? name)
    {
        string[] names = name is not null ? [name] : Candidates();
        foreach (string candidate in names)
        {
            if (NativeLibrary.TryLoad(candidate, out nint library))
                return library;
        }

        throw new MpiException(
            $"Expected an MPI library, found none of {string.Join(", ", names)}. Install Open MPI (Debian and Ubuntu: apt-get install openmpi-bin libopenmpi-dev) or MPICH " +
            "(apt-get install mpich), or give its path.");
    }

    /// <summary>Refuses a number of processes that is not the one that was started.</summary>
    /// <param name="found">How many processes there are.</param>
    /// <param name="expected">How many there must be, or null.</param>
    /// <param name="version">What the library is.</param>
    /// <exception cref="MpiException">There are others.</exception>
    public static void RequireProcesses(int found, int? expected, string version)
    {
        if ((expected ?? Started) is { } number && number != found)
        {
            throw new MpiException(
                $"Expected {number} processes, found {found} with {version}: the launcher (mpirun) must be that of the same MPI, or each process does the whole job by itself.");
        }
    }

    private static string[] Candidates() =>
    [
        .. Known.OrderByDescending(launcher => Environment.GetEnvironmentVariable(launcher.Size) is not null).SelectMany(launcher => launcher.Libraries),
    ];
}
