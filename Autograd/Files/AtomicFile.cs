using System.Runtime.InteropServices;

namespace Toolkit.Autograd.Files;

/// <summary>Writes files so that a reader sees the old content or the new one, never a part, whatever goes wrong in between.</summary>
public static partial class AtomicFile
{
    /// <summary>
    /// Writes a file: into a temporary file in the same folder, as private as the old file, flushed to the disk, which then takes the place of the old file.
    /// If anything fails, the temporary file is deleted and the old file is as it was; what a killed process left is removed by the next write into the
    /// folder. Of several writers the last one wins.
    /// </summary>
    /// <param name="path">The file; where it is a link, the file that it leads to.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the old file is read-only.</exception>
    /// <exception cref="IOException">The path is a folder, a pipe or a device, the disk is full, or another failure of the file system.</exception>
    public static void Write(string path, Action<Stream> write) => Write([(path, write)]);

    /// <summary>
    /// Writes files that belong together, each as <see cref="Write(string, Action{Stream})"/> does: all are whole and on the disk before the first takes its place, so that what goes wrong while they
    /// are written leaves all old files as they were. Only a process that is killed, or a file system that fails, in the moment between the renames leaves new files beside old ones.
    /// </summary>
    /// <param name="files">The path of each file, and what writes its content.</param>
    /// <exception cref="DirectoryNotFoundException">A folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder or an old file is read-only.</exception>
    /// <exception cref="IOException">A path is a folder, a pipe or a device, the disk is full, or another failure of the file system.</exception>
    public static void Write(IReadOnlyList<(string Path, Action<Stream> Write)> files)
    {
        string[] targets = [.. files.Select(file => Target(file.Path))], folders = [.. targets.Select(target => Path.GetDirectoryName(target)!)];
        Array.ForEach([.. folders.Distinct(StringComparer.Ordinal)], TemporaryFiles.RemoveAbandoned);
        string[] temporaries = [.. folders.Select(folder => Path.Combine(folder, TemporaryFiles.NewName()))];
        int at = 0;
        try
        {
            for (at = 0; at < targets.Length; at++)
            {
                using FileStream stream = Create(temporaries[at], targets[at]);
                files[at].Write(stream);
                stream.Flush(flushToDisk: true);
            }

            for (at = 0; at < targets.Length; at++)
                File.Move(temporaries[at], targets[at], overwrite: true);
        }
        catch (Exception e)
        {
            Array.ForEach(temporaries, TemporaryFiles.TryDelete);
            switch (e)
            {
                case UnauthorizedAccessException:
                    throw new UnauthorizedAccessException($"The file \"{targets[at]}\" cannot be written: {e.Message}", e);
                case IOException:
                    throw new IOException($"The file \"{targets[at]}\" could not be written and is as it was before: {e.Message}", e);
                default:
                    throw;
            }
        }

        Array.ForEach([.. folders.Distinct(StringComparer.Ordinal)], FlushFolder);
    }

    private static string Target(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string target = RegularFile.Target(path);
        if (Directory.Exists(target))
        {
            throw new IOException($"Expected the path of a file, found that \"{target}\" is a folder.");
        }

        string folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"The folder \"{folder}\" for the file \"{Path.GetFileName(target)}\" does not exist.");
        }

        if (File.Exists(target))
        {
            if (!RegularFile.Exists(target))
            {
                throw new IOException($"Expected the path of a file, found that \"{target}\" is a pipe, a socket or a device.");
            }

            if (File.GetAttributes(target).HasFlag(FileAttributes.ReadOnly))
            {
                throw new UnauthorizedAccessException($"The file \"{target}\" is read-only.");
            }
        }

        return target;
    }

    private static FileStream Create(string temporary, string target)
    {
        // Nobody else may open it, by which the next write tells it from a file that was left behind.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (OperatingSystem.IsWindows() || !File.Exists(target))
        {
            return new FileStream(temporary, options);
        }

        UnixFileMode mode = File.GetUnixFileMode(target);
        options.UnixCreateMode = mode;
        var stream = new FileStream(temporary, options);
        try
        {
            // The process may be set to create files with less than that.
            File.SetUnixFileMode(stream.SafeFileHandle, mode);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Brings the new name to the disk, where the system has folders that can be opened; without it a power failure may bring the old file back.</summary>
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const int ForReading = 0;
        int descriptor = Open(folder, ForReading);
        if (descriptor >= 0)
        {
            // Some file systems cannot; the file itself is whole either way.
            _ = Flush(descriptor);
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
