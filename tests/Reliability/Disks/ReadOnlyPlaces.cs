using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Persistence;

namespace Toolkit.Reliability.Disks;

/// <summary>Read-only files, folders without permission and read-only disks: an error that names the file, and nothing has changed.</summary>
internal sealed record ReadOnlyPlaces() : Harness("read-only places")
{
    public override Outcome Run(bool isLong, int seed)
    {
        using var disk = new Mount("4m");
        var failures = new List<string>();
        var model = new Dense(10, 10, new RandomSource(1));
        string file = disk.File("model");
        Checkpoint.Save(file, model);
        byte[] before = File.ReadAllBytes(file);
        File.SetAttributes(file, FileAttributes.ReadOnly);
        Expect<UnauthorizedAccessException>(file, "a read-only file");
        File.SetAttributes(file, FileAttributes.Normal);
        int cases = 1;
        if (disk.Missing is null && disk.Protect())
        {
            Expect<IOException>(file, "a read-only disk");
            Expect<IOException>(disk.File("another"), "a read-only disk");
            cases += 2;
        }

        // The superuser may write anywhere.
        if (!OperatingSystem.IsWindows() && !Environment.IsPrivilegedProcess)
        {
            string folder = Directory.CreateTempSubdirectory("toolkit-tests-").FullName;
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            Expect<UnauthorizedAccessException>(Path.Combine(folder, "model"), "a folder without permission");
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Directory.Delete(folder);
            cases++;
        }

        if (!File.ReadAllBytes(file).AsSpan().SequenceEqual(before))
        {
            failures.Add("the file is not what it was");
        }

        return new Outcome(cases, failures, disk.Missing is { } missing ? $"without a read-only disk, which {missing}" : "files as they were");

        void Expect<T>(string path, string place)
            where T : Exception
        {
            Exception? error = Xunit.Record.Exception(() => Checkpoint.Save(path, model));
            if (error is not T || !error.Message.Contains(path, StringComparison.Ordinal))
            {
                failures.Add($"{place}: expected {typeof(T).Name} that names {path}, found {error}");
            }
        }
    }
}
