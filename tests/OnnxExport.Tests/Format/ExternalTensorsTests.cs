using Google.Protobuf;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Checking;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Format;

/// <summary>Weights that lie beside a model are put into it.</summary>
public sealed class ExternalTensorsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ExternalTensorsTests()
    {
        Directory.CreateDirectory(folder.File("parts"));
        byte[] bytes = new byte[16];
        Buffer.BlockCopy(new[] { 1f, 2f, 3f, 4f }, 0, bytes, 0, 16);
        File.WriteAllBytes(folder.File("parts/weights.bin"), bytes);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_part_of_the_file_that_a_tensor_names_becomes_its_content()
    {
        Assert.Equal([2f, 3f], Embedded(("location", "parts/weights.bin"), ("offset", "4"), ("length", "8")));
        Assert.Equal([3f, 4f], Embedded(("location", "parts/weights.bin"), ("offset", "8")));
        Assert.Equal([1f, 2f], Embedded(("location", "parts/weights.bin"), ("length", "8")));

        float[] Embedded(params (string Key, string Value)[] entries)
        {
            byte[] model = ExternalTensors.Embed(Model(entries).ToByteArray(), folder.Path);
            TensorProto tensor = ModelProto.Parser.ParseFrom(model).Graph.Initializer[0];
            Assert.Equal(DataLocation.Default, tensor.DataLocation);
            Assert.Empty(tensor.ExternalData);
            using OnnxSession session = OnnxSession.Load(model);
            return session.Run(Value.Of([0f, 0f], 2))[0].ToArray<float>();
        }
    }

    /// <summary>Tensors of attributes, of graphs within nodes and of sparse weights as well.</summary>
    [Fact]
    public void Every_tensor_of_the_model_is_found()
    {
        (string, string)[] entries = [("location", "parts/weights.bin"), ("length", "8")];
        ModelProto model = Model(entries);
        var branch = new GraphProto { Name = "branch", Initializer = { Tensor("inside", entries) } };
        var attribute = new AttributeProto { Name = "value", T = Tensor("constant", entries), Tensors = { Tensor("list", entries) } };
        model.Graph.Node.Add(GoodModel.Node("If", ["c"], ["z"], "if", GoodModel.Subgraph("then_branch", branch), attribute));
        model.Graph.SparseInitializer.Add(new SparseTensorProto { Values = Tensor("values", entries), Indices = Tensor("indices", entries) });
        model.Functions.Add(new FunctionProto { Name = "F", Node = { GoodModel.Node("Constant", [], ["f"], "", new AttributeProto { Name = "value", T = Tensor("function", entries) }) } });
        model.TrainingInfo.Add(new TrainingInfoProto { Algorithm = new GraphProto { Initializer = { Tensor("training", entries) } } });
        string text = ModelProto.Parser.ParseFrom(ExternalTensors.Embed(model.ToByteArray(), folder.Path)).ToString();
        Assert.DoesNotContain("external", text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(8, text.Split("rawData").Length - 1);
    }

    [Fact]
    public void What_cannot_be_put_in_is_refused_with_the_tensor_and_the_file()
    {
        Refused("found \"../weights.bin\"", ("location", "../weights.bin"));
        Refused("found \"parts//weights.bin\"", ("location", "parts//weights.bin"));
        Refused("found \"\"", ("offset", "0"));
        Refused("\"parts/missing.bin\" beside the model, found none, or", ("location", "parts/missing.bin"));
        Refused("Expected 8 bytes at 12", ("location", "parts/weights.bin"), ("offset", "12"), ("length", "8"));
        Refused("has 16", ("location", "parts/weights.bin"), ("length", "17"));
        Refused("as offset of external data, found \"-4\"", ("location", "parts/weights.bin"), ("offset", "-4"));
        Refused("as length of external data, found \"many\"", ("location", "parts/weights.bin"), ("length", "many"));
        FormatException alone = Assert.Throws<FormatException>(() => ExternalTensors.Embed(Model(("location", "parts/weights.bin")).ToByteArray(), null));
        Assert.Contains("give the path of the model", alone.Message, StringComparison.Ordinal);

        void Refused(string reason, params (string Key, string Value)[] entries)
        {
            string message = Assert.Throws<FormatException>(() => ExternalTensors.Embed(Model(entries).ToByteArray(), folder.Path)).Message;
            Assert.Contains(reason, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_link_on_the_way_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        Directory.CreateSymbolicLink(folder.File("linked"), folder.File("parts"));
        FormatException failure = Assert.Throws<FormatException>(
            () => ExternalTensors.Embed(Model(("location", "linked/weights.bin"), ("length", "8")).ToByteArray(), folder.Path));
        Assert.Contains("\"linked\" is a link", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>A pipe would keep the reader waiting for ever, and a second name may be that of a file elsewhere.</summary>
    [Fact]
    public void A_pipe_a_device_and_a_hard_link_are_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs the files of Linux.");
        HostileModelTests.Make("mkfifo", folder.File("pipe.bin"));
        HostileModelTests.Make("ln", folder.File("parts/weights.bin"), folder.File("hard.bin"));
        foreach (string location in (string[])["pipe.bin", "hard.bin", "parts/weights.bin", "parts"])
        {
            string message = Assert.Throws<FormatException>(() => ExternalTensors.Embed(Model(("location", location), ("length", "8")).ToByteArray(), folder.Path)).Message;
            Assert.Contains($"\"{location}\"", message, StringComparison.Ordinal);
            Assert.Contains("weights \"w\"", message, StringComparison.Ordinal);
        }
    }

    /// <summary>The name leads to the weights and to a secret outside in turn, while they are read: only the weights are ever seen.</summary>
    [Fact]
    public void A_file_that_is_swapped_for_a_link_while_it_is_read_does_not_give_its_content()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs the files of Linux.");
        using var outside = new TemporaryFolder();
        File.WriteAllBytes(outside.File("secret.bin"), [.. Enumerable.Repeat((byte)7, 16)]);
        string name = folder.File("swapped.bin");
        using var stop = new CancellationTokenSource();
        var swaps = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                File.WriteAllBytes(name + ".new", new byte[16]);
                File.Move(name + ".new", name, overwrite: true);
                File.CreateSymbolicLink(name + ".link", outside.File("secret.bin"));
                File.Move(name + ".link", name, overwrite: true);
            }
        });
        swaps.Start();
        int read = 0, refused = 0;
        byte[] model = Model(("location", "swapped.bin"), ("length", "8")).ToByteArray();
        try
        {
            for (int i = 0; i < 3000 || (i < 300_000 && (read == 0 || refused == 0)); i++)
            {
                try
                {
                    TensorProto tensor = ModelProto.Parser.ParseFrom(ExternalTensors.Embed(model, folder.Path)).Graph.Initializer[0];
                    Assert.Equal(new byte[8], tensor.RawData.ToByteArray());
                    read++;
                }
                catch (FormatException)
                {
                    refused++;
                }
            }
        }
        finally
        {
            stop.Cancel();
            swaps.Join();
        }

        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused");
    }

    [Fact]
    public void A_model_that_holds_its_weights_and_bytes_that_are_none_stay_as_they_are()
    {
        byte[] model = GoodModel.Create().ToByteArray(), none = [1, 2, 3];
        Assert.Same(model, ExternalTensors.Embed(model, null));
        Assert.Same(none, ExternalTensors.Embed(none, null));
    }

    private static TensorProto Tensor(string name, params (string Key, string Value)[] entries)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Float, Dims = { 2 }, DataLocation = DataLocation.External };
        tensor.ExternalData.AddRange(entries.Select(entry => GoodModel.Entry(entry.Key, entry.Value)));
        return tensor;
    }

    private static ModelProto Model(params (string Key, string Value)[] entries) => new()
    {
        IrVersion = 8,
        OpsetImport = { new OperatorSetIdProto { Version = 17 } },
        Graph = new GraphProto
        {
            Name = "g",
            Input = { GoodModel.Value("x", DataType.Float, 2) },
            Initializer = { Tensor("w", entries) },
            Node = { GoodModel.Node("Add", ["x", "w"], ["y"], "add") },
            Output = { GoodModel.Value("y", DataType.Float, 2) },
        },
    };
}
