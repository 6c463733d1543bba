using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Toolkit.Autograd.Files;

/// <summary>Tells regular files from pipes, sockets and devices, which may block, never end or be destroyed once they are opened.</summary>
public static unsafe partial class RegularFile
{
    private const int FollowingLinks = 0, NotFollowingLinks = 0x100, TheFolderItself = 0x1000, CurrentFolder = -100;
    private const uint TypeLinksAndNumber = 0x1 | 0x4 | 0x100;
    private const int LinksOffset = 16, ModeOffset = 28, NumberOffset = 32, DeviceOffset = 136, StatusLength = 256;
    private const int TypeMask = 0xF000, Regular = 0x8000;

    /// <summary>Whether a path leads to a regular file: none where there is nothing, a folder, a pipe, a socket or a device.</summary>
    /// <param name="path">Any path; where it is a link, what it leads to counts.</param>
    public static bool Exists(string path)
    {
        string target = Target(path);
        return File.Exists(target) && (StatusOf(CurrentFolder, target, FollowingLinks) is { } status
            ? (status.Mode & TypeMask) == Regular
            : OperatingSystem.IsWindows() || new FileInfo(target).Length > 0);
    }

    /// <summary>The number of names that a regular file has in the file system (hard links); 1 where the system does not say.</summary>
    /// <param name="path">An existing file.</param>
    public static int Names(string path) => StatusOf(CurrentFolder, path, FollowingLinks)?.Names ?? 1;

    /// <summary>Whether an open file is what a path names now, a link at its end being a file of its own; true where the system does not say.</summary>
    /// <param name="file">An open file.</param>
    /// <param name="path">Any path.</param>
    public static bool IsAt(SafeFileHandle file, string path) =>
        StatusOf((int)file.DangerousGetHandle(), string.Empty, TheFolderItself) is not { } open || open == StatusOf(CurrentFolder, path, NotFollowingLinks);

    /// <summary>The full path, with the links of its last part followed to their end.</summary>
    /// <param name="path">Any path.</param>
    public static string Target(string path)
    {
        string full = Path.GetFullPath(path);
        return new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
    }

    // .NET does not tell types of files apart, and other systems than Linux lay out this structure in other ways.
    private static FileStatus? StatusOf(int folder, string path, int flags)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        byte* status = stackalloc byte[StatusLength];
        try
        {
            return Status(folder, path, flags, TypeLinksAndNumber, status) == 0
                ? new FileStatus(*(ushort*)(status + ModeOffset), *(int*)(status + LinksOffset), *(ulong*)(status + NumberOffset), *(ulong*)(status + DeviceOffset))
                : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Status(int folder, string path, int flags, uint mask, byte* status);

    private readonly record struct FileStatus(int Mode, int Names, ulong Number, ulong Device);
}
