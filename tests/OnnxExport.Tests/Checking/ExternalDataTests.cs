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
    [InlineData("inside//weights.bin")]
    [InlineData("\\\\server\\share\\weights.bin")]
    [InlineData("weights.bin:stream")]
    [InlineData("weights\0.bin")]
    [InlineData(".. /weights.bin")]
    [InlineData("weights.bin.")]
    [InlineData("*/_ORT_MEM_ADDR_/*")]
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
    [InlineData("length", "1000000000000000000")]
    [InlineData("offset", "9223372036854775807")]
    [InlineData("offset", "9223372036854775808")]
    [InlineData("offset", "+1")]
    public void A_wrong_part_of_the_file_is_refused(string key, string value)
    {
        File.WriteAllBytes(folder.File("weights.bin"), new byte[16]);
        Assert.Equal(CheckRule.ExternalData, Assert.Single(Check(("location", "weights.bin"), (key, value))).Rule);
    }

    /// <summary>Where the part begins and how long it is fit a file of more than 2⁶³ bytes only.</summary>
    [Fact]
    public void A_part_that_ends_beyond_64_bits_is_refused()
    {
        File.WriteAllBytes(folder.File("weights.bin"), new byte[16]);
        ModelProblem problem = Assert.Single(Check(("location", "weights.bin"), ("offset", $"{long.MaxValue - 15}"), ("length", "16")));
        Assert.Contains($"16 bytes from {long.MaxValue - 15} on", problem.Message, StringComparison.Ordinal);
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
    public void A_linked_folder_a_hard_link_a_pipe_a_device_and_a_folder_are_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs the files of Linux.");
        using var outside = new TemporaryFolder();
        File.WriteAllBytes(outside.File("secret.bin"), new byte[16]);
        Directory.CreateSymbolicLink(folder.File("linked"), outside.Path);
        HostileModelTests.Make("ln", outside.File("secret.bin"), folder.File("hard.bin"));
        HostileModelTests.Make("mkfifo", folder.File("pipe.bin"));
        File.CreateSymbolicLink(folder.File("device.bin"), "/dev/zero");
        Directory.CreateDirectory(folder.File("folder.bin"));
        foreach (string location in new[] { "linked/secret.bin", "hard.bin", "pipe.bin", "device.bin", "folder.bin", new string('x', 300), string.Join('/', Enumerable.Repeat("a", 5000)) })
        {
            Assert.Equal((CheckRule.ExternalData, ProblemSeverity.Error), (Assert.Single(Check(("location", location))) is var p) ? (p.Rule, p.Severity) : default);
        }
    }

    [Fact]
    public void A_name_written_in_percent_signs_is_that_name()
    {
        File.WriteAllBytes(folder.File("%2e%2e%2fweights.bin"), new byte[16]);
        Assert.Empty(Check(("location", "%2e%2e%2fweights.bin")));
    }

    [Fact]
    public void Keys_that_the_format_does_not_have_are_warned_of()
    {
        File.WriteAllBytes(folder.File("weights.bin"), new byte[16]);
        ModelProblem problem = Assert.Single(Check(("location", "weights.bin"), ("__class__", "x")));
        Assert.Equal(ProblemSeverity.Warning, problem.Severity);
        Assert.Contains("__class__", problem.Message, StringComparison.Ordinal);
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
