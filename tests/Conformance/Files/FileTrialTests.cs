using Toolkit.OnnxExport.Tests.Import;

namespace Toolkit.Conformance.Files;

/// <summary>Files go all the way, and the tool says where one does not.</summary>
public sealed class FileTrialTests
{
    private static readonly (string Name, Func<byte[]> Write)[] Committed =
    [
        ("PyTorch's form", WrittenModels.TorchConvolutions),
        ("CNTK's form", WrittenModels.CntkConvolutions),
        ("Keras's form", WrittenModels.KerasLayers),
    ];

    private static readonly string[] Published =
    [
        "ch_PP-OCRv4_rec_infer.onnx", "ch_ppocr_mobile_v2.0_cls_infer.onnx", "cnn-batchnorm-mnist.onnx", "cntk-lenet-mnist.onnx", "keras-mlp.onnx", "keras-sine.onnx",
        "silero_vad_16k_op15.onnx", "silero_vad_half.onnx", "silero_vad_op18_ifless.onnx", "torch-mlp-784-500-10.onnx",
    ];

    /// <summary>The files that are committed, and the published ones that lie in shared/onnx/models beside the repository.</summary>
    public static TheoryData<string> Names =>
    [
        .. Committed.Select(model => new TheoryDataRow<string>(model.Name)),
        .. Published.Where(name => File.Exists(PathOf(name))).Select(name => new TheoryDataRow<string>(name)),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_is_loaded_compared_differentiated_trained_and_written(string name)
    {
        byte[] bytes = Committed.FirstOrDefault(model => model.Name == name).Write?.Invoke() ?? File.ReadAllBytes(PathOf(name));
        FileResult result = FileTrial.Run(new ModelSource(name, bytes), new FileSettings([]) { Seconds = 0, Rows = 2 });
        Assert.Empty(result.Failures);
        Assert.InRange(result.Difference, 0, 1e-4);
        Assert.InRange(result.Descent, 0.8, 1.2);
        Assert.InRange(result.StepDifference, 0, 1e-4);
        Assert.InRange(result.TrainedDifference, 0, 1e-4);
    }

    [Fact]
    public void A_file_with_an_unknown_operator_is_named_with_the_reason()
    {
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(System.Text.Encoding.Latin1.GetString(WrittenModels.KerasLayers()).Replace("\u0004Relu", "\u0004Rely", StringComparison.Ordinal));
        FileResult result = FileTrial.Run(new ModelSource("changed", bytes), new FileSettings([]) { Seconds = 0 });
        Assert.Contains("Rely", Assert.Single(result.Failures), StringComparison.Ordinal);
    }

    private static string PathOf(string name) => Path.Combine(ConformanceTests.Root(), "..", "shared", "onnx", "models", name);
}
