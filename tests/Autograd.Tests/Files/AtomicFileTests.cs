using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Toolkit.Autograd.Files;

namespace Toolkit.Autograd.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_new_file_has_the_content()
    {
        AtomicFile.Write(folder.File("model.onnx"), s => s.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(folder.File("model.onnx")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void An_old_file_is_replaced()
    {
        File.WriteAllText(folder.File("model.onnx"), "an older and longer content");
        AtomicFile.Write(folder.File("model.onnx"), s => s.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(folder.File("model.onnx")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_old_file_is_visible_until_the_new_one_is_complete()
    {
        File.WriteAllText(folder.File("model.onnx"), "old");
        AtomicFile.Write(folder.File("model.onnx"), s =>
        {
            s.Write("new"u8);
            s.Flush();
            Assert.Equal("old", File.ReadAllText(folder.File("model.onnx")));
        });
        Assert.Equal("new", File.ReadAllText(folder.File("model.onnx")));
    }

    [Fact]
    public void A_failure_leaves_the_old_file_and_no_other()
    {
        File.WriteAllText(folder.File("model.onnx"), "old");
        var failure = Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder.File("model.onnx"), s =>
        {
            s.Write(Encoding.UTF8.GetBytes(new string('x', 100_000)));
            throw new InvalidOperationException("interrupted");
        }));
        Assert.Equal("interrupted", failure.Message);
        Assert.Equal("old", File.ReadAllText(folder.File("model.onnx")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Files_that_belong_together_are_all_whole_before_the_first_is_replaced()
    {
        string[] paths = [folder.File("first"), folder.File("second")];
        Array.ForEach(paths, path => File.WriteAllText(path, "old"));
        string Content() => string.Join(' ', paths.Select(File.ReadAllText));
        AtomicFile.Write(
        [
            (paths[0], s => s.Write("new"u8)),
            (paths[1], s =>
            {
                Assert.Equal("old old", Content());
                s.Write("new"u8);
            }),
        ]);
        Assert.Equal("new new", Content());
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write([(paths[0], s => s.Write("newer"u8)), (paths[1], _ => throw new InvalidOperationException("interrupted"))]));
        Assert.Throws<IOException>(() => AtomicFile.Write([(paths[0], s => s.Write("newer"u8)), (folder.Path, _ => { })]));
        string message = Assert.Throws<IOException>(() => AtomicFile.Write([(paths[0], s => s.Write("newer"u8)), (paths[1], _ => WriteToFullDevice())])).Message;
        Assert.Contains(paths[1], message, StringComparison.Ordinal);
        Assert.Equal("new new", Content());
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void A_full_disk_is_reported_with_the_file_and_leaves_the_old_one()
    {
        File.WriteAllText(folder.File("model.onnx"), "old");
        var failure = Assert.Throws<IOException>(() => AtomicFile.Write(folder.File("model.onnx"), _ => WriteToFullDevice()));
        Assert.Contains("model.onnx", failure.Message, StringComparison.Ordinal);
        Assert.Contains("as it was before", failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.InnerException);
        Assert.Equal("old", File.ReadAllText(folder.File("model.onnx")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        var failure = Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Write(folder.File("missing/model.onnx"), _ => { }));
        Assert.Contains("missing", failure.Message, StringComparison.Ordinal);
        Assert.Contains("model.onnx", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Numbers of processes come round: this process has the number that made the file, but it is younger than the file.</summary>
    [Fact]
    public void What_a_killed_process_left_goes_although_its_number_is_in_use_again()
    {
        string left = folder.File(TemporaryFiles.NewName()), written = folder.File(TemporaryFiles.NewName());
        File.WriteAllText(left, "half");
        File.SetLastWriteTimeUtc(left, System.Diagnostics.Process.GetCurrentProcess().StartTime.ToUniversalTime().AddMinutes(-1));
        File.WriteAllText(written, "half");
        AtomicFile.Write(folder.File("model.onnx"), s => s.Write("new"u8));
        Assert.False(File.Exists(left));
        Assert.True(File.Exists(written));
    }

    [Fact]
    public void A_folder_in_place_of_a_file_is_refused()
    {
        var failure = Assert.Throws<IOException>(() => AtomicFile.Write(folder.Path, _ => { }));
        Assert.Contains("is a folder", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_read_only_file_is_kept()
    {
        string path = folder.File("model.onnx");
        File.WriteAllText(path, "old");
        File.SetAttributes(path, FileAttributes.ReadOnly);
        var failure = Assert.Throws<UnauthorizedAccessException>(() => AtomicFile.Write(path, s => s.Write("new"u8)));
        File.SetAttributes(path, FileAttributes.Normal);
        Assert.Contains("read-only", failure.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_folder_without_permission_is_refused_with_the_file_named()
    {
        // Even the superuser cannot create a file there.
        Assert.SkipUnless(Directory.Exists("/proc/self/fd"), "Needs the /proc file system of Linux.");
        Exception failure = Assert.ThrowsAny<Exception>(() => AtomicFile.Write("/proc/self/fd/model.onnx", _ => { }));
        Assert.True(failure is UnauthorizedAccessException or IOException, failure.ToString());
        Assert.Contains("model.onnx", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_stays_a_link_and_its_target_is_written()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        File.WriteAllText(folder.File("target.onnx"), "old");
        File.CreateSymbolicLink(folder.File("link.onnx"), folder.File("target.onnx"));
        AtomicFile.Write(folder.File("link.onnx"), s => s.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(folder.File("target.onnx")));
        Assert.NotNull(new FileInfo(folder.File("link.onnx")).LinkTarget);
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/dev/full")]
    public void A_device_is_refused_and_stays_a_device(string device)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs the devices of Linux.");
        File.CreateSymbolicLink(folder.File("link.onnx"), device);
        foreach (string path in new[] { device, folder.File("link.onnx") })
        {
            var failure = Assert.Throws<IOException>(() => AtomicFile.Write(path, s => s.Write("new"u8)));
            Assert.Contains("device", failure.Message, StringComparison.Ordinal);
        }

        Assert.False(RegularFile.Exists(device));
    }

    [Fact]
    public void A_pipe_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs the pipes of Linux.");
        using (Process maker = Process.Start("mkfifo", [folder.File("pipe")]))
        {
            maker.WaitForExit();
        }

        Assert.Contains("pipe", Assert.Throws<IOException>(() => AtomicFile.Write(folder.File("pipe"), _ => { })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(218)]
    [InlineData(255)]
    public void A_name_of_any_length_that_the_system_takes_is_written(int length)
    {
        string path = folder.File(new string('n', length));
        AtomicFile.Write(path, s => s.Write("old"u8));
        AtomicFile.Write(path, s => s.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void The_new_file_is_as_private_as_the_old_one_before_anything_is_written()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes of files.");
        string path = folder.File("model.onnx");
        foreach (UnixFileMode mode in new[] { UnixFileMode.UserRead | UnixFileMode.UserWrite, (UnixFileMode)0b110_110_110 })
        {
            File.WriteAllText(path, "old");
            File.SetUnixFileMode(path, mode);
            AtomicFile.Write(path, s =>
            {
                string temporary = Assert.Single(Directory.GetFiles(folder.Path), f => f != path);
                Assert.Equal(mode, File.GetUnixFileMode(temporary));
                s.Write("new"u8);
            });
            Assert.Equal(mode, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void What_a_process_that_has_ended_left_behind_is_removed_and_what_is_being_written_is_not()
    {
        string own = TemporaryFiles.NewName();
        string machine = own.Split('-')[1];
        string ended = folder.File($".toolkit-{machine}-{int.MaxValue}-0123456789ab.tmp");
        string elsewhere = folder.File($".toolkit-00000000-{int.MaxValue}-0123456789ab.tmp");
        string old = folder.File($".toolkit-00000000-{int.MaxValue}-ba9876543210.tmp");
        string foreign = folder.File(".toolkit-something.tmp");
        Array.ForEach([ended, elsewhere, old, foreign, folder.File(own)], f => File.WriteAllText(f, "half"));
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-2));
        AtomicFile.Write(folder.File("first.onnx"), s =>
        {
            s.Write("first"u8);
            AtomicFile.Write(folder.File("second.onnx"), t => t.Write("second"u8));
        });
        Assert.Equal("first", File.ReadAllText(folder.File("first.onnx")));
        Assert.Equal("second", File.ReadAllText(folder.File("second.onnx")));
        Assert.Equal(
            new[] { elsewhere, foreign, folder.File(own), folder.File("first.onnx"), folder.File("second.onnx") }.Order(StringComparer.Ordinal),
            Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Of_several_writers_of_one_file_the_last_wins_and_every_reader_sees_a_whole_file()
    {
        string path = folder.File("model.onnx");
        AtomicFile.Write(path, s => s.Write(new byte[10_000]));
        Parallel.For(0, 60, i =>
        {
            if (i % 3 == 0)
            {
                byte[] found = File.ReadAllBytes(path);
                Assert.Equal(10_000, found.Length);
                Assert.All(found, b => Assert.Equal(found[0], b));
                return;
            }

            byte[] content = new byte[10_000];
            Array.Fill(content, (byte)i);
            AtomicFile.Write(path, s => Array.ForEach([.. content.Chunk(100)], chunk => s.Write(chunk)));
        });
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    private static void WriteToFullDevice()
    {
        if (!File.Exists("/dev/full"))
        {
            throw new IOException("No space left on device");
        }

        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        full.Write("content"u8);
    }
}
