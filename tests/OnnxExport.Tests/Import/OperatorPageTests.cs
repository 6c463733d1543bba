using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests.Operations;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;

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
        Dictionary<string, RegisteredOperation> known = OperationRegistry.All.Where(o => o.FromOnnx is not null && o.OnnxDomain.Length == 0)
            .SelectMany(o => o.FormerNames.Prepend(o.OnnxName), (operation, name) => (operation, name)).ToDictionary(pair => pair.name, pair => pair.operation);
        OperatorSchema[] differentiable = [.. newest.Where(schema => schema.IsDifferentiable)];
        int derived = differentiable.Count(schema => known.TryGetValue(schema.Name, out RegisteredOperation? o) && Order(o) > 0);
        int twice = differentiable.Count(schema => known.TryGetValue(schema.Name, out RegisteredOperation? o) && Order(o) > 1);
        Dictionary<string, string> passed = Passed();
        IEnumerable<string> rows = newest.Select(schema => Row(schema, known.GetValueOrDefault(schema.Name), passed));
        return $"""
            # Operators

            The operators of the standard domain of ONNX 1.22 (operator sets 1 to {StandardOperators.NewestVersion}), from the table that exporter, importer and model check share
            (`Autograd/Schema/operators.txt`). {newest.Count(IsRead)} of {newest.Length} are read; of the {differentiable.Length} with respect to an input of which the standard defines a derivative, {derived} have a gradient,
            {twice} of them checked to order 2. This page is written by a test.

            - **types**: those of the first input in the newest version: unsigned and signed are the integers of 8 to 64 bits, floats are float16, float and double. **read**: `OnnxModel.Load` takes the operator.
            - **cases**: how many of the standard's own test cases with the operator the engine passes, in a part of the suite, a bit over half of it (`tests/Conformance/passed.txt`).
            - **derivative**: the standard defines one. **order**: how often the gradient is compared with central differences in float64, within 1e-7 (2e-6 where there is a kink nearby), at random inputs.
            - **in ONNX Runtime**: the gradient, written to a file of operator set {Export.GradientParityTests.Opset}, gives the engine's numbers there. **again**: what is written and read is written again as the same bytes, in every operator set.

            | operator | versions | types | read | cases | derivative | order | in ONNX Runtime | again |
            |---|---|---|---|---|---|---|---|---|
            {string.Join('\n', rows)}

            """.ReplaceLineEndings("\n");
    }

    private static string Row(OperatorSchema schema, RegisteredOperation? operation, Dictionary<string, string> passed)
    {
        string versions = string.Join(", ", StandardOperators.History("", schema.Name).Select(s => s.IsDeprecated ? $"{s.Since} (deprecated)" : $"{s.Since}"));
        string types = StandardOperators.History("", schema.Name).LastOrDefault(s => s.Inputs.Count > 0) is { } typed ? Short(typed.Inputs[0].Types) : "";
        int order = operation is null ? 0 : Order(operation);
        bool isCompared = operation is not null && order > 0 && Export.GradientParityTests.IsCompared(operation.Name);
        bool isWrittenAgain = operation is not null && RoundTripOfOperationsTests.IsHeld(operation);
        return $"| {schema.Name} | {versions} | {types} | {Mark(IsRead(schema))} | {passed.GetValueOrDefault(schema.Name)} | {Mark(schema.IsDifferentiable)} | {(order > 0 ? $"{order}" : "")} | {Mark(isCompared)} | {Mark(isWrittenAgain)} |";
    }

    private static bool IsRead(OperatorSchema schema) =>
        OperatorSet.Standard.Find("", schema.Name) is not null || GraphReader.IsReadHere(new NodeProto { OpType = schema.Name });

    /// <summary>Types with a word for those that go together.</summary>
    private static string Short(IReadOnlySet<string> types)
    {
        (string Name, string[] Members)[] groups =
        [
            ("unsigned", ["uint8", "uint16", "uint32", "uint64"]), ("signed", ["int8", "int16", "int32", "int64"]), ("floats", ["float16", "float", "double"]),
            ("complex", ["complex64", "complex128"]), ("float8", ["float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz"]),
        ];
        List<string> rest = [.. types.Select(type => type.StartsWith("tensor(", StringComparison.Ordinal) ? type[7..^1] : type[..type.IndexOf('(', StringComparison.Ordinal)]).Distinct()];
        List<string> words = [];
        foreach ((string name, string[] members) in groups.Where(group => group.Members.All(rest.Contains)))
        {
            words.Add(name);
            rest.RemoveAll(members.Contains);
        }

        return string.Join(", ", words.Concat(rest.Order(StringComparer.Ordinal)));
    }

    private static Dictionary<string, string> Passed() => File.ReadAllLines(Path.Combine(SharedFiles.Root, "tests", "Conformance", "passed.txt"))
        .Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => parts[1]);

    /// <summary>How often the gradient is checked; 0 where there is none.</summary>
    private static int Order(RegisteredOperation operation) => HasGradient(operation) ? operation.Examples.Max(example => example.Smoothness) : 0;

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
