using System.CommandLine;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Toolkit.Autograd.Files;
using Toolkit.Tool.Reporting;

namespace Toolkit.Tool.Commands;

/// <summary>Writes a small project to begin with: the files of a template of <c>dotnet new</c>.</summary>
internal sealed class InitCommand : ToolCommand
{
    // As the files of the templates have them.
    private const string ProjectName = "ToolkitProgram", PackageVersion = "TOOLKIT_VERSION";

    private readonly Argument<string> kind = new("kind") { Description = "What the program learns from: a table or a time series with ML.NET, or images." };
    private readonly Option<string> output = new("--out", "-o") { Description = "The folder of the project, which is not there or empty; its name is that of the project.", Required = true };

    public InitCommand()
        : base("init", "Writes a small project that trains and scores a network, with data of its own.")
    {
        kind.AcceptOnlyFromAmong("table", "image", "series");
        Add(kind);
        Add(output);
    }

    protected override Report Run(ParseResult arguments, Progress progress, CancellationToken cancellation)
    {
        string folder = Path.GetFullPath(arguments.GetRequiredValue(output)), name = Path.GetFileName(folder.TrimEnd(Path.DirectorySeparatorChar));
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
            throw new IOException($"Expected a folder that is not there or empty, found \"{folder}\".");
        Directory.CreateDirectory(folder);
        (string Path, byte[] Content)[] files =
        [
            .. Files(arguments.GetRequiredValue(kind)).Select(file => (
                Path.Combine(folder, file.Name.Replace(ProjectName, name, StringComparison.Ordinal)),
                Encoding.UTF8.GetBytes(file.Text.Replace(ProjectName, name, StringComparison.Ordinal).Replace(PackageVersion, OwnVersion, StringComparison.Ordinal)))),
        ];
        AtomicFile.Write([.. files.Select(file => (file.Path, (Action<Stream>)(stream => stream.Write(file.Content))))]);
        return new JsonObject
        {
            ["run"] = $"dotnet run --project {arguments.GetRequiredValue(output)}",
            ["files"] = Report.Table(files, file => new JsonObject { ["file"] = file.Path }),
        };
    }

    /// <summary>The version of the packages, which are made together with the tool.</summary>
    private static string OwnVersion => typeof(InitCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static IEnumerable<(string Name, string Text)> Files(string kind)
    {
        Assembly tool = typeof(InitCommand).Assembly;
        foreach (string resource in tool.GetManifestResourceNames().Where(resource => resource.StartsWith($"{kind}/", StringComparison.Ordinal)))
        {
            using var text = new StreamReader(tool.GetManifestResourceStream(resource)!);
            yield return (resource[(kind.Length + 1)..], text.ReadToEnd());
        }
    }
}
