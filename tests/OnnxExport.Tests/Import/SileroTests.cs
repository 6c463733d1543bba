using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Export;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>The voice detectors of Silero: choices within choices, a recurrent cell, in float32, in float16, and in one file for two rates.</summary>
public class SileroTests
{
    private static readonly string[] Names = ["silero_vad_16k_op15.onnx", "silero_vad_half.onnx", "silero_vad_op18_ifless.onnx"];

    public static TheoryData<string> Files => Names.Any(SharedFiles.HasModel)
        ? [.. Names.Where(SharedFiles.HasModel)]
        : [new TheoryDataRow<string>("published") { Skip = "The folder shared/onnx/models beside the repository is missing." }];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_detector_runs_is_differentiated_and_written_again(string name)
    {
        string path = SharedFiles.Model(name);
        OnnxModel model = OnnxModel.Load(path);
        Signature signature = model.Inference;
        using OnnxSession original = OnnxSession.Load(File.ReadAllBytes(path)), written = OnnxSession.Load(OnnxExporter.Export(signature, model.ExportOptions));
        Parameter weight = model.Parameters.First(p => p.Role == ParameterRole.Weight && p.Value.Rank == 3 && p.Value.Sizes[^1] == 3);
        Variable speech = signature.Outputs[0].Variable;
        Variable gradient = Gradient.Of(Ops.Cast(speech, DType.Float32).Sum(), weight);
        Function function = Function.Compile(new Signature(signature.Inputs, [.. signature.Outputs, new Output("gradient", gradient)]));
        Value state = Value.Zeros(DType.Float32, 2, 1, 128);
        foreach (int seed in new[] { 1, 2 })
        {
            // The state that one window gives goes into the next.
            Value[] inputs = [.. signature.Inputs.Select(input => input.Name switch
            {
                "input" => Sound(seed, input.DType),
                "state" => state,
                _ => Value.Of(16000L),
            })];
            Value[] found = function.Run(inputs);
            IReadOnlyList<Value> expected = original.Run(inputs), again = written.Run(inputs);
            for (int i = 0; i < expected.Count; i++)
            {
                Parity.Equal(expected[i], found[i], 1e-4, $"{name}, output {signature.Outputs[i].Name}");
                Parity.Equal(expected[i], again[i], 1e-4, $"{name}, output {signature.Outputs[i].Name}, written again");
            }

            state = expected[1];
            Assert.Contains(found[^1].ToArray<float>(), number => number != 0);
            Assert.All(found[^1].ToArray<float>(), number => Assert.True(float.IsFinite(number)));
        }
    }

    /// <summary>A window of 512 samples and the 64 before it.</summary>
    private static Value Sound(int seed, DType type)
    {
        Value sound = Value.Zeros(type, 1, 576);
        for (int i = 0; i < sound.Count; i++)
            sound[i] = 0.3 * Math.Sin(0.05 * seed * i) * Math.Cos(0.003 * i);
        return sound;
    }
}
