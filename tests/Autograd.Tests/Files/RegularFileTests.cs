using Toolkit.Autograd.Files;

namespace Toolkit.Autograd.Tests.Files;

public sealed class RegularFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_put_in_the_place_of_an_open_one_is_noticed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems do not say which file is open.");
        string path = folder.File("weights.bin"), other = folder.File("other.bin");
        File.WriteAllBytes(path, [1]);
        File.WriteAllBytes(other, [1]);
        using FileStream open = File.OpenRead(path);
        Assert.True(RegularFile.IsAt(open.SafeFileHandle, path));
        Assert.False(RegularFile.IsAt(open.SafeFileHandle, other));
        Assert.False(RegularFile.IsAt(open.SafeFileHandle, folder.File("missing.bin")));
        File.Move(path, folder.File("moved.bin"));
        File.CreateSymbolicLink(path, folder.File("moved.bin"));
        Assert.False(RegularFile.IsAt(open.SafeFileHandle, path));
        File.Move(other, path, overwrite: true);
        Assert.False(RegularFile.IsAt(open.SafeFileHandle, path));
        Assert.True(RegularFile.IsAt(open.SafeFileHandle, folder.File("moved.bin")));
    }

    [Fact]
    public void Second_names_are_counted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems do not say how many names a file has.");
        string path = folder.File("weights.bin");
        File.WriteAllBytes(path, [1]);
        Assert.Equal(1, RegularFile.Names(path));
        using (System.Diagnostics.Process process = System.Diagnostics.Process.Start("ln", [path, folder.File("second.bin")]))
            process.WaitForExit();
        Assert.Equal(2, RegularFile.Names(path));
        Assert.Equal(2, RegularFile.Names(folder.File("second.bin")));
    }

    [Fact]
    public void Folders_devices_and_nothing_are_no_regular_files()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs the files of Linux.");
        File.WriteAllBytes(folder.File("empty.bin"), []);
        File.CreateSymbolicLink(folder.File("link.bin"), folder.File("empty.bin"));
        Assert.True(RegularFile.Exists(folder.File("empty.bin")));
        Assert.True(RegularFile.Exists(folder.File("link.bin")));
        Assert.False(RegularFile.Exists(folder.Path));
        Assert.False(RegularFile.Exists(folder.File("missing.bin")));
        Assert.False(RegularFile.Exists("/dev/null"));
    }
}
