using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Toolkit.Autograd.Tensors;
using Toolkit.Samples.Tabular;
using Toolkit.Samples.Tabular.Csv;

var names = new Argument<string[]>("names") { Description = $"Data sets: {string.Join(", ", Catalog.All.Select(c => c.Name))}; default: all that are there." };
names.AcceptOnlyFromAmong([.. Catalog.All.Select(c => c.Name)]);
var data = new Option<DirectoryInfo?>("--data") { Description = "A folder with a folder for each data set; default: made data only." };
var seeds = new Option<int>("--seeds") { Description = "Train with the seeds 1, 2, … up to this number.", DefaultValueFactory = _ => 1 };
var only = new Option<string>("--only") { Description = "Only the trainers whose names hold this text; default: all.", DefaultValueFactory = _ => "" };
var search = new Option<FileInfo?>("--search") { Description = "Choose settings by cross-validation within the training rows and write them into this file (chosen.json); no test row is read." };
var tries = new Option<int>("--tries") { Description = "Settings that a search tries for each trainer.", DefaultValueFactory = _ => 10 };
var folds = new Option<int>("--folds") { Description = "Parts of the training rows in a search.", DefaultValueFactory = _ => 3 };
var csv = new Option<bool>("--csv") { Description = "Read the tables of adult and california by the CSV loader, without ML.NET: one-hot categories beside embeddings." };
var command = new RootCommand("Neural networks beside ML.NET's linear models and trees, trained and scored in ML.NET pipelines.") { names, data, seeds, only, search, tries, folds, csv };
command.SetAction(arguments =>
{
    string? folder = arguments.GetValue(data)?.FullName;
    string[] wanted = arguments.GetValue(names) ?? [];
    bool Taken(Contender contender) => contender.Name.Contains(arguments.GetValue(only) ?? "", StringComparison.OrdinalIgnoreCase);
    try
    {
        foreach (Case item in Catalog.All.Where(c => wanted.Length == 0 ? c.Folder is null || folder is not null : wanted.Contains(c.Name)))
        {
            string path = item.Folder is null ? "" : Path.Combine(
                folder ?? throw new DirectoryNotFoundException($"Expected --data with the folder \"{item.Folder}\" in it for \"{item.Name}\", found none."), item.Folder);
            if (path.Length > 0 && !Directory.Exists(path))
            {
                throw new DirectoryNotFoundException($"Expected the data of \"{item.Name}\" in \"{path}\", found no such folder.");
            }

            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]{item.Name}[/]: {item.Description}");
            if (arguments.GetValue(search) is { } file)
            {
                IReadOnlyDictionary<string, Settings> best = new Search(item, path, arguments.GetValue(tries), arguments.GetValue(folds), seed: 1)
                    .Run(Taken, (name, settings, figure) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {figure:G5} with {settings}")));
                Chosen.Write(file.FullName, item.Name, best.ToDictionary(b => b.Key, b => b.Value.ToDictionary()));
                continue;
            }

            if (arguments.GetValue(csv))
            {
                if (Tables.All.FirstOrDefault(t => t.Name == item.Name) is { } table)
                    Tables.Show(table, path, arguments.GetValue(seeds));
                continue;
            }

            Comparison.Show(item, path, arguments.GetValue(seeds), Taken);
        }

        return 0;
    }
    catch (Exception e) when (e is ToolkitException or IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"Error: {e.Message}");
        return 1;
    }
});
return await command.Parse(args).InvokeAsync();
