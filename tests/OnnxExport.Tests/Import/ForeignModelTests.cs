using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Export;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Files in the forms of other programs: read, run with ONNX Runtime's numbers, written again.</summary>
public class ForeignModelTests
{
    private static readonly (string Name, int Weights)[] Published =
        [("cnn-batchnorm-mnist.onnx", 376_870), ("cntk-lenet-mnist.onnx", 5_994), ("keras-mlp.onnx", 0), ("keras-sine.onnx", 321), ("torch-mlp-784-500-10.onnx", 397_510)];

    /// <summary>Models written here, and those that the programs themselves have written where they are there, with the number of weights that must be found; 0 for any.</summary>
    public static TheoryData<string, int> Models
    {
        get
        {
            TheoryData<string, int> models = new()
            {
                { nameof(WrittenModels.TorchConvolutions), 40 + 222 + 12 + 3472 + 170 + 20 },
                { nameof(WrittenModels.CntkConvolutions), 240 + 75 + 3 + 5 },
                { nameof(WrittenModels.KerasLayers), 168 + 9 },
            };
            foreach ((string name, int weights) in Published.Where(p => SharedFiles.HasModel(p.Name)))
                models.Add(name, weights);
            return models;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_model_runs_with_the_numbers_of_ONNX_Runtime(string name, int weights)
    {
        byte[] bytes = name switch
        {
            nameof(WrittenModels.TorchConvolutions) => WrittenModels.TorchConvolutions(),
            nameof(WrittenModels.CntkConvolutions) => WrittenModels.CntkConvolutions(),
            nameof(WrittenModels.KerasLayers) => WrittenModels.KerasLayers(),
            _ => File.ReadAllBytes(SharedFiles.Model(name)),
        };
        OnnxModel model = OnnxModel.Load(bytes);
        Fill(model.Parameters.Where(parameter => parameter.Value.Bytes.IndexOfAnyExcept((byte)0) < 0));
        byte[] again = OnnxExporter.Export(model.Inference, model.ExportOptions);
        using OnnxSession session = OnnxSession.Load(again);
        Value[] inputs = Inputs(model.Signature);
        Value[] found = Function.Compile(model.Inference).Run(inputs);
        IReadOnlyList<Value> written = session.Run(inputs);
        for (int i = 0; i < found.Length; i++)
            Parity.Equal(written[i], found[i], 1e-5, $"{name}, written again");
        if (weights > 0)
            Assert.Equal(weights, model.Parameters.Where(p => p.Role != ParameterRole.State).Sum(p => p.Value.Count));
        Assert.Equal(again, OnnxExporter.Export(OnnxModel.Load(again).Inference, model.ExportOptions));
    }

    private static void Fill(IEnumerable<Parameter> parameters)
    {
        var random = new System.Random(5);
        foreach (Parameter parameter in parameters)
        {
            Span<float> numbers = parameter.Value.Span<float>();
            for (int i = 0; i < numbers.Length; i++)
                numbers[i] = (float)((random.NextDouble() - 0.5) / 10);
        }
    }

    private static Value[] Inputs(Signature signature)
    {
        var random = new System.Random(4);
        return
        [
            .. signature.Inputs.Select(input =>
            {
                // Sizes that a file leaves open: a batch of 3; the width of torch's network is that of its weights.
                Value value = Value.Zeros(input.DType, [.. input.Shape.Select((dim, axis) => dim.IsStatic ? dim.Size : axis == 0 ? 3 : 784)]);
                Span<float> numbers = value.Span<float>();
                for (int i = 0; i < numbers.Length; i++)
                    numbers[i] = (float)random.NextDouble();
                return value;
            }),
        ];
    }
}
