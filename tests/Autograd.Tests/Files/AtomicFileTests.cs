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
