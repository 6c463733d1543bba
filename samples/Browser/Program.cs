using System.CommandLine;
using System.Globalization;
using System.Net;
using Toolkit.Samples.Browser;

var sample = new Option<DirectoryInfo>("--sample") { Description = "The folder of this sample, with node_modules.", DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("samples", "Browser")) };
var port = new Option<int>("--port") { Description = "The port of the page on this machine.", DefaultValueFactory = _ => 8080 };
var check = new Option<bool>("--check") { Description = "Train in a browser without a window and under Node, and compare with the engine." };
var steps = new Option<int>("--steps") { Description = "Steps of the check.", DefaultValueFactory = _ => 200 };

var command = new RootCommand("A page that trains a network with stock onnxruntime-web: draw a digit and see what it has learned.") { sample, port, check, steps };
command.SetAction(async (arguments, cancellation) =>
{
    string folder = arguments.GetValue(sample)!.FullName;
    if (ScriptRun.Package(folder) is not { } package)
    {
        Console.Error.WriteLine($"Error: Expected the package onnxruntime-web below \"{folder}\", found none: run npm install --ignore-scripts there, or say with --sample where the sample is.");
        return 1;
    }

    string files = Path.Combine("output", "browser");
    BrowserTraining.Write(files);
    try
    {
        using var site = new Site(arguments.GetValue(port), ("", Path.Combine(AppContext.BaseDirectory, "wwwroot")), ("", files), ("ort/", package));
        if (!arguments.GetValue(check))
        {
            Console.WriteLine($"Open {site.Address} in a browser; end with Ctrl+C.");
            await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
            return 0;
        }

        int count = arguments.GetValue(steps);
        double native = BrowserTraining.NativeLosses(count)[^1];
        if (ScriptRun.Program("chromium", "chromium-browser", "google-chrome", "chrome.exe") is { } browser)
            Report("browser", await ScriptRun.InBrowser(browser, site, count, TimeSpan.FromMinutes(5)), native);
        else
            Console.WriteLine("No Chromium or Chrome is on the path: not run in a browser.");
        if (ScriptRun.Program("node", "node.exe") is { } node)
            Report("node", await ScriptRun.InNode(node, folder, files, count), native);
        else
            Console.WriteLine("Node is not on the path: not run there.");
        return 0;
    }
    catch (Exception e) when (e is HttpListenerException or InvalidOperationException or TimeoutException or IOException)
    {
        Console.Error.WriteLine($"Error: {e.Message}");
        return 1;
    }
});
return await command.Parse(args).InvokeAsync();

static void Report(string where, ScriptRun run, double native) => Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"RESULT where={where} steps={run.Losses.Length} first_loss={run.Losses[0]:F6} loss={run.Losses[^1]:F6} native_loss={native:F6} difference={Math.Abs(run.Losses[^1] - native):0.0e+0} accuracy={run.Accuracy:F3} steps_per_s={run.Rate:F0}"));
