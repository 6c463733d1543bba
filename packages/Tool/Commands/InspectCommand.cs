using System.CommandLine;
using System.Text.Json.Nodes;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Import;
using Toolkit.Tool.Reporting;

namespace Toolkit.Tool.Commands;

/// <summary>Says what is in an .onnx file.</summary>
internal sealed class InspectCommand : ToolCommand
{
    private readonly Argument<string> model = new("model") { Description = "The .onnx file, of any program." };
    private readonly Option<bool> tensors = new("--tensors") { Description = "List every tensor that the file holds, with its type and size in bytes." };

    public InspectCommand()
        : base("inspect", "Shows inputs, outputs, operators, sizes and metadata of any .onnx file, and whether it can be trained here.")
    {
        Add(model);
        Add(tensors);
    }

    protected override Report Run(ParseResult arguments, Progress progress, CancellationToken cancellation)
    {
        string path = arguments.GetRequiredValue(model);
        OnnxSummary summary = OnnxSummary.Of(path);
        (OnnxModel? read, string? fault) = Read(path, cancellation);
        var content = new JsonObject
        {
            ["file"] = path,
            ["fileBytes"] = new FileInfo(path).Length,
            ["producer"] = summary.Producer,
            ["formatVersion"] = summary.FormatVersion,
            ["graph"] = summary.Graph,
            ["description"] = summary.Description.Length > 0 ? summary.Description : null,
            ["nodes"] = summary.Nodes,
            ["tensors"] = summary.Tensors.Count,
            ["elements"] = summary.Elements,
            ["tensorBytes"] = summary.Bytes,
            ["canBeTrained"] = read is not null,
            ["reason"] = fault,
            ["learnedNumbers"] = read?.Parameters.Where(parameter => parameter.Role != ParameterRole.State).Sum(parameter => (long)parameter.Value.Count),
            ["inputs"] = Values(summary.Inputs),
            ["outputs"] = Values(summary.Outputs),
            ["operators"] = Report.Table(summary.Operators, each => new JsonObject { ["operator"] = each.Domain == "ai.onnx" ? each.Name : $"{each.Domain}.{each.Name}", ["nodes"] = each.Count }),
            ["operatorSets"] = Report.Table(summary.OperatorSets, set => new JsonObject { ["domain"] = set.Key, ["version"] = set.Value }),
            ["metadata"] = new JsonObject(summary.Metadata.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
        };
        if (arguments.GetValue(tensors))
        {
            content["tensorList"] = Report.Table(
                summary.Tensors, tensor => new JsonObject { ["name"] = tensor.Name, ["type"] = tensor.Type, ["bytes"] = tensor.Bytes, ["place"] = tensor.IsExternal ? "beside the file" : "in the file" });
        }

        return content;
    }

    private static JsonArray Values(IReadOnlyList<OnnxValue> values) => Report.Table(values, value => new JsonObject { ["name"] = value.Name, ["type"] = value.Type });

    private static (OnnxModel? Model, string? Fault) Read(string path, CancellationToken cancellation)
    {
        try
        {
            return (OnnxModel.Load(path, cancellation: cancellation), null);
        }
        catch (ToolkitException e)
        {
            return (null, e.Message);
        }
    }
}
