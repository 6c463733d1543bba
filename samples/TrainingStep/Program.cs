using System.CommandLine;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Serving;
using Toolkit.Samples.TrainingStep;

var provider = new Option<string>("--provider") { Description = "Where ONNX Runtime trains: cpu or cuda.", DefaultValueFactory = _ => "cpu" };
provider.AcceptOnlyFromAmong("cpu", "cuda");
var steps = new Option<int>("--steps") { Description = "Steps of each network.", DefaultValueFactory = _ => 200 };
steps.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() < 1)
        result.AddError("Expected at least 1 for --steps.");
});
var seed = new Option<ulong>("--seed") { Description = "Seed of weights, order and dropout.", DefaultValueFactory = _ => 42 };
var threads = new Option<int>("--threads") { Description = "Threads of both.", DefaultValueFactory = _ => Environment.ProcessorCount };
var output = new Option<DirectoryInfo>("--out") { Description = "Output folder.", DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("output", "training-step")) };

var networks = new Option<string[]>("--network") { Description = "Which networks: mlp, cnn, cnn-relu.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["mlp", "cnn"] };
networks.AcceptOnlyFromAmong([.. Networks.Names]);
var neighbour = new Option<bool>("--neighbour") { Description = "Train a third time with the engine, from weights one unit in the last place away." };

var command = new RootCommand("Trains two networks on generated digits twice, with the engine and with ONNX Runtime by the exported step, and compares them.")
{
    provider, steps, seed, threads, networks, neighbour, output,
};
command.SetAction(arguments =>
{
    int threadCount = arguments.GetValue(threads);
    var options = new ComparisonOptions(
        arguments.GetValue(steps),
        arguments.GetValue(seed),
        threadCount,
        new ServingOptions { Provider = arguments.GetValue(provider) == "cuda" ? Provider.Cuda() : Provider.Cpu, IntraOpThreads = threadCount },
        arguments.GetValue(output)!.FullName)
    { Neighbour = arguments.GetValue(neighbour) };
    try
    {
        Report.Print([.. arguments.GetValue(networks)!.Select(name => Comparison.Run(name, options))]);
        return 0;
    }
    catch (Exception e) when (e is ToolkitException or IOException or UnauthorizedAccessException or ArgumentException)
    {
        Console.Error.WriteLine($"Error: {e.Message}");
        return 1;
    }
});
return command.Parse(args).Invoke();
