using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Toolkit.Autograd.Tensors;
using Toolkit.Samples.Tabular;

var names = new Argument<string[]>("names") { Description = $"Data sets: {string.Join(", ", Catalog.All.Select(c => c.Name))}; default: all that are there." };
names.AcceptOnlyFromAmong([.. Catalog.All.Select(c => c.Name)]);
var data = new Option<DirectoryInfo?>("--data") { Description = "A folder with a folder for each data set; default: made data only." };
var seed = new Option<ulong>("--seed") { Description = "Seed of all trainers.", DefaultValueFactory = _ => 1 };
var only = new Option<bool>("--network") { Description = "Train the network only." };
var command = new RootCommand("Neural networks beside ML.NET's linear models and trees, trained and scored in ML.NET pipelines.") { names, data, seed, only };
command.SetAction(arguments =>
{
    string? folder = arguments.GetValue(data)?.FullName;
    string[] wanted = arguments.GetValue(names) ?? [];
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
            IReadOnlyList<Result> results = item.Run(path, arguments.GetValue(seed), take: c => !arguments.GetValue(only) || c.Family == Family.Network);
            string[] columns = [.. results.SelectMany(r => r.Figures.Keys).Distinct()];
            Table table = new Table().AddColumns(["", .. columns, "seconds"]);
            foreach (Result result in results)
            {
                table.AddRow([
                    result.Contender.Name,
                    .. columns.Select(c => result.Figures.TryGetValue(c, out double f) ? f.ToString("G4", CultureInfo.InvariantCulture) : ""),
                    result.Training.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture),
                ]);
            }

            AnsiConsole.Write(table);
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
