using Google.Protobuf;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Random;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests.Operations;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Every operation of the registry, with its own examples, through ONNX Runtime.</summary>
public class OperationParityTests
{
    public static TheoryData<string, int> Operations =>
    [
        .. from operation in OperationRegistry.All.Where(o => !ExampleValues.HasTexts(o))
           from opset in new[] { 13, 15, 16, 17, 18, 21 }
           select new TheoryDataRow<string, int>(operation.Name, opset),
    ];

    [Theory]
    [MemberData(nameof(Operations))]
    public void ONNX_Runtime_computes_the_same_numbers(string name, int opset)
    {
        foreach (OperationExample example in OperationRegistry.All.Single(o => o.Name == name).Examples)
        {
            Check(example, DType.Float32, opset);
            if (example.Inputs.Any(i => i.DType == DType.Float32))
            {
                Check(example, DType.Float64, opset);
            }
        }
    }

    private static Signature Signature(OperationExample example, DType floating)
    {
        Variable[] arguments = ExampleValues.Variables(example, floating);
        IReadOnlyList<Variable> results = SmallModels.Standard(example.For(floating).ApplyAll(arguments));
        return new Signature(ExampleValues.Inputs(arguments), [.. results.Select((r, i) => new Output($"y{i}", r))], name: example.Operation.Name);
    }

    private static void Check(OperationExample example, DType floating, int opset)
    {
        Signature signature = Signature(example, floating);
        if (opset < example.Opset)
        {
            Assert.Throws<ExportException>(() => OnnxExporter.ToModel(signature, new OnnxExportOptions { Opset = opset }));
            return;
        }

        ModelProto model = OnnxExporter.ToModel(signature, new OnnxExportOptions { Opset = opset });
        byte[] bytes = model.ToByteArray();
        Assert.Empty(ModelCheck.Check(bytes));

        IReadOnlyList<Step> steps = new FlatGraph(signature, opset).Steps;
        Assert.All(steps.SelectMany(step => step.Forms.SkipLast(1)), form => Assert.NotNull(form.Read ?? FormOperators.All.Find("", form.Operator)));
        if (steps.Any(s => s.Form.RuntimeTypes?.Contains(s.Node.Inputs[0].DType) == false))
        {
            // What an operation says of ONNX Runtime is true. Some kernels refuse a type only when they run.
            string refusal = Assert.Throws<ServingException>(() =>
            {
                using OnnxSession refused = OnnxSession.Load(bytes);
                refused.Run(ExampleValues.Draw(example, floating, seed: 3));
            }).Message;
            Assert.True(refusal.Contains("NotImplemented", StringComparison.Ordinal) || refusal.Contains("does not support", StringComparison.Ordinal), refusal);
            return;
        }

        using OnnxSession session = OnnxSession.Load(bytes);
        RequireDeclaredTypes(session, signature);
        double tolerance = signature.Nodes.Any(n => n.Operation is RandomUniform) ? 0 : example.Tolerance;
        foreach (int size in signature.Inputs.All(i => i.Shape.IsStatic) ? [3] : new[] { 3, 1, 5 })
        {
            Parity.Check(session, signature, ExampleValues.Draw(example, floating, seed: size, size), tolerance);
        }
    }

    private static void RequireDeclaredTypes(OnnxSession session, Signature signature)
    {
        Assert.Equal(signature.Inputs.Select(i => (i.Name!, i.Type)), session.Inputs.Select(i => (i.Name, i.Type)));
        foreach ((Output expected, TensorDescription found) in signature.Outputs.Zip(session.Outputs))
        {
            Assert.Equal(expected.Name, found.Name);
            Assert.Equal(expected.Variable.DType, found.Type.DType);
            Assert.Equal(expected.Variable.Shape.Rank, found.Type.Shape.Rank);
            foreach ((Dim dim, Dim other) in expected.Variable.Shape.Zip(found.Type.Shape).Where(p => p.First.IsStatic || p.First.Symbol is { IsFresh: false }))
            {
                Assert.Equal($"{dim}", $"{other}");
            }
        }
    }
}
