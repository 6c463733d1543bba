namespace Toolkit.Autograd.Files;

/// <summary>Writes files so that a reader sees the old content or the new one, never a part, whatever goes wrong in between.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Writes a file: into a temporary file in the same folder, flushed to the disk, which then takes the place of the old file. If
    /// anything fails, the temporary file is deleted and the old file is as it was.
    /// </summary>
    /// <param name="path">The file; where it is a link, the file that it leads to.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the old file is read-only.</exception>
    /// <exception cref="IOException">The path is a folder, the disk is full, or another failure of the file system.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string target = Target(path);
        string temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            KeepMode(target, temporary);
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception e)
        {
            TryDelete(temporary);
            throw e switch
            {
                UnauthorizedAccessException => new UnauthorizedAccessException($"The file \"{target}\" cannot be written: {e.Message}", e),
                IOException => new IOException($"The file \"{target}\" could not be written and is as it was before: {e.Message}", e),
                _ => e,
            };
        }
    }

    private static string Target(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string full = Path.GetFullPath(path);
        string target = new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
        if (Directory.Exists(target))
        {
            throw new IOException($"Expected the path of a file, found that \"{target}\" is a folder.");
        }

        string folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"The folder \"{folder}\" for the file \"{Path.GetFileName(target)}\" does not exist.");
        }

        if (File.Exists(target) && File.GetAttributes(target).HasFlag(FileAttributes.ReadOnly))
        {
            throw new UnauthorizedAccessException($"The file \"{target}\" is read-only.");
        }

        return target;
    }

    private static void KeepMode(string target, string temporary)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(target))
        {
            File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
        }
    }

    private static void TryDelete(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one to report.
        }
    }
}
