using System.Runtime.InteropServices;
using System.Text;

namespace Toolkit.Mpi;

/// <summary>The functions of an MPI library that are used here. All but <see cref="Abort"/> are called by one thread at a time.</summary>
internal sealed unsafe partial class MpiLibrary
{
    private const int Serialized = 2, NoError = 0, LongestText = 8192, StatusBytes = 64;

    private readonly nint library;
    private readonly MpiConstants constants;
    private readonly delegate* unmanaged<void*, int, nint, int, int, void*, int, nint, int, int, nint, void*, int> exchange;
    private readonly delegate* unmanaged<int, byte*, int*, int> errorText;
    private readonly delegate* unmanaged<nint, int, int> abort;

    private MpiLibrary(nint library)
    {
        this.library = library;
        Version = Text(Function("MPI_Get_library_version"), LongestText);
        constants = MpiConstants.Of(library, Version);
        exchange = (delegate* unmanaged<void*, int, nint, int, int, void*, int, nint, int, int, nint, void*, int>)Function("MPI_Sendrecv");
        errorText = (delegate* unmanaged<int, byte*, int*, int>)Function("MPI_Error_string");
        abort = (delegate* unmanaged<nint, int, int>)Function("MPI_Abort");
    }

    /// <summary>The name and version of the implementation.</summary>
    public string Version { get; }

    public int Rank { get; private set; }

    public int Size { get; private set; }

    /// <summary>Loads a library and prepares it.</summary>
    /// <param name="options">Which one.</param>
    public static MpiLibrary Open(MpiOptions options)
    {
        // UCX, on which MPI may be built, would take the signals by which .NET sees null references and divisions by zero. The native environment is what it reads.
        foreach ((string name, string value) in new[] { ("UCX_ERROR_SIGNALS", ""), ("UCX_HANDLE_ERRORS", "none"), ("UCX_DEBUG_SIGNO", "0") })
            _ = SetEnvironment(name, value, 1);
        var mpi = new MpiLibrary(MpiLauncher.Load(options.Library));
        mpi.Start();
        MpiLauncher.RequireProcesses(mpi.Size, options.Processes, mpi.Version);
        return mpi;
    }

    /// <summary>Sends and receives.</summary>
    public void Exchange(int to, ReadOnlySpan<byte> sent, int from, Span<byte> received)
    {
        byte* status = stackalloc byte[StatusBytes];
        fixed (byte* outgoing = sent)
        fixed (byte* incoming = received)
        {
            int error = exchange(outgoing, sent.Length, constants.Byte, to, 0, incoming, received.Length, constants.Byte, from, 0, constants.World, status);
            Require(error, "MPI_Sendrecv");
        }
    }

    /// <summary>Ends all processes; does not return.</summary>
    public void Abort() => abort(constants.World, 1);

    /// <summary>Takes leave of the other processes.</summary>
    public void Finish() => Require(((delegate* unmanaged<int>)Function("MPI_Finalize"))(), "MPI_Finalize");

    private void Start()
    {
        int provided, rank, size;
        Require(((delegate* unmanaged<void*, void*, int, int*, int>)Function("MPI_Init_thread"))(null, null, Serialized, &provided), "MPI_Init_thread");
        if (provided < Serialized)
            throw new MpiException($"Expected an MPI that several threads may call in turn (MPI_THREAD_SERIALIZED), found level {provided} of {Version}.");
        Require(((delegate* unmanaged<nint, nint, int>)Function("MPI_Comm_set_errhandler"))(constants.World, constants.ErrorsReturn), "MPI_Comm_set_errhandler");
        Require(((delegate* unmanaged<nint, int*, int>)Function("MPI_Comm_rank"))(constants.World, &rank), "MPI_Comm_rank");
        Require(((delegate* unmanaged<nint, int*, int>)Function("MPI_Comm_size"))(constants.World, &size), "MPI_Comm_size");
        (Rank, Size) = (rank, size);
    }

    private nint Function(string name) => NativeLibrary.TryGetExport(library, name, out nint address)
        ? address
        : throw new MpiException($"Expected an MPI library of version 3 or later, found one without {name}.");

    private static string Text(nint function, int room)
    {
        byte* text = stackalloc byte[room];
        int length;
        _ = ((delegate* unmanaged<byte*, int*, int>)function)(text, &length);
        return Encoding.UTF8.GetString(text, length).TrimEnd('\0', '\n');
    }

    private void Require(int error, string call)
    {
        if (error == NoError)
            return;
        byte* text = stackalloc byte[LongestText];
        int length;
        _ = errorText(error, text, &length);
        throw new MpiException($"{call} has failed in rank {Rank}: {Encoding.UTF8.GetString(text, length)}");
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
