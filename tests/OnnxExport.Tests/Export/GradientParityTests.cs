using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests.Operations;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>The gradient of every operation of the registry, written to a file, in ONNX Runtime: its own examples, the gradients of the results' weighted sum in float32.</summary>
public class GradientParityTests
{
    /// <summary>The operator set in which they are written.</summary>
    public const int Opset = 21;

    /// <summary>Operations whose gradient ONNX Runtime does not compute, and why not.</summary>
    public static IReadOnlyDictionary<string, string> Excepted { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Loop"] = "its Scan refuses zero turns",
        ["MaxRoiPool"] = "the places of its maxima have no operator",
    };

    /// <summary>The operations whose gradient is compared.</summary>
    public static TheoryData<string> Operations => [.. OperationRegistry.All.Select(o => o.Name).Where(IsCompared)];

    /// <summary>Whether the gradient of an operation is compared.</summary>
    public static bool IsCompared(string name) => OperationRegistry.All.Single(o => o.Name == name).Examples.Any(HasGradient) && !Excepted.ContainsKey(name);

    [Theory]
    [MemberData(nameof(Operations))]
    public void ONNX_Runtime_computes_the_same_gradients(string name)
    {
        foreach (OperationExample example in OperationRegistry.All.Single(o => o.Name == name).Examples.Where(HasGradient))
        {
            if (GradientsOf(example) is not { } signature)
                continue;
            using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature, new OnnxExportOptions { Opset = Opset }));
            Parity.Check(session, signature, ExampleValues.Draw(example, DType.Float32, seed: 2), 10 * example.Tolerance);
        }
    }

    private static bool HasGradient(OperationExample example) => example.Smoothness > 0 && example.Opset <= Opset && example.Inputs.All(input => input.DType != DType.String);

    /// <summary>Null where no input has a gradient.</summary>
    private static Signature? GradientsOf(OperationExample example)
    {
        Variable[] arguments = ExampleValues.Variables(example, DType.Float32), inputs = ExampleValues.Inputs(arguments);
        Variable[] results = [.. example.For(DType.Float32).ApplyAll(arguments).Where(result => result.DType.IsFloating())];

        // A sine gives each element a gradient of its own.
        Variable sum = results.Select(result => Ops.Sum(Ops.Sin(0.7 * result) + (0.5 * result))).Aggregate(Ops.Add);
        Variable[] found = [.. Gradient.OrNull(sum, [.. inputs.Where(input => input.DType.IsFloating())]).OfType<Variable>()];
        return found.Length == 0 ? null : new Signature(inputs, [.. found.Select((gradient, i) => new Output($"g{i}", gradient))], name: example.Operation.Name);
    }
}
