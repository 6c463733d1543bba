using System.Diagnostics;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tests.Kernels;

namespace Toolkit.Autograd.Tests;

public sealed class NarrowVectorTests
{
    /// <summary>What a machine with 128-bit vectors runs (ARM, old x86): every test of the kernels and of generated loops, in a process without AVX2.</summary>
    [Fact]
    public async Task Kernels_pass_their_tests_without_wide_vectors()
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(NarrowVectorTests).Assembly.Location);
        }

        IEnumerable<Type> classes = typeof(SimdWidthTests).Assembly.GetTypes().Where(
            t => t.IsPublic && (t.Namespace == typeof(SimdWidthTests).Namespace || t == typeof(Compilation.VectorLoopTests)));
        foreach (Type type in classes)
        {
            start.ArgumentList.Add("--filter-class");
            start.ArgumentList.Add(type.FullName!);
        }

        start.Environment["DOTNET_EnableAVX2"] = "0";
        start.Environment[SimdWidthTests.ExpectedWidth] = nameof(SimdWidth.Vector128);
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
        Assert.DoesNotContain("succeeded: 0", output, StringComparison.Ordinal);
    }
}
