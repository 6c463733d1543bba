using System.Diagnostics;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Toolkit.MLNetIntegration.Tests;

/// <summary>A C# program that stands on a page, compiled as in a new project with the package Toolkit.</summary>
internal static class PageProgram
{
    private static readonly string[] Implicit = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    /// <summary>The repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The C# blocks of a page.</summary>
    public static string[] Blocks(string page) =>
        [.. File.ReadAllText(Path.Combine(Root, page)).Split("```csharp\n").Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)])];

    /// <summary>The namespaces that the package imports.</summary>
    public static string[] Namespaces =>
        [.. XDocument.Load(Path.Combine(Root, "packages", "Toolkit", "build", "Toolkit.props")).Descendants("Using").Select(use => (string)use.Attribute("Include")!)];

    /// <summary>Compiles a program into a file, and fails with what the compiler says.</summary>
    public static void Compile(string code, string path)
    {
        string usings = string.Concat(Implicit.Concat(Namespaces).Select(name => $"global using {name};\n"));
        string[] references = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)];
        CSharpCompilation compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(path),
            [CSharpSyntaxTree.ParseText(usings), CSharpSyntaxTree.ParseText(code)],
            references.Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        using FileStream file = File.Create(path);
        Assert.Empty(compilation.Emit(file).Diagnostics.Where(found => found.Severity >= DiagnosticSeverity.Warning && found.Id != "CS8933").Select(found => found.ToString()));
    }

    /// <summary>Compiles and runs a program in a folder; gives what it writes.</summary>
    public static async Task<string> RunAsync(string code, string folder, CancellationToken cancellation)
    {
        string program = Path.Combine(AppContext.BaseDirectory, $"page-program-{Guid.NewGuid():N}.dll");
        try
        {
            Compile(code, program);
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
