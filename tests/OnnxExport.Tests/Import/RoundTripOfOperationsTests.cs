using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests.Operations;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Tests.Export;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Every operation of the registry, written, read and written again.</summary>
public class RoundTripOfOperationsTests
{
    /// <summary>How many numbers a <c>Range</c> of data gives is not known when it is read.</summary>
    public static TheoryData<string> Operations => [.. OperationRegistry.All.Where(IsHeld).Select(operation => operation.Name)];

    /// <summary>Whether an operation is among them, with an operator set in which it is written.</summary>
    public static bool IsHeld(RegisteredOperation operation) =>
        !ExampleValues.HasTexts(operation) && operation.Name != "Range" && operation.Examples.Any(example => example.Opset <= OnnxExportOptions.NewestOpset);

    [Theory]
    [MemberData(nameof(Operations))]
    public void What_is_written_is_read_as_the_same_numbers_and_written_again_as_the_same_bytes(string name)
    {
        foreach (OperationExample example in OperationRegistry.All.Single(o => o.Name == name).Examples)
        {
            for (int opset = Math.Max(example.Opset, OnnxExportOptions.OldestOpset); opset <= OnnxExportOptions.NewestOpset; opset++)
            {
                Check(example, DType.Float32, opset);
                if (example.Inputs.Any(i => i.DType == DType.Float32))
                    Check(example, DType.Float64, opset);
            }
        }
    }

    private static void Check(OperationExample example, DType floating, int opset)
    {
        Variable[] arguments = ExampleValues.Variables(example, floating);
        var signature = new Signature(
            ExampleValues.Inputs(arguments), [.. example.For(floating).ApplyAll(arguments).Select((r, i) => new Output($"y{i}", r))], name: example.Operation.Name);
        byte[] bytes = OnnxExporter.Export(signature, new OnnxExportOptions { Opset = opset });
        OnnxModel model = OnnxModel.Load(bytes);
        Value[] values = ExampleValues.Draw(example, floating, seed: 7);
        IReadOnlyList<Value> expected = Interpreter.Run(signature, values);
        Value[] found = Function.Compile(model.Signature).Run(values);
        for (int i = 0; i < found.Length; i++)
            Parity.Equal(expected[i], found[i], example.Tolerance, $"{example.Operation} in {floating}, operator set {opset}");

        byte[] again = OnnxExporter.Export(model.Signature, model.ExportOptions);
        if (!bytes.AsSpan().SequenceEqual(again))
        {
            Assert.Fail($"{example.Operation} in {floating}, operator set {opset}: expected\n{Text(bytes)}\nfound\n{Text(again)}");
        }
    }

    private static string Text(byte[] model) => string.Join('\n', Toolkit.OnnxExport.Format.ModelProto.Parser.ParseFrom(model).Graph.ToString().Split(", { "));
}
