using System.CommandLine;
using Toolkit.OnnxExport.Serving;
using Toolkit.Tool.Reporting;
using Toolkit.Tool.Scoring;

namespace Toolkit.Tool.Commands;

/// <summary>Measures a model on rows with labels.</summary>
internal sealed class EvaluateCommand : ToolCommand
{
    private readonly Argument<string> data = new("data") { Description = "A table (.csv, .tsv, .parquet), a folder of pictures with a folder for each class, a file of images (IDX), or a folder with the files of MNIST, whose test images are scored." };
    private readonly Option<string> model = new("--model", "-m") { Description = "The .onnx file, of this tool or another program.", Required = true };
    private readonly Option<char?> separator = DataOptions.SeparatorOption();
    private readonly Option<string?> label = new("--label") { Description = "The column of the label; only for models of other programs; default: the last." };
    private readonly Option<string[]> ignore = new("--ignore") { Description = "Columns to pass over; only for models of other programs, which read all others in their order.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> labels = new("--labels") { Description = "The file of the labels (IDX) of a file of images." };

    public EvaluateCommand()
        : base("evaluate", "Scores rows with ONNX Runtime and compares the scores with their labels: accuracy, F1, area under the curve and confusion of classes; errors of numbers in their units.")
    {
        Add(data);
        Array.ForEach<Option>([model, separator, label, ignore, labels], Add);
    }

    protected override Report Run(ParseResult arguments, Progress progress, CancellationToken cancellation)
    {
        using OnnxSession session = OnnxSession.Load(arguments.GetRequiredValue(model));
        var options = new DataOptions(arguments.GetValue(separator), arguments.GetValue(label), arguments.GetValue(ignore) ?? [], arguments.GetValue(labels));
        ScoringData read = ScoringData.Read(session, arguments.GetRequiredValue(data), hasLabels: true, options);
        progress.Show($"scoring {read.Rows.Count} rows");
        return Evaluated.Of(Scores.Of(session, read.Rows, cancellation).Rows, read.Labels!, read.Classes);
    }
}
