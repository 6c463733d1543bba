using Toolkit.Autograd.Tests;

namespace Toolkit.MLNetIntegration.Tests;

/// <summary>The samples of one file are compiled as in a new project with the package Toolkit, and write what they say at their end.</summary>
public sealed class ProgramTests
{
    private const string Service = "WebService.cs", Serving = "app.Run();";

    private static readonly string Samples = Path.Combine(PageProgram.Root, "samples", "Programs");

    public static TheoryData<string> Programs =>
        [.. Directory.EnumerateFiles(Samples, "*.cs").Select(file => Path.GetFileName(file)).Where(name => name != Service).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_program_writes_what_it_says(string name)
    {
        string code = await CodeAsync(name);
        using var folder = new TemporaryFolder();
        string expected = code.Split("// Prints:\n")[1].Replace("// ", "", StringComparison.Ordinal);
        Assert.Equal(expected, await PageProgram.RunAsync(code, folder.Path, TestContext.Current.CancellationToken));
    }

    /// <summary>The service, with requests in the place of the line that waits for them.</summary>
    [Fact]
    public async Task The_service_scores_what_it_is_sent_and_refuses_what_does_not_fit()
    {
        const string Requests = """
            app.Urls.Add("http://127.0.0.1:0");
            await app.StartAsync();
            using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
            float[][] answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
                (await (await client.PostAsJsonAsync("/score", new[] { 4f, 2f })).Content.ReadFromJsonAsync<float[]>())!));
            Console.WriteLine($"poppy: {answers.All(answer => answer[1] > 0.9 && Math.Abs(answer.Sum() - 1) < 1e-5)}");
            HttpResponseMessage refused = await client.PostAsJsonAsync("/score", new[] { 4f });
            Console.WriteLine($"{(int)refused.StatusCode} {await refused.Content.ReadAsStringAsync()}");
            await app.StopAsync();
            """;
        string code = await CodeAsync(Service);
        Assert.Contains(Serving, code, StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        string written = await PageProgram.RunAsync(code.Replace(Serving, Requests, StringComparison.Ordinal), folder.Path, TestContext.Current.CancellationToken, isWeb: true);
        Assert.Contains("poppy: True", written, StringComparison.Ordinal);
        Assert.Contains("400 \"Expected 2 numbers, length and width, found 1.\"", written, StringComparison.Ordinal);
    }

    private static Task<string> CodeAsync(string name) => File.ReadAllTextAsync(Path.Combine(Samples, name), TestContext.Current.CancellationToken);
}
