using System.CommandLine;
using Toolkit.Autograd.Tensors;
using Toolkit.Samples.Digits;

var data = new Option<DirectoryInfo?>("--data") { Description = "A folder with the IDX files of MNIST, plain or .gz; default: generated digits." };
var model = new Option<string>("--model") { Description = "mlp or cnn.", DefaultValueFactory = _ => "mlp" };
model.AcceptOnlyFromAmong("mlp", "cnn");
var epochs = new Option<int>("--epochs") { Description = "Passes over the training set.", DefaultValueFactory = _ => 12 };
var seed = new Option<ulong>("--seed") { Description = "Seed of weights, order and dropout.", DefaultValueFactory = _ => 42 };
var output = new Option<DirectoryInfo>("--out") { Description = "Output folder.", DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("output", "digits")) };
var provider = new Option<string>("--provider") { Description = "Where ONNX Runtime serves: cpu or cuda.", DefaultValueFactory = _ => "cpu" };
provider.AcceptOnlyFromAmong("cpu", "cuda");
var checkpoint = new Option<FileInfo?>("--checkpoint") { Description = "A file to which the training is saved after each epoch." };
var resume = new Option<bool>("--resume") { Description = "Go on from the checkpoint file." };
var threads = new Option<int>("--threads") { Description = "Threads for training.", DefaultValueFactory = _ => Environment.ProcessorCount };
var profile = new Option<bool>("--profile") { Description = "Show at the end where the time of a training step goes." };

var command = new RootCommand("Trains a network on handwritten digits, writes it as ONNX and scores it natively, with ONNX Runtime and with ML.NET.")
{
    data, model, epochs, seed, output, provider, checkpoint, resume, threads, profile,
};
command.SetAction((arguments, cancellation) =>
{
    var options = new DigitsOptions
    {
        Data = arguments.GetValue(data)?.FullName,
        Model = arguments.GetValue(model)!,
        Epochs = arguments.GetValue(epochs),
        Seed = arguments.GetValue(seed),
        Output = arguments.GetValue(output)!.FullName,
        Cuda = arguments.GetValue(provider) == "cuda",
        Checkpoint = arguments.GetValue(checkpoint)?.FullName,
        Resume = arguments.GetValue(resume),
        Profile = arguments.GetValue(profile),
        Threads = arguments.GetValue(threads),
    };
    try
    {
        return Task.FromResult(DigitsRun.Execute(options, cancellation));
    }
    catch (Exception e) when (e is ToolkitException or IOException or UnauthorizedAccessException or ArgumentException)
    {
        Console.Error.WriteLine($"Error: {e.Message}");
        return Task.FromResult(1);
    }
});

ParseResult parsed = command.Parse(args);
return parsed.Errors.Count > 0 && Usage(parsed) ? 2 : await parsed.InvokeAsync();

static bool Usage(ParseResult result)
{
    foreach (System.CommandLine.Parsing.ParseError error in result.Errors)
    {
        Console.Error.WriteLine($"Error: {error.Message}");
    }

    return true;
}
