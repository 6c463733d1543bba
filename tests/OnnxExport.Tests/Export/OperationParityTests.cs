using Google.Protobuf;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Every operation of the registry, with its own examples, through ONNX Runtime.</summary>
public class OperationParityTests
{
    /// <summary>Operations that occur in training graphs only and have no ONNX form yet.</summary>
    private static readonly string[] NotExported = ["AveragePoolGradient", "GatherGradient", "RandomUniform"];

    /// <summary>Operators without a float64 kernel in ONNX Runtime's CPU provider (measured; the models are valid all the same).</summary>
    private static readonly string[] NoFloat64Kernel = ["AveragePool", "Conv", "ConvTranspose", "Erf", "OneHot"];

    public static TheoryData<string, int> Operations =>
    [
        .. from operation in OperationRegistry.All
           where !NotExported.Contains(operation.Name)
           from opset in new[] { 13, 17, 21 }
           select new TheoryDataRow<string, int>(operation.Name, opset),
    ];

    [Theory]
    [MemberData(nameof(Operations))]
    public void ONNX_Runtime_computes_the_same_numbers(string name, int opset)
    {
        RegisteredOperation operation = OperationRegistry.All.Single(o => o.Name == name);
        foreach (Example example in ExampleData.WithBothFloats(operation.Examples))
        {
            Signature signature = ExampleData.Signature(example);
            ModelProto model = OnnxExporter.ToModel(signature, new OnnxExportOptions { Opset = opset });
            byte[] bytes = model.ToByteArray();
            Assert.Empty(ModelCheck.Check(bytes));

            bool isWide = example.Inputs.Any(i => i.DType == DType.Float64) || signature.Outputs.Any(o => o.Variable.DType == DType.Float64);
            if (isWide && model.Graph.Node.Any(n => NoFloat64Kernel.Contains(n.OpType)))
            {
                Assert.Throws<ServingException>(() => OnnxSession.Load(bytes));
                continue;
            }

            using OnnxSession session = OnnxSession.Load(bytes);
            RequireDeclaredTypes(session, signature);
            foreach (int batch in signature.Inputs.Any(i => !i.Shape.IsStatic) ? new[] { 3, 1, 5 } : [0])
            {
                Value[] inputs = ExampleData.Values(example, batch, seed: batch);
                Parity.Check(session, signature, inputs, Tolerance(example, opset, signature));
            }
        }
    }

    [Fact]
    public void Operations_without_an_ONNX_form_say_so()
    {
        foreach (string name in NotExported)
        {
            Example example = OperationRegistry.All.Single(o => o.Name == name).Examples[0];
            var failure = Assert.Throws<ExportException>(() => OnnxExporter.Export(ExampleData.Signature(example)));
            Assert.Contains(name, failure.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Where an attribute of ONNX is less precise than ours, the form lists float32 alone, and float64 agrees to its digits.</summary>
    private static double Tolerance(Example example, int opset, Signature signature)
    {
        Node node = signature.Outputs[0].Variable.Producer!;
        OnnxForm? form = example.Operation.ToOnnx(
            new OnnxRequest(opset, [.. node.Inputs.Select(i => i.Type)], [.. node.Outputs.Select(o => o.Type)]));
        return form?.RuntimeTypes is { } types && !types.Contains(node.Inputs[0].DType) ? 1e-7 : example.Tolerance;
    }

    private static void RequireDeclaredTypes(OnnxSession session, Signature signature)
    {
        Assert.Equal(signature.Inputs.Select(i => (i.Name!, i.Type)), session.Inputs.Select(i => (i.Name, i.Type)));
        foreach ((Output expected, TensorDescription found) in signature.Outputs.Zip(session.Outputs))
        {
            Assert.Equal(expected.Name, found.Name);
            Assert.Equal(expected.Variable.DType, found.Type.DType);
            Assert.Equal(expected.Variable.Shape.Rank, found.Type.Shape.Rank);
            foreach ((Dim dim, Dim other) in expected.Variable.Shape.Zip(found.Type.Shape).Where(p => p.First.IsStatic || p.First.Symbol is not null))
            {
                Assert.Equal(dim, other);
            }
        }
    }
}
