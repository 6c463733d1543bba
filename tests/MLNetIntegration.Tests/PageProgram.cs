using System.Diagnostics;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Toolkit.MLNetIntegration.Tests;

/// <summary>A C# program that stands on a page, compiled as in a new project with the package Toolkit.</summary>
internal static class PageProgram
{
    private static readonly string[] Implicit = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    private static readonly string[] ImplicitOnTheWeb =
    [
        "System.Net.Http.Json", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Routing", "Microsoft.Extensions.Configuration",
        "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
    ];

    /// <summary>The repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The blocks of a page in a language: its C# program, or as "text" what the program writes.</summary>
    public static string[] Blocks(string page, string language = "csharp") =>
        [.. File.ReadAllText(Path.Combine(Root, page)).Split($"```{language}\n").Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)])];

    /// <summary>The namespaces that the package imports.</summary>
    public static string[] Namespaces =>
        [.. XDocument.Load(Path.Combine(Root, "packages", "Toolkit", "build", "Toolkit.props")).Descendants("Using").Select(use => (string)use.Attribute("Include")!)];

    /// <summary>Compiles a program into a file, and fails with what the compiler says.</summary>
    /// <param name="code">The program; in one of a single file, lines for the build (<c>#:</c>) may come first.</param>
    /// <param name="path">The file.</param>
    /// <param name="isWeb">Whether it is a program of ASP.NET Core, for which more is imported.</param>
    public static void Compile(string code, string path, bool isWeb = false)
    {
        string usings = string.Concat(Implicit.Concat(isWeb ? ImplicitOnTheWeb : []).Concat(Namespaces).Select(name => $"global using {name};\n"));
        CSharpParseOptions parsing = CSharpParseOptions.Default.WithFeatures([KeyValuePair.Create("FileBasedProgram", "true")]);
        string[] references = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)];
        CSharpCompilation compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(path),
            [CSharpSyntaxTree.ParseText(usings, parsing), CSharpSyntaxTree.ParseText(code, parsing)],
            references.Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        using FileStream file = File.Create(path);
        Assert.Empty(compilation.Emit(file).Diagnostics.Where(found => found.Severity >= DiagnosticSeverity.Warning && found.Id != "CS8933").Select(found => found.ToString()));
    }

    /// <summary>Compiles and runs a program in a folder; gives what it writes.</summary>
    public static async Task<string> RunAsync(string code, string folder, CancellationToken cancellation, bool isWeb = false)
    {
        string program = Path.Combine(AppContext.BaseDirectory, $"page-program-{Guid.NewGuid():N}.dll");
        try
        {
            Compile(code, program, isWeb);
            string settings = Path.ChangeExtension(typeof(PageProgram).Assembly.Location, null);
            var start = new ProcessStartInfo("dotnet", ["exec", "--depsfile", settings + ".deps.json", "--runtimeconfig", settings + ".runtimeconfig.json", program])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
            string written = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            Assert.True(process.ExitCode == 0, await errors);
            return written;
        }
        finally
        {
            File.Delete(program);
        }
    }

    private static string FindRoot()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Toolkit.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests must run inside the repository: Toolkit.sln was not found.");
        return folder.FullName;
    }
}
