using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Tests.Components;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Every example of docs/components.md that gives something to serve, through ONNX Runtime.</summary>
public sealed class ComponentParityTests
{
    public static TheoryData<string> Names => [.. ExampleFamilies.Names.Where(name => ExampleFamilies.Of(name).Exports)];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_an_example_gives_is_served_with_the_same_numbers(string name)
    {
        TwoLines example = ExampleFamilies.Of(name);
        (Signature signature, Value[][] inputs) = Outcome.Model(example) is { } model
            ? (model.Inference, Batches(example.Data))
            : (new Signature([], [new Output("y", (Variable)example.Make())]), [[]]);
        byte[] exported = OnnxExporter.Export(signature);
        Assert.Empty(ModelCheck.Check(exported));
        using OnnxSession session = OnnxSession.Load(exported);
        foreach (Value[] input in inputs)
            Parity.Check(session, signature, input, 2e-5);
    }

    /// <summary>Written, read as the same numbers, and written again as the same bytes, in every operator set.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void What_an_example_gives_is_read_and_written_again_as_the_same_bytes(string name)
    {
        TwoLines example = ExampleFamilies.Of(name);
        (Signature signature, Value[][] inputs) = Outcome.Model(example) is { } model
            ? (model.Inference, Batches(example.Data))
            : (new Signature([], [new Output("y", (Variable)example.Make())]), [[]]);
        for (int opset = OnnxExportOptions.OldestOpset; opset <= OnnxExportOptions.NewestOpset; opset++)
        {
            byte[] bytes = OnnxExporter.Export(signature, new OnnxExportOptions { Opset = opset });
            OnnxModel read = OnnxModel.Load(bytes);
            byte[] again = OnnxExporter.Export(read.Signature, read.ExportOptions);
            // Whole numbers are read as constants, so the counters of masks lose their names; from then on nothing changes.
            byte[] expectedBytes = name == nameof(MonteCarlo) ? Again(again) : bytes;
            Assert.True(expectedBytes.AsSpan().SequenceEqual(again), $"{name}, operator set {opset}: written again as other bytes");
            foreach (Value[] input in inputs)
            {
                (IReadOnlyList<Value> expected, IReadOnlyList<Value> found) = (Interpreter.Run(signature, input), Interpreter.Run(read.Signature, input));
                Assert.Equal(expected.Count, found.Count);
                for (int i = 0; i < expected.Count; i++)
                    Parity.Equal(expected[i], found[i], 2e-7, $"{name}, operator set {opset}");
            }
        }
    }

    private static byte[] Again(byte[] bytes)
    {
        OnnxModel read = OnnxModel.Load(bytes);
        return OnnxExporter.Export(read.Signature, read.ExportOptions);
    }

    /// <summary>One example by itself, and several.</summary>
    private static Value[][] Batches(Dataset data) =>
        [.. new[] { 1, 5 }.Select(count => new[] { data.Take(count).Batches(new BatchOptions { Size = count }).First().Features })];
}
