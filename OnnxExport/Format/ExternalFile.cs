using Toolkit.Autograd.Files;

namespace Toolkit.OnnxExport.Format;

/// <summary>Opens the files in which a model keeps weights: regular files of one name inside the folder of the model, reached without links.</summary>
/// <remarks>What is opened is what was looked at: the way to the file is gone a second time while it is open, so that nothing put in its place in between is read.</remarks>
internal static class ExternalFile
{
    private const int LongestPath = 4096;

    /// <summary>Whether a model may name a path: one inside its folder on every system, whichever separators it uses.</summary>
    /// <param name="location">The path as the model has it.</param>
    public static bool IsInside(string location) =>
        location.IndexOfAny([':', '\0']) < 0 && !Path.IsPathRooted(location) && !Array.Exists(Parts(location), IsUnsafe);

    /// <summary>Opens a file for reading.</summary>
    /// <param name="folder">The folder of the model.</param>
    /// <param name="location">The path as the model has it.</param>
    /// <exception cref="FormatException">The path leads out of the folder or over a link, or there is no regular file of one name that can be read.</exception>
    public static FileStream Open(string folder, string location)
    {
        if (!IsInside(location))
            throw new FormatException($"Expected a path inside the folder of the model, found \"{location}\".");
        string path = WithoutLinks(folder, location);
        if (!RegularFile.Exists(path))
            throw new FormatException($"Expected the file \"{location}\" beside the model, found none, or a folder, a pipe or a device.");

        FileStream? file = null;
        try
        {
            file = File.OpenRead(path);
            WithoutLinks(folder, location);
            if (!RegularFile.IsAt(file.SafeFileHandle, path))
                throw new FormatException($"Expected the file \"{location}\" to stay where it is, found another in its place.");
            // A second name may lie outside the folder, in a place that was not meant to be read.
            if (RegularFile.Names(path) > 1)
                throw new FormatException($"Expected a plain file, found that \"{location}\" is a hard link.");
            FileStream open = file;
            file = null;
            return open;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"Expected a file that can be read, found at \"{location}\": {e.Message}", e);
        }
        finally
        {
            file?.Dispose();
        }
    }

    private static string WithoutLinks(string folder, string location)
    {
        string path = folder;
        foreach (string part in Parts(location))
        {
            path = Path.Combine(path, part);
            if (path.Length > LongestPath)
                throw new FormatException($"Expected a path that a system can have, found one of {path.Length} characters and more.");
            if (new FileInfo(path).LinkTarget is not null)
                throw new FormatException($"Expected a plain file, found that \"{part}\" is a link.");
        }

        return path;
    }

    // Both separators, on every system: a model is meant to travel.
    private static string[] Parts(string location) => location.Split('/', '\\');

    // Windows drops dots and spaces at the end of a name, so that ".. " is the folder above.
    private static bool IsUnsafe(string part) => part.Length == 0 || (part != "." && part[^1] is '.' or ' ');
}
