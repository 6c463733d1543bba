using System.CommandLine;
using System.Text.Json.Nodes;
using Toolkit.Autograd.Files;
using Toolkit.OnnxExport.Serving;
using Toolkit.Tool.Data;
using Toolkit.Tool.Reporting;
using Toolkit.Tool.Scoring;

namespace Toolkit.Tool.Commands;

/// <summary>Scores rows with a model.</summary>
internal sealed class ScoreCommand : ToolCommand
{
    private readonly Argument<string> model = new("model") { Description = "The .onnx file, of this tool or another program." };
    private readonly Argument<string> data = new("data") { Description = "A table (.csv, .tsv), a file of images (IDX), or a folder with the files of MNIST, whose test images are scored." };
    private readonly Option<string> output = new("--out", "-o") { Description = "The table of scores to write.", DefaultValueFactory = _ => "scores.csv" };
    private readonly Option<char?> separator = DataOptions.SeparatorOption();
    private readonly Option<string[]> ignore = new("--ignore") { Description = "Columns to pass over; only for models of other programs, which read all others in their order.", AllowMultipleArgumentsPerToken = true };

    public ScoreCommand()
        : base("score", "Scores the rows of a table, or images, with ONNX Runtime, and writes a table with a row for each, in their order. Bad rows are refused with line and column.")
    {
        Add(model);
        Add(data);
        Array.ForEach<Option>([output, separator, ignore], Add);
    }

    protected override Report Run(ParseResult arguments, Progress progress, CancellationToken cancellation)
    {
        string path = arguments.GetRequiredValue(data), written = arguments.GetRequiredValue(output);
        using OnnxSession session = OnnxSession.Load(arguments.GetRequiredValue(model));
        ScoringData read = ScoringData.Read(session, path, hasLabels: false, new DataOptions(arguments.GetValue(separator), null, arguments.GetValue(ignore) ?? [], null));
        progress.Show($"scoring {read.Rows.Count} rows");
        Scores scores = Scores.Of(session, read.Rows, cancellation);
        AtomicFile.Write(written, stream =>
        {
            using var text = new StreamWriter(stream, leaveOpen: true);
            ScoreFile.Write(scores, read.Classes, session.Metadata.ContainsKey(ModelData.Key), text);
        });
        return new JsonObject { ["rows"] = scores.Rows.Count, ["file"] = written };
    }
}
