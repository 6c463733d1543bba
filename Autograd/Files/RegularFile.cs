using System.Runtime.InteropServices;

namespace Toolkit.Autograd.Files;

/// <summary>Tells regular files from pipes, sockets and devices, which may block, never end or be destroyed once they are opened.</summary>
public static unsafe partial class RegularFile
{
    private const int FollowingLinks = 0, CurrentFolder = -100;
    private const uint TypeAndLinks = 0x1 | 0x4;
    private const int LinksOffset = 16, ModeOffset = 28, StatusLength = 256;
    private const int TypeMask = 0xF000, Regular = 0x8000;

    /// <summary>Whether a path leads to a regular file: none where there is nothing, a folder, a pipe, a socket or a device.</summary>
    /// <param name="path">Any path; where it is a link, what it leads to counts.</param>
    public static bool Exists(string path)
    {
        string target = Target(path);
        return File.Exists(target) && (TryStatus(target, out int mode, out _)
            ? (mode & TypeMask) == Regular
            : OperatingSystem.IsWindows() || new FileInfo(target).Length > 0);
    }

    /// <summary>The number of names that a regular file has in the file system (hard links); 1 where the system does not say.</summary>
    /// <param name="path">An existing file.</param>
    public static int Names(string path) => TryStatus(path, out _, out int names) ? names : 1;

    /// <summary>The full path, with the links of its last part followed to their end.</summary>
    /// <param name="path">Any path.</param>
    public static string Target(string path)
    {
        string full = Path.GetFullPath(path);
        return new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
    }

    // .NET does not tell types of files apart, and other systems than Linux lay out this structure in other ways.
    private static bool TryStatus(string path, out int mode, out int names)
    {
        (mode, names) = (0, 0);
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        byte* status = stackalloc byte[StatusLength];
        try
        {
            if (Status(CurrentFolder, path, FollowingLinks, TypeAndLinks, status) != 0)
            {
                return false;
            }
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }

        (mode, names) = (*(ushort*)(status + ModeOffset), *(int*)(status + LinksOffset));
        return true;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Status(int folder, string path, int flags, uint mask, byte* status);
}
