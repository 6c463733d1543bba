using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Toolkit.Autograd.Files;
using Toolkit.Modeling.Data;
using Toolkit.OnnxExport.Serving;
using Toolkit.Tool.Data;
using Toolkit.Tool.Reporting;
using Toolkit.Tool.Scoring;
using Toolkit.Tool.Training;

namespace Toolkit.Tool.Commands;

/// <summary>Trains a network.</summary>
internal sealed class TrainCommand : ToolCommand
{
    private const string Classification = "classification", Regression = "regression";

    private readonly Argument<string> data = new("data") { Description = "A table with a header (.csv, .tsv, also .gz), a folder of pictures with a folder for each class, or a folder with the files of MNIST (IDX)." };
    private readonly Option<string> output = new("--out", "-o")
    {
        Description = "The model to write; for a table, the pipeline for ML.NET stands beside it with the ending .zip.",
        DefaultValueFactory = _ => "model.onnx",
    };

    private readonly Option<string?> label = new("--label") { Description = "The column to predict; default: the last." };
    private readonly Option<string?> task = new("--task") { Description = "What the label is; default: classification for texts and for up to 20 different whole numbers, otherwise regression." };
    private readonly Option<string[]> ignore = new("--ignore") { Description = "Columns to pass over, such as numbers of customers.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> category = new("--category") { Description = "Columns that are categories though they look like numbers.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<char?> separator = DataOptions.SeparatorOption();
    private readonly Option<string?> test = new("--test") { Description = "A table, or a folder of pictures, to measure with, in place of a share of the rows or pictures." };
    private readonly Option<double> testShare = new("--test-share") { Description = "The share of the rows of a table, or of pictures, that are set aside to measure with.", DefaultValueFactory = _ => 0.1 };
    private readonly Option<int> size = new("--size") { Description = "The height and width in pixels that pictures are brought to.", DefaultValueFactory = _ => 64 };
    private readonly Option<bool> gray = new("--gray") { Description = "Pictures without their colors." };
    private readonly Option<bool> stretch = new("--stretch") { Description = "Stretch pictures to the size; default: their middle is cut out." };
    private readonly Option<double> validationShare = new("--validation-share") { Description = "The share of the rows or images by which the training stops; 0 for none: then all epochs run.", DefaultValueFactory = _ => 0.1 };
    private readonly Option<int?> epochs = new("--epochs") { Description = "The most epochs; default: 100 for a table, 20 for images." };
    private readonly Option<int?> patience = new("--patience") { Description = "The epochs without a smaller validation loss after which the training ends with the best weights; default: 10 for a table, 3 for images." };
    private readonly Option<int?> batch = new("--batch") { Description = "The examples that a step learns from; default: 32 for a table, 128 for images." };
    private readonly Option<int[]> hidden = new("--hidden") { Description = "The units of each hidden layer; default: 64 64 for a table, 64 for images, behind two convolutions.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<double> dropout = new("--dropout") { Description = "The share of hidden units that each step leaves out, from 0 to below 1." };
    private readonly Option<double> rate = new("--learning-rate") { Description = "The learning rate of Adam, above 0.", DefaultValueFactory = _ => 0.001 };
    private readonly Option<int> seed = new("--seed") { Description = "Decides all random numbers: the same seed gives the same model.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> threads = new("--threads") { Description = "The threads to train with; the model does not depend on them; default: the number of processors.", DefaultValueFactory = _ => Environment.ProcessorCount };

    public TrainCommand()
        : base("train", "Trains a network on a table or on pictures and measures it on rows that it has not seen.")
    {
        task.AcceptOnlyFromAmong(Classification, Regression);
        Option[] options = [output, label, task, ignore, category, separator, test, testShare, size, gray, stretch, validationShare, epochs, patience, batch, hidden, dropout, rate, seed, threads];
        Add(data);
        Array.ForEach(options, Add);
        Require(testShare, share => share is >= 0 and < 1, "at least 0 and below 1");
        Require(size, value => value >= 4, "at least 4");
        Require(validationShare, share => share is >= 0 and < 1, "at least 0 and below 1");
        Require(dropout, share => share is >= 0 and < 1, "at least 0 and below 1");
        Require(rate, value => value > 0 && double.IsFinite(value), "above 0");
        Require(threads, value => value >= 1, "at least 1");
        Require(seed, value => value >= 0, "at least 0");
        Require(epochs, value => value is null or >= 1, "at least 1");
        Require(patience, value => value is null or >= 1, "at least 1");
        Require(batch, value => value is null or >= 1, "at least 1");
        Require(hidden, units => units!.All(each => each >= 1), "numbers of at least 1");
    }

    protected override Report Run(ParseResult arguments, Progress progress, CancellationToken cancellation)
    {
        string path = arguments.GetRequiredValue(data), written = arguments.GetRequiredValue(output);
        // What is trained for hours must not fail at last for want of a folder.
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(written))))
            throw new DirectoryNotFoundException($"The folder of the file \"{written}\" does not exist.");
        return Directory.Exists(path) ? OnImages(path, written, arguments, progress, cancellation)
            : Table.Is(path) ? OnTable(path, written, arguments, progress, cancellation)
            : throw new ArgumentException($"Expected a table (.csv, .tsv), a folder of pictures or a folder with the files of MNIST, found \"{path}\".");
    }

    private JsonObject OnTable(string path, string written, ParseResult arguments, Progress progress, CancellationToken cancellation)
    {
        char? between = arguments.GetValue(separator);
        Table table = Table.Read(path, between);
        ModelData known = new SchemaInference(table, new TableOptions
        {
            Label = arguments.GetValue(label),
            IsClass = arguments.GetValue(task) is { } name ? name == Classification : null,
            Ignored = arguments.GetValue(ignore) ?? [],
            Categories = arguments.GetValue(category) ?? [],
        }).Run();
        EncodedRows rows = EncodedRows.Of(table, known, hasLabels: true);
        EncodedRows? other = arguments.GetValue(test) is { } file ? EncodedRows.Of(Table.Read(file, between), known, hasLabels: true) : null;
        TrainingSettings settings = Settings(arguments, epochs: 100, patience: 10, batch: 32, hidden: [64, 64]);
        Partition parts = Partition.Of(rows.Labels!, settings.Validation, other is null ? settings.Test : 0, settings.Seed);
        (EncodedRows train, EncodedRows validation, EncodedRows tested) = (rows.Select(parts.Train), rows.Select(parts.Validation), other ?? rows.Select(parts.Test));
        var clock = Stopwatch.StartNew();
        TrainedModel model = TableTraining.Run(known, train, validation, settings, progress, cancellation);
        clock.Stop();
        string pipeline = Path.ChangeExtension(written, ".zip");
        AtomicFile.Write([(written, stream => stream.Write(model.Onnx)), (pipeline, stream => stream.Write(model.Pipeline!))]);
        var report = new JsonObject
        {
            ["task"] = known.Classes is null ? Regression : Classification,
            ["label"] = known.Label,
            ["columns"] = known.Columns.Count,
            ["categories"] = known.Columns.Count(column => column.Names is not null),
            ["trainingRows"] = train.Count,
            ["validationRows"] = validation.Count,
        };
        return Completed(report, model, clock.Elapsed, [written, pipeline], tested.Count == 0 ? null : new TableRows(tested), tested.Labels!, cancellation);
    }

    private JsonObject OnImages(string folder, string written, ParseResult arguments, Progress progress, CancellationToken cancellation)
    {
        bool areImages = Images.Are(folder);
        Refuse("a table", label, task, ignore, category, separator);
        if (areImages)
            Refuse("pictures", test, testShare, size, gray, stretch);
        TrainingSettings settings = Settings(arguments, epochs: 20, patience: 3, batch: 128, hidden: [64]);
        ImageData images = areImages
            ? Images.Load(folder, settings.Validation, settings.Seed)
            : Pictures.Load(folder, arguments.GetValue(test), Format(arguments), settings.Validation, settings.Test, settings.Seed);
        var clock = Stopwatch.StartNew();
        TrainedModel model = ImageTraining.Run(images, settings, progress, cancellation);
        clock.Stop();
        AtomicFile.Write(written, stream => stream.Write(model.Onnx));
        var report = new JsonObject
        {
            ["images"] = string.Join(" × ", images.Train.Layout.FeatureShape),
            ["classes"] = images.Classes.Count,
            ["trainingImages"] = images.Train.Count,
            ["validationImages"] = images.Validation?.Count ?? 0,
        };
        return images.Test is { } tested
            ? Completed(report, model, clock.Elapsed, [written], new ImageRows(tested.Features, tested.Count), [.. tested.Labels.ToArray().Select(each => (float)each)], cancellation)
            : Completed(report, model, clock.Elapsed, [written], null, [], cancellation);

        void Refuse(string expected, params Option[] options)
        {
            if (options.FirstOrDefault(option => arguments.GetResult(option) is { Implicit: false }) is { } wrong)
                throw new ArgumentException($"Expected {wrong.Name} with {expected}, found the images of \"{folder}\".");
        }
    }

    /// <summary>The report with the course of the training, what the written model is worth on rows that it has not seen, and the files.</summary>
    private static JsonObject Completed(
        JsonObject report, TrainedModel model, TimeSpan time, IReadOnlyList<string> files, ScoringRows? tested, IReadOnlyList<float> labels, CancellationToken cancellation)
    {
        report["epochs"] = model.History.Epochs.Count;
        report["bestEpoch"] = model.History.BestEpoch;
        report["seconds"] = Math.Round(time.TotalSeconds, 1);
        report["files"] = Report.Table(files, file => new JsonObject { ["file"] = file, ["bytes"] = new FileInfo(file).Length });
        if (tested is null)
            return report;
        using OnnxSession session = OnnxSession.Load(model.Onnx);
        foreach ((string name, JsonNode? value) in Evaluated.Of(Scores.Of(session, tested, cancellation).Rows, labels, model.Data.Classes))
            report[$"test{char.ToUpperInvariant(name[0])}{name[1..]}"] = value?.DeepClone();
        return report;
    }

    private PictureFormat Format(ParseResult arguments) => new(arguments.GetValue(size), arguments.GetValue(size), arguments.GetValue(gray), arguments.GetValue(stretch));

    private TrainingSettings Settings(ParseResult arguments, int epochs, int patience, int batch, int[] hidden) => new()
    {
        Epochs = arguments.GetValue(this.epochs) ?? epochs,
        Patience = arguments.GetValue(this.patience) ?? patience,
        BatchSize = arguments.GetValue(this.batch) ?? batch,
        Hidden = arguments.GetValue(this.hidden) is { Length: > 0 } units ? units : hidden,
        Dropout = arguments.GetValue(dropout),
        LearningRate = arguments.GetValue(rate),
        Seed = (ulong)arguments.GetValue(seed),
        Validation = arguments.GetValue(validationShare),
        Test = arguments.GetValue(testShare),
        Threads = arguments.GetValue(threads),
    };
}
