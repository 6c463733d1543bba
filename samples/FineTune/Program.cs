using System.CommandLine;
using Toolkit.Autograd.Tensors;
using Toolkit.Samples.FineTune;

var model = new Argument<FileInfo?>("model") { Description = "An .onnx file with one image as input; default: a network that is first trained on generated digits.", Arity = ArgumentArity.ZeroOrOne };
var data = new Option<DirectoryInfo?>("--data") { Description = "A folder with IDX files as of MNIST, plain or .gz; default: generated digits, even or odd." };
var cut = new Option<string?>("--cut") { Description = "The value of the file on which the new head stands; default: what its last product with weights reads." };
var freeze = new Option<string[]>("--freeze") { Description = "Patterns of weights that are not learned, such as \"conv*\"; default: none." };
var lora = new Option<int>("--lora") { Description = "The rank of adapters that are learned beside the frozen weights; 0 for none." };
var epochs = new Option<int>("--epochs") { Description = "Passes over the training set.", DefaultValueFactory = _ => 1 };
var rate = new Option<double>("--rate") { Description = "The learning rate of Adam at the beginning, from which it falls to a hundredth along a cosine.", DefaultValueFactory = _ => 1e-3 };
var batch = new Option<int>("--batch") { Description = "Examples in a step.", DefaultValueFactory = _ => 64 };
var validate = new Option<bool>("--validate") { Description = "Measure on the tenth of the training rows that is held back, not on the test rows: to choose settings." };
var seed = new Option<ulong>("--seed") { Description = "Seed of the new head and of the order of examples.", DefaultValueFactory = _ => 42 };
var output = new Option<FileInfo>("--out") { Description = "The file to write.", DefaultValueFactory = _ => new FileInfo("fine-tuned.onnx") };

var command = new RootCommand("Takes an .onnx file, puts a new head on it, trains it further and writes it again.") { model, data, cut, freeze, lora, epochs, rate, batch, validate, seed, output };
command.SetAction((arguments, cancellation) =>
{
    var options = new FineTuneOptions
    {
        Model = arguments.GetValue(model)?.FullName,
        Data = arguments.GetValue(data)?.FullName,
        Cut = arguments.GetValue(cut),
        Freeze = arguments.GetValue(freeze) ?? [],
        Rank = arguments.GetValue(lora),
        Epochs = arguments.GetValue(epochs),
        LearningRate = arguments.GetValue(rate),
        BatchSize = arguments.GetValue(batch),
        Validate = arguments.GetValue(validate),
        Seed = arguments.GetValue(seed),
        Output = arguments.GetValue(output)!.FullName,
    };
    try
    {
        return Task.FromResult(FineTuneRun.Execute(options, cancellation));
    }
    catch (Exception e) when (e is ToolkitException or IOException or UnauthorizedAccessException or ArgumentException)
    {
        Console.Error.WriteLine($"Error: {e.Message}");
        return Task.FromResult(1);
    }
});
command.Subcommands.Add(Toolkit.Samples.FineTune.Studies.StudyCommand.Create());
return await command.Parse(args).InvokeAsync();
