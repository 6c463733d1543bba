using System.CommandLine;
using System.Diagnostics;
using Toolkit.Autograd.Tensors;
using Toolkit.Samples.BookResults;

var name = new Argument<string>("name") { Description = "The experiment; \"list\" shows all." };
var data = new Option<DirectoryInfo?>("--data")
{
    Description = "A folder with the data: of MNIST itself, or one with the folders mnist, optdigits, usps, ...; default: generated digits, where that makes sense.",
};
var epochs = new Option<int?>("--epochs") { Description = "Epochs, or steps where there are none; default: as \"list\" shows." };
var seed = new Option<ulong>("--seed") { Description = "Seed of weights, order and noise.", DefaultValueFactory = _ => 1 };
var threads = new Option<int>("--threads") { Description = "Threads for training.", DefaultValueFactory = _ => Environment.ProcessorCount };
var output = new Option<DirectoryInfo>("--out")
{
    Description = "The folder for checkpoints.",
    DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("output", "book-results")),
};
var resume = new Option<bool>("--resume") { Description = "Go on from the checkpoints of an interrupted run." };

var command = new RootCommand("Reproduces results of the literature that \"Deep Learning\" tells of.") { name, data, epochs, seed, threads, output, resume };
command.SetAction((arguments, cancellation) =>
{
    string wanted = arguments.GetValue(name)!;
    if (wanted == "list")
    {
        Report.List(Catalog.All);
        return Task.FromResult(0);
    }

    if (Catalog.All.FirstOrDefault(e => e.Name == wanted) is not { } experiment)
    {
        Console.Error.WriteLine($"Error: there is no experiment \"{wanted}\"; there are: {string.Join(", ", Catalog.All.Select(e => e.Name))}.");
        return Task.FromResult(2);
    }

    try
    {
        if (arguments.GetValue(epochs) is < 1)
            throw new ArgumentException($"--epochs must be at least 1, found {arguments.GetValue(epochs)}.");
        string folder = arguments.GetValue(output)!.FullName;
        Directory.CreateDirectory(folder);
        var laboratory = new Laboratory(
            new LaboratoryOptions
            {
                Data = arguments.GetValue(data)?.FullName,
                Epochs = arguments.GetValue(epochs),
                Seed = arguments.GetValue(seed),
                Threads = arguments.GetValue(threads),
                Output = folder,
                Resume = arguments.GetValue(resume),
            },
            experiment,
            cancellation);
        Console.WriteLine($"{experiment.Name}: {experiment.Source}");
        Console.WriteLine(experiment.Settings);
        var clock = Stopwatch.StartNew();
        IReadOnlyList<Figure> figures = experiment.Run(laboratory);
        Report.Print(experiment, laboratory, figures, clock.Elapsed);
        return Task.FromResult(0);
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Cancelled; --resume goes on.");
        return Task.FromResult(130);
    }
    catch (Exception e) when (e is ToolkitException or IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
    {
        Console.Error.WriteLine($"Error: {e.Message}");
        return Task.FromResult(1);
    }
});

ParseResult parsed = command.Parse(args);
foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
    Console.Error.WriteLine($"Error: {error.Message}");
return parsed.Errors.Count > 0 ? 2 : await parsed.InvokeAsync();
