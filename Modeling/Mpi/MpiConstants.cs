using System.Runtime.InteropServices;

namespace Toolkit.Mpi;

/// <summary>What the header of an implementation gives names to. MPI has no binary interface of its own: Open MPI's handles are addresses of exported symbols, MPICH's are integers.</summary>
/// <param name="World">MPI_COMM_WORLD.</param>
/// <param name="Byte">MPI_BYTE.</param>
/// <param name="ErrorsReturn">MPI_ERRORS_RETURN.</param>
internal sealed record MpiConstants(nint World, nint Byte, nint ErrorsReturn)
{
    /// <summary>Those of a loaded library.</summary>
    /// <param name="library">The library.</param>
    /// <param name="version">What it says it is.</param>
    /// <exception cref="MpiException">It is neither Open MPI nor MPICH.</exception>
    public static MpiConstants Of(nint library, string version)
    {
        if (NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out nint world))
            return new(world, NativeLibrary.GetExport(library, "ompi_mpi_byte"), NativeLibrary.GetExport(library, "ompi_mpi_errors_return"));
        return version.Contains("MPICH", StringComparison.Ordinal)
            ? new(0x44000000, 0x4c00010d, 0x54000001)
            : throw new MpiException($"Expected Open MPI or MPICH, found a library that says it is \"{version}\".");
    }
}
