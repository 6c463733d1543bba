using System.CommandLine;
using System.Text.Json.Nodes;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;
using Toolkit.Tool.Reporting;

namespace Toolkit.Tool.Commands;

/// <summary>Writes an .onnx file in another form.</summary>
internal sealed class ConvertCommand : ToolCommand
{
    private readonly Argument<string> model = new("model") { Description = "The .onnx file, of any program." };
    private readonly Option<string> output = new("--out", "-o") { Description = "The file to write; it takes its place when it is whole.", Required = true };
    private readonly Option<int?> opset = new("--opset")
    {
        Description = $"The version of the standard operator set, {OnnxExportOptions.OldestOpset} to {OnnxExportOptions.NewestOpset}; default: that of the file, or the nearest.",
    };

    private readonly Option<bool> fold = new("--fold") { Description = "Compute now what follows from weights and constants alone." };
    private readonly Option<long?> external = new("--external-data")
    {
        Description = "Write tensors of at least so many bytes to a file beside the model, called as it with .data behind; default: as the file has them.",
    };

    private readonly Option<string> type = new("--type") { Description = "The numbers to compute with and to store weights in; inputs and outputs keep their types. ONNX Runtime computes bfloat16 on GPUs alone.", DefaultValueFactory = _ => "float32" };

    public ConvertCommand()
        : base("convert", "Writes an .onnx file for another operator set, with weights of half the size, or with constants folded.")
    {
        type.AcceptOnlyFromAmong("float32", "float16", "bfloat16");
        Add(model);
        Add(output);
        Add(opset);
        Add(fold);
        Add(external);
        Add(type);
    }

    protected override Report Run(ParseResult arguments, Progress progress, CancellationToken cancellation)
    {
        string path = arguments.GetRequiredValue(model), written = arguments.GetRequiredValue(output);
        OnnxModel read = OnnxModel.Load(path, cancellation: cancellation);
        Signature computation = arguments.GetValue(type) switch
        {
            "float16" => InType(read, DType.Float16),
            "bfloat16" => InType(read, DType.BFloat16),
            _ => read.Signature,
        };
        OnnxExportOptions options = read.ExportOptions with
        {
            FoldParameters = arguments.GetValue(fold),
            ExternalDataThreshold = arguments.GetValue(external) ?? read.ExportOptions.ExternalDataThreshold,
        };
        OnnxExporter.Export(computation, written, arguments.GetValue(opset) is { } set ? options with { Opset = set } : options);
        OnnxSummary before = OnnxSummary.Of(path), after = OnnxSummary.Of(written);
        return new JsonObject
        {
            ["file"] = written,
            ["operatorSet"] = after.OperatorSets.GetValueOrDefault("ai.onnx"),
            ["change"] = Report.Table(
                [("nodes", before.Nodes, after.Nodes), ("tensors", before.Tensors.Count, after.Tensors.Count), ("tensorBytes", before.Bytes, after.Bytes), ("fileBytes", (double)new FileInfo(path).Length, new FileInfo(written).Length)],
                row => new JsonObject { ["what"] = row.Item1, ["before"] = row.Item2, ["after"] = row.Item3 }),
        };
    }

    /// <summary>The computation in numbers of another type.</summary>
    private static Signature InType(OnnxModel model, DType type) => model.Signature.Updates.Count == 0
        ? new ComputationModel(model.Inference).InferenceIn(type)
        : throw new ArgumentException("Expected a model for inference to convert to another type, found a training step, whose parameters change.");
}
