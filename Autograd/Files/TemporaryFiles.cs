using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Toolkit.Autograd.Files;

/// <summary>Names of temporary files, which tell the machine and the process that write them, and the removal of those that a killed process left.</summary>
internal static class TemporaryFiles
{
    private const string Prefix = ".toolkit-", Suffix = ".tmp";

    private static readonly TimeSpan LongUnused = TimeSpan.FromDays(1);

    /// <summary>A name of its own, of 48 characters at most: it fits wherever the longest names do.</summary>
    public static string NewName() => string.Create(
        CultureInfo.InvariantCulture, $"{Prefix}{Machine()}-{Environment.ProcessId}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}{Suffix}");

    /// <summary>Removes files that nobody writes any more: those of processes of this machine that have ended, and of other machines after a day.</summary>
    /// <param name="folder">The folder.</param>
    public static void RemoveAbandoned(string folder)
    {
        try
        {
            foreach (string file in Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}"))
            {
                if (IsAbandoned(file))
                {
                    TryDelete(file);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be listed can still be written to.
        }
    }

    /// <summary>Deletes a file if that is possible.</summary>
    public static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What led here is more important.
        }
    }

    private static bool IsAbandoned(string file)
    {
        string[] parts = Path.GetFileName(file)[Prefix.Length..^Suffix.Length].Split('-');
        if (parts.Length != 3 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            || !RegularFile.Exists(file))
        {
            return false;
        }

        bool hasEnded = parts[0] == Machine() && !IsWriter(process, file);
        return (hasEnded || DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > LongUnused) && !IsOpen(file);
    }

    /// <summary>Whether the process that made the file is still there. One that began after the file was last written only has the number of another that has ended.</summary>
    private static bool IsWriter(int process, string file)
    {
        try
        {
            using var running = Process.GetProcessById(process);
            return !running.HasExited && running.StartTime.ToUniversalTime() <= File.GetLastWriteTimeUtc(file);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return true;
        }
    }

    /// <summary>Whether a writer has it open: each opens its file for itself alone, and the system ends that with the process.</summary>
    private static bool IsOpen(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.None);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static string Machine() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Environment.MachineName)).AsSpan(0, 4));
}
