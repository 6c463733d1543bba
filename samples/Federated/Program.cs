using System.CommandLine;
using System.Globalization;
using Toolkit.Autograd.Tensors;
using Toolkit.Samples.Federated;

var parties = new Option<int>("--parties") { Description = "How many train.", DefaultValueFactory = _ => 5 };
var rounds = new Option<int>("--rounds") { Description = "How many times they average.", DefaultValueFactory = _ => 10 };
var output = new Option<DirectoryInfo>("--out") { Description = "Output folder.", DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("output", "federated")) };
foreach (Option<int> option in new[] { parties, rounds })
{
    option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < 1)
            result.AddError($"Expected at least 1 for {option.Name}.");
    });
}

var command = new RootCommand("Several parties train one exported step with ONNX Runtime, each on its own digits, and average what they learn.") { parties, rounds, output };
command.SetAction(arguments =>
{
    try
    {
        (int count, int times) = (arguments.GetValue(parties), arguments.GetValue(rounds));
        DigitsOutcome outcome = DigitsFederation.Run(count, times, arguments.GetValue(output)!.FullName);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"RESULT parties={count} rounds={times} accuracy={outcome.Together:F4} best_alone={outcome.Alone:F4}"));
        return 0;
    }
    catch (Exception e) when (e is ToolkitException or IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"Error: {e.Message}");
        return 1;
    }
});
return command.Parse(args).Invoke();
