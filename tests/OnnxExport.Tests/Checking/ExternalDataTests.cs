using Google.Protobuf;
using Toolkit.Autograd.Tests;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Checking;

public sealed class ExternalDataTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void External_data_beside_the_model_are_accepted()
    {
        File.WriteAllBytes(folder.File("weights.bin"), new byte[4096 + 16]);
        Assert.Empty(Check(("location", "weights.bin"), ("offset", "4096"), ("length", "16")));
        Assert.Empty(Check(("location", "weights.bin")));
    }

    [Theory]
    [InlineData("../weights.bin")]
    [InlineData("..\\weights.bin")]
    [InlineData("inside/../../weights.bin")]
    [InlineData("/weights.bin")]
    [InlineData("C:\\weights.bin")]
    [InlineData("")]
    public void A_path_out_of_the_folder_is_refused(string location)
    {
        ModelProblem problem = Assert.Single(Check(("location", location)));
        Assert.Equal((CheckRule.ExternalData, "main/w"), (problem.Rule, problem.Location));
    }

    [Theory]
    [InlineData("offset", "1")]
    [InlineData("offset", "-16")]
    [InlineData("offset", "many")]
    [InlineData("length", "12")]
    [InlineData("length", "17")]
    public void A_wrong_part_of_the_file_is_refused(string key, string value)
    {
        File.WriteAllBytes(folder.File("weights.bin"), new byte[16]);
        Assert.Equal(CheckRule.ExternalData, Assert.Single(Check(("location", "weights.bin"), (key, value))).Rule);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        ModelProblem problem = Assert.Single(Check(("location", "weights.bin")));
        Assert.Equal(CheckRule.ExternalData, problem.Rule);
        Assert.Contains("weights.bin", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        File.WriteAllBytes(folder.File("target.bin"), new byte[16]);
        File.CreateSymbolicLink(folder.File("weights.bin"), folder.File("target.bin"));
        ModelProblem problem = Assert.Single(Check(("location", "weights.bin")));
        Assert.Contains("link", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Content_in_both_places_is_refused()
    {
        File.WriteAllBytes(folder.File("weights.bin"), new byte[16]);
        ModelProto model = Model(("location", "weights.bin"));
        model.Graph.Initializer[0].RawData = ByteString.CopyFrom(new byte[16]);
        Assert.Equal(CheckRule.Tensor, Assert.Single(ModelCheck.Check(model, folder.Path)).Rule);
    }

    [Fact]
    public void A_model_without_a_file_is_checked_by_name_only()
    {
        Assert.Empty(ModelCheck.Check(Model(("location", "weights.bin")).ToByteArray()));
        Assert.NotEmpty(ModelCheck.Check(Model(("location", "../weights.bin")).ToByteArray()));
    }

    private static ModelProto Model(params (string Key, string Value)[] entries)
    {
        ModelProto model = GoodModel.Create();
        TensorProto tensor = model.Graph.Initializer[0];
        tensor.ClearRawData();
        tensor.DataLocation = DataLocation.External;
        tensor.ExternalData.AddRange(entries.Select(e => GoodModel.Entry(e.Key, e.Value)));
        return model;
    }

    private IReadOnlyList<ModelProblem> Check(params (string Key, string Value)[] entries)
    {
        string path = folder.File("model.onnx");
        File.WriteAllBytes(path, Model(entries).ToByteArray());
        return ModelCheck.Check(path);
    }
}
