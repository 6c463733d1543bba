using System.Globalization;
using System.Text.RegularExpressions;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests.Operations;
using Toolkit.OnnxExport.Export;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>What the documents say of operations is what the registry and the exporter do.</summary>
public partial class DocumentationTests
{
    [Fact]
    public void The_table_of_operations_is_the_one_of_the_registry()
    {
        string table = string.Join('\n', OperationRegistry.All.Select(Row));
        string document = File.ReadAllText(Path.Combine(SharedFiles.Root, "docs", "onnx.md")).ReplaceLineEndings("\n");
        Assert.True(document.Contains(table, StringComparison.Ordinal), $"docs/onnx.md does not hold this table:\n{table}");
    }

    [Fact]
    public void The_number_of_operations_is_the_one_of_the_registry()
    {
        int claims = 0;
        foreach (string name in new[] { "README.md", "CHANGELOG.md", Path.Combine("docs", "onnx.md"), Path.Combine("docs", "architecture.md") })
        {
            foreach (Match claim in Claim().Matches(File.ReadAllText(Path.Combine(SharedFiles.Root, name))))
            {
                Assert.Equal((name, OperationRegistry.All.Count), (name, int.Parse(claim.Groups[1].Value, CultureInfo.InvariantCulture)));
                claims++;
            }
        }

        Assert.True(claims > 0, "No document says how many operations there are.");
    }

    private static string Row(RegisteredOperation operation)
    {
        var ranges = new List<(int First, int Last, string Operators)>();
        for (int opset = operation.Examples.Select(e => e.Opset).Append(OnnxExportOptions.OldestOpset).Max(); opset <= OnnxExportOptions.NewestOpset; opset++)
        {
            string operators = Operators(operation, DType.Float32, opset);
            if (ranges.Count > 0 && ranges[^1].Operators == operators)
            {
                ranges[^1] = ranges[^1] with { Last = opset };
            }
            else
            {
                ranges.Add((opset, opset, operators));
            }
        }

        string forms = ranges is [{ First: OnnxExportOptions.OldestOpset }] ? ranges[0].Operators : string.Join("; ", ranges.Select(r => $"{r.First} to {r.Last}: {r.Operators}"));
        return $"| {operation.Name} | {forms} | {Doubles(operation)} |";
    }

    private static string Doubles(RegisteredOperation operation)
    {
        if (operation.Examples.All(e => e.Opset > OnnxExportOptions.NewestOpset || e.Inputs.All(i => i.DType != DType.Float32)))
        {
            return string.Empty;
        }

        int opset = Math.Max(new OnnxExportOptions().Opset, operation.Examples.Select(e => e.Opset).Where(o => o <= OnnxExportOptions.NewestOpset).DefaultIfEmpty(0).Max());
        if (Steps(operation, DType.Float64, opset).Any(s => s.Form.RuntimeTypes?.Contains(s.Node.Inputs[0].DType) == false))
        {
            return "no";
        }

        string operators = Operators(operation, DType.Float64, opset);
        return operators == Operators(operation, DType.Float32, opset) ? "yes" : $"as {operators}";
    }

    private static string Operators(RegisteredOperation operation, DType floating, int opset) => string.Join(
        ", ", Steps(operation, floating, opset).SelectMany(s => s.Forms.Select(f => f.Operator)).Distinct().Order(StringComparer.Ordinal));

    private static IEnumerable<Step> Steps(RegisteredOperation operation, DType floating, int opset) =>
        Signatures(operation, floating).SelectMany(s => new FlatGraph(s, opset).Steps);

    private static IEnumerable<Signature> Signatures(RegisteredOperation operation, DType floating)
    {
        foreach (OperationExample example in operation.Examples.Where(e => e.Opset <= OnnxExportOptions.NewestOpset))
        {
            Variable[] arguments = ExampleValues.Variables(example, floating);
            yield return new Signature(ExampleValues.Inputs(arguments), [.. SmallModels.Standard(example.For(floating).ApplyAll(arguments)).Select((y, i) => new Output($"y{i}", y))]);
        }
    }

    [GeneratedRegex(@"\b(\d+)\s+operations\b")]
    private static partial Regex Claim();
}
