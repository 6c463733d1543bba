using System.CommandLine;
using System.Text;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Samples.FineTune.Studies;

/// <summary>The command that fine-tunes files of other programs in ways that are compared with each other.</summary>
internal static class StudyCommand
{
    public static Command Create()
    {
        var kind = new Argument<string>("kind") { Description = "pictures (ResNet-18), sentences (MiniLM-L6) or sounds (Silero)." };
        var model = new Option<FileInfo>("--model") { Description = "The .onnx file, or the NuGet package that holds it.", Required = true };
        var data = new Option<DirectoryInfo?>("--data") { Description = "Pictures: a folder with IDX files as of MNIST, also in color; default: generated digits." };
        var examples = new Option<int>("--examples") { Description = "Training examples; sentences and sounds are tested on as many, pictures on 1,000.", DefaultValueFactory = _ => 2000 };
        var size = new Option<int>("--size") { Description = "Height and width to which pictures are enlarged.", DefaultValueFactory = _ => 64 };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the training set.", DefaultValueFactory = _ => 3 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of new weights and of the order of examples.", DefaultValueFactory = _ => 1 };
        var seeds = new Option<int>("--seeds") { Description = "Pictures: seeds over which accuracies are averaged.", DefaultValueFactory = _ => 3 };
        var threads = new Option<int>("--threads") { Description = "Threads.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var command = new Command("study", "Compares ways to fine-tune a file of another program.") { kind, model, data, examples, size, epochs, seed, seeds, threads };
        command.SetAction((arguments, cancellation) =>
        {
            string path = arguments.GetValue(model)!.FullName;
            var options = new StudyOptions
            {
                Model = PackageFiles.Read(path, arguments.GetValue(kind) == "pictures" ? "ResNet18.onnx" : ".onnx"),
                Examples = arguments.GetValue(examples),
                Epochs = arguments.GetValue(epochs),
                Seed = arguments.GetValue(seed),
                Seeds = arguments.GetValue(seeds),
                Execution = new ExecutionOptions { Threads = arguments.GetValue(threads) },
            };
            IEnumerable<StudyFigure>? figures = arguments.GetValue(kind) switch
            {
                "pictures" => PictureStudy.ResNet18.Run(options, PictureSets.Load(arguments.GetValue(data)?.FullName, options.Examples, arguments.GetValue(size)), cancellation),
                "sentences" => SentenceStudy.Run(options, Encoding.UTF8.GetString(PackageFiles.Read(path.EndsWith(".onnx", StringComparison.Ordinal) ? Path.Combine(Path.GetDirectoryName(path)!, "vocab.txt") : path, "vocab.txt")), cancellation),
                "sounds" => SoundStudy.Run(options, cancellation),
                _ => null,
            };
            if (figures is null)
            {
                Console.Error.WriteLine($"Error: expected pictures, sentences or sounds, found \"{arguments.GetValue(kind)}\".");
                return Task.FromResult(2);
            }

            var parts = new List<string>();
            foreach (StudyFigure figure in figures)
            {
                Console.WriteLine(FormattableString.Invariant($"{figure.Name}: {figure.Accuracy:P1} of the test examples{figure.Note}"));
                parts.Add(FormattableString.Invariant($"{figure.Name.Replace(' ', '_').Replace(",", string.Empty, StringComparison.Ordinal)}={figure.Accuracy:F4}"));
            }

            Console.WriteLine($"RESULT {string.Join(' ', parts)}");
            return Task.FromResult(0);
        });
        return command;
    }
}
