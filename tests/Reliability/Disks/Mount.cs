using System.Diagnostics;
using Toolkit.Autograd.Tests;

namespace Toolkit.Reliability.Disks;

/// <summary>A small file system of its own in memory, where the system lets this process make one.</summary>
internal sealed class Mount : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly bool isMounted;

    public Mount(string size)
    {
        isMounted = OperatingSystem.IsLinux() && Try("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder.Path);
    }

    /// <summary>Why there is none; null if there is.</summary>
    public string? Missing => isMounted ? null : "needs Linux and the right to mount a tmpfs";

    public string File(string name) => folder.File(name);

    /// <summary>Makes it read-only.</summary>
    public bool Protect() => Try("mount", "-o", "remount,ro", folder.Path);

    public void Dispose()
    {
        if (isMounted)
        {
            Try("umount", folder.Path);
        }

        folder.Dispose();
    }

    private static bool Try(string command, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(command) { RedirectStandardError = true, RedirectStandardOutput = true };
            Array.ForEach(arguments, start.ArgumentList.Add);
            using Process process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
