using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests.Operations;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>The page of operators is written from the table of the standard and the registry.</summary>
public class OperatorPageTests
{
    /// <summary>The page is written anew beside the test, to be compared and, where it is right, copied.</summary>
    [Fact]
    public void The_page_of_operators_is_up_to_date()
    {
        string text = Text(), fresh = Path.Combine(AppContext.BaseDirectory, "operators.md");
        File.WriteAllText(fresh, text);
        string page = Path.Combine(SharedFiles.Root, "docs", "operators.md");
        Assert.True(
            File.Exists(page) && File.ReadAllText(page).ReplaceLineEndings("\n") == text,
            $"docs/operators.md is not what the table and the registry say: compare it with {fresh}.");
    }

    private static string Text()
    {
        OperatorSchema[] newest = [.. StandardOperators.Names.Where(name => !name.Contains('.')).Select(name => StandardOperators.Find("", name, StandardOperators.NewestVersion)!)];
        Dictionary<string, RegisteredOperation> read = OperationRegistry.All.Where(o => o.FromOnnx is not null && o.OnnxDomain.Length == 0).ToDictionary(o => o.OnnxName);
        OperatorSchema[] differentiable = [.. newest.Where(schema => schema.IsDifferentiable)];
        int derived = differentiable.Count(schema => read.TryGetValue(schema.Name, out RegisteredOperation? o) && HasGradient(o));
        IEnumerable<string> rows = newest.Select(schema => Row(schema, read.GetValueOrDefault(schema.Name)));
        return $"""
            # Operators

            The operators of the standard domain of ONNX 1.22 (operator sets 1 to {StandardOperators.NewestVersion}), from the table that exporter, importer and model check share
            (`Autograd/Schema/operators.txt`). Read: `OnnxModel.Load` takes it; `Constant` is read as well, as a constant. Gradient: the engine differentiates it, to any order.
            {read.Count + 1} of {newest.Length} are read; of the {differentiable.Length} with respect to an input of which the standard defines a derivative, {derived} have a gradient. This page is written by a test.

            | operator | versions | read | differentiable in the standard | gradient |
            |---|---|---|---|---|
            {string.Join('\n', rows)}

            """.ReplaceLineEndings("\n");
    }

    private static string Row(OperatorSchema schema, RegisteredOperation? operation)
    {
        string versions = string.Join(", ", StandardOperators.History("", schema.Name).Select(s => s.IsDeprecated ? $"{s.Since} (deprecated)" : $"{s.Since}"));
        bool isRead = operation is not null || schema.Name == "Constant";
        return $"| {schema.Name} | {versions} | {Mark(isRead)} | {Mark(schema.IsDifferentiable)} | {Mark(operation is not null && HasGradient(operation))} |";
    }

    private static bool HasGradient(RegisteredOperation operation) => operation.Examples.Any(example =>
    {
        Variable[] inputs = [.. ExampleValues.Variables(example, DType.Float32)];
        Variable[] floating = [.. inputs.OfType<Variable>().Where(input => input.DType.IsFloating())];
        Variable? result = example.Operation.ApplyAll(inputs).FirstOrDefault(output => output.DType.IsFloating());
        try
        {
            return floating.Length > 0 && result is not null && Gradient.OrNull(Ops.Sum(result), floating).Any(gradient => gradient is not null);
        }
        catch (GradientException)
        {
            return false;
        }
    });

    private static string Mark(bool holds) => holds ? "yes" : "";
}
