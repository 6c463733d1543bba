using Toolkit.Autograd.Tests;
using Toolkit.Samples.Browser;

namespace Toolkit.BookResults.Tests;

/// <summary>The training of samples/Browser by stock onnxruntime-web, in a browser and under Node, where they are installed.</summary>
public sealed class BrowserTests
{
    private const int Steps = 200;

    private static readonly string Sample = Path.Combine(Repository.Root, "samples", "Browser");

    [Fact]
    public async Task A_page_trains_as_the_engine_does()
    {
        string? package = ScriptRun.Package(Sample), browser = ScriptRun.Program("chromium", "chromium-browser", "google-chrome");
        Assert.SkipWhen(package is null, "The package onnxruntime-web is not installed: npm install --ignore-scripts --prefix samples/Browser.");
        Assert.SkipWhen(browser is null, "No Chromium is installed.");
        string files = Files();
        try
        {
            using var site = new Site(FreePort(), ("", Path.Combine(Sample, "wwwroot")), ("", files), ("ort/", package));
            Check(await ScriptRun.InBrowser(browser, site, Steps, TimeSpan.FromMinutes(3)));
        }
        finally
        {
            Directory.Delete(files, recursive: true);
        }
    }

    [Fact]
    public async Task Node_trains_as_the_engine_does()
    {
        string? node = ScriptRun.Program("node");
        Assert.SkipWhen(ScriptRun.Package(Sample) is null, "The package onnxruntime-web is not installed: npm install --ignore-scripts --prefix samples/Browser.");
        Assert.SkipWhen(node is null, "Node is not installed.");
        string files = Files();
        try
        {
            Check(await ScriptRun.InNode(node, Sample, files, Steps));
        }
        finally
        {
            Directory.Delete(files, recursive: true);
        }
    }

    /// <summary>Equal losses, and losses that fall: a runtime that passes over the state that it is given repeats the first.</summary>
    private static void Check(ScriptRun run)
    {
        double[] native = BrowserTraining.NativeLosses(Steps);
        Assert.Equal(Steps, run.Losses.Length);
        for (int i = 0; i < Steps; i++)
            Assert.Equal(native[i], run.Losses[i], 1e-3);
        Assert.True(run.Losses[^10..].Average() < 0.5 * run.Losses[..10].Average());
        Assert.InRange(run.Accuracy, 0.7, 1.0);
    }

    private static string Files()
    {
        string folder = Directory.CreateTempSubdirectory("toolkit-").FullName;
        BrowserTraining.Write(folder);
        return folder;
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
