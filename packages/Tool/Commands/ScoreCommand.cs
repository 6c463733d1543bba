using System.CommandLine;
using System.Text.Json.Nodes;
using Toolkit.Autograd.Files;
using Toolkit.Mpi;
using Toolkit.OnnxExport.Serving;
using Toolkit.Tool.Data;
using Toolkit.Tool.Reporting;
using Toolkit.Tool.Scoring;

namespace Toolkit.Tool.Commands;

/// <summary>Scores rows with a model.</summary>
internal sealed class ScoreCommand : ToolCommand
{
    private readonly Argument<string> data = new("data") { Description = "A table (.csv, .tsv, .parquet), a picture or a folder of pictures, a file of images (IDX), or a folder with the files of MNIST, whose test images are scored." };
    private readonly Option<string> output = new("--out", "-o") { Description = "The table of scores to write; default: scores.csv." };
    private readonly Option<string?> parts = new("--parts")
    {
        Description = "A folder for a table of any size: a part for each group of rows, of which few are held at a time. Run again after an interruption, the command makes what is missing; mpirun runs it as several processes.",
    };

    private readonly Option<string[]> keep = new("--keep") { Description = "Columns of the table that stand beside the scores in each part, such as numbers of customers.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int> threads = new("--threads") { Description = "The threads that make parts; default: the number of processors.", DefaultValueFactory = _ => Environment.ProcessorCount };
    private readonly Option<string> model = new("--model", "-m") { Description = "The .onnx file, of this tool or another program.", Required = true };
    private readonly Option<char?> separator = DataOptions.SeparatorOption();
    private readonly Option<string[]> ignore = new("--ignore") { Description = "Columns to pass over; only for models of other programs, which read all others in their order.", AllowMultipleArgumentsPerToken = true };

    public ScoreCommand()
        : base("score", "Scores the rows of a table, or pictures, with ONNX Runtime, and writes a table with a row for each, in their order. Bad rows are refused with line and column.")
    {
        Add(data);
        Array.ForEach<Option>([model, output, parts, keep, threads, separator, ignore], Add);
        Require(threads, value => value >= 1, "at least 1");
    }

    protected override Report Run(ParseResult arguments, Progress progress, CancellationToken cancellation)
    {
        string path = arguments.GetRequiredValue(data), file = arguments.GetRequiredValue(model);
        var options = new DataOptions(arguments.GetValue(separator), null, arguments.GetValue(ignore) ?? [], null);
        if (arguments.GetValue(parts) is { } folder)
        {
            if (arguments.GetResult(output) is not null)
                throw new ArgumentException($"Expected {output.Name} or {parts.Name}, found both.");
            var scoring = new PartScoring(path, file, folder, options, arguments.GetValue(keep) ?? [], arguments.GetValue(threads));
            return scoring.Run(progress, cancellation);
        }

        if (arguments.GetResult(keep) is not null)
            throw new ArgumentException($"Expected {keep.Name} with {parts.Name}, found it alone.");
        if (MpiGroup.IsLaunched)
            throw new ArgumentException($"Expected {parts.Name} where a launcher has started several processes, found that each would write the same file.");
        string written = arguments.GetValue(output) ?? "scores.csv";
        using OnnxSession session = OnnxSession.Load(file);
        ScoringData read = ScoringData.Read(session, path, hasLabels: false, options);
        progress.Show($"scoring {read.Rows.Count} rows");
        Scores scores = Scores.Of(session, read.Rows, cancellation);
        AtomicFile.Write(written, stream =>
        {
            using var text = new StreamWriter(stream, leaveOpen: true);
            ScoreFile.Write(scores, read.Classes, session.Metadata.ContainsKey(ModelData.Key), read.Files, text);
        });
        return new JsonObject { ["rows"] = scores.Rows.Count, ["file"] = written };
    }
}
