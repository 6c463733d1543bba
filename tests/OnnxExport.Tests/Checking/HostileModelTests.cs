using System.Diagnostics;
using Google.Protobuf;
using Toolkit.Autograd.Tests;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Checking;

/// <summary>Files made to exhaust a reader: the answer is a list of problems, in memory and time in proportion to the file.</summary>
[Collection(nameof(Alone))]
public sealed class HostileModelTests
{
    /// <summary>The file, and a part of the first error; null for a valid model.</summary>
    public static TheoryData<string, Func<byte[]>, string?> Files => new()
    {
        { "2,000 chained functions", () => Chain(2000, 1).ToByteArray(), null },
        { "40 functions that call the next one twice", () => Chain(41, 2).ToByteArray(), "amount to 10000000 nodes" },
        { "22 functions that call the next one twice", () => Chain(22, 2).ToByteArray(), null },
        { "functions on a cycle", () => Cycle().ToByteArray(), "without recursion" },
        { "a function of 20,000 attributes, called 20,000 times", () => Attributes(20_000).ToByteArray(), null },
        { "20,000 attribute references", () => References(20_000).ToByteArray(), null },
        { "100,000 problems", () => Model(Enumerable.Range(0, 100_000).Select(_ => new NodeProto())).ToByteArray(), "Expected" },
        { "a chain of 30,000 nodes", () => Model(Enumerable.Range(0, 30_000).Select(i => Neg(i))).ToByteArray(), null },
        { "a chain of 500,000 nodes", () => Model(Enumerable.Range(0, 500_000).Select(i => Neg(i))).ToByteArray(), null },
        { "2,000,000 empty nodes", () => Repeated([0x0A, 0x00], 2_000_000, 7), "bytes in memory" },
        { "8,000,000 packed dimensions", () => Packed(8_000_000), "Expected" },
        { "names of 10 MB", () => Model([new NodeProto { OpType = new string('o', 10 << 20), Input = { new string('i', 10 << 20) }, Output = { "y" } }]).ToByteArray(), "Expected" },
        { "If in If, 40 deep", () => Nested(40).ToByteArray(), "Expected the bytes of an ONNX model" },
        { "If in If, 20 deep", () => Nested(20).ToByteArray(), null },
        { "unknown groups, 10,000 deep", () => [.. Enumerable.Repeat((byte)0x6B, 10_000), .. Enumerable.Repeat((byte)0x6C, 10_000)], "Expected the bytes" },
        { "unknown groups in the graph", () => Below(7, [.. Enumerable.Repeat((byte)0xE3, 1), 0x01, .. Enumerable.Repeat((byte)0x6B, 9_999)]), "Expected the bytes" },
        { "groups that end only", () => [.. Enumerable.Repeat((byte)0x0C, 10_000)], "Expected the bytes" },
        { "groups of a known field", () => [.. Enumerable.Repeat((byte)0x0B, 10_000), .. Enumerable.Repeat((byte)0x0C, 10_000)], "Expected" },
        { "a number of eleven bytes", () => [0x08, .. Enumerable.Repeat((byte)0xFF, 10), 0x01], "Expected the bytes" },
        { "a length past the end", () => [0x3A, 0xFF, 0xFF, 0xFF, 0x7F], "Expected the bytes" },
        { "a length of two gigabytes and more", () => [0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], "Expected the bytes" },
        { "a text that is no UTF-8", () => [0x12, 0x02, 0xC3, 0x28], "Expected" },
        { "nothing", () => [], "Expected" },
        { "2^62 elements", () => Initializer(w => w.Dims.Add(1L << 62)), "a product below 2^59" },
        { "2^31 times 2^31 elements", () => Initializer(w => w.Dims.AddRange([1L << 31, 1L << 31])), "a product below 2^59" },
        { "2^58 elements", () => Initializer(w => w.Dims.Add(1L << 58)), "Expected 288230376151711744 elements" },
        { "2^58 elements with bytes", () => Initializer(w => { w.Dims.Add(1L << 58); w.RawData = ByteString.CopyFrom(1); }), "Expected 1152921504606846976 entries" },
        { "2^58 complex elements", () => Initializer(w => { w.DataType = (int)DataType.Complex128; w.Dims.Add(1L << 58); w.DoubleData.Add(1); }), "Expected 576460752303423488 entries" },
        { "negative dimensions", () => Initializer(w => w.Dims.AddRange([-1, -1])), "dimensions of at least 0" },
        { "zero times much", () => Initializer(w => w.Dims.AddRange([0, long.MaxValue, long.MaxValue])), null },
        { "half an element", () => Initializer(w => { w.Dims.Add(2); w.RawData = ByteString.CopyFrom(1, 2, 3, 4, 5, 6, 7); }), "Expected 8 entries" },
        { "bytes and numbers", () => Initializer(w => { w.Dims.Add(1); w.RawData = ByteString.CopyFrom(1, 2, 3, 4); w.FloatData.Add(1); }), "in one field" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Is_checked_in_proportion_to_the_file(string name, Func<byte[]> create, string? error)
    {
        byte[] bytes = create();
        GC.Collect();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<ModelProblem> problems = ModelCheck.Check(bytes);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(time.TotalSeconds, 0, 2 + (2e-6 * bytes.Length));
        Assert.InRange(held, long.MinValue, 4L << 20);
        Assert.InRange(problems.Count, 0, 1001);
        Assert.All(problems, p => Assert.InRange(p.Message.Length + p.Location.Length, 0, 1300));
        ModelProblem? first = problems.FirstOrDefault(p => p.Severity == ProblemSeverity.Error);
        if (error is null)
        {
            Assert.True(first is null, $"{name}: {first}");
        }
        else
        {
            Assert.Contains(error, first?.Message ?? "no error", StringComparison.Ordinal);
            Assert.InRange(Assert.Throws<InvalidOnnxModelException>(() => ModelCheck.Require(bytes)).Message.Length, 1, 40_000);
        }
    }

    [Fact]
    public void Errors_behind_a_thousand_warnings_are_still_errors()
    {
        // Two nodes of one name are a warning; the last node has an input that nobody makes.
        IEnumerable<NodeProto> nodes = Enumerable.Range(0, 1500).Select(i => Neg(i, "same"));
        ModelProto model = Model([.. nodes, GoodModel.Node("Neg", ["nobody"], ["z"], "last")]);
        IReadOnlyList<ModelProblem> problems = ModelCheck.Check(model);
        Assert.Equal(1001, problems.Count);
        Assert.Equal("1 more errors and 499 more warnings are not listed.", problems[^1].Message);
        Assert.Throws<InvalidOnnxModelException>(() => ModelCheck.Require(model));
    }

    [Fact]
    public void A_pipe_or_a_device_is_no_model()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs the files of Linux.");
        using var folder = new TemporaryFolder();
        Make("mkfifo", folder.File("pipe"));
        foreach (string path in new[] { "/dev/zero", "/dev/null", folder.File("pipe") })
        {
            Assert.Throws<IOException>(() => ModelCheck.Check(path));
            Assert.Throws<IOException>(() => OnnxInitializers.Read(path));
            Assert.Throws<Toolkit.OnnxExport.Serving.ServingException>(() => Toolkit.OnnxExport.Serving.OnnxSession.Load(path));
        }
    }

    internal static void Make(string command, params string[] arguments)
    {
        using Process process = Process.Start(command, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private static ModelProto Model(IEnumerable<NodeProto> nodes)
    {
        var model = new ModelProto
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 }, new OperatorSetIdProto { Domain = "org.example", Version = 1 } },
            Graph = new GraphProto { Name = "main", Input = { GoodModel.Value("v0", DataType.Float, 1) } },
        };
        model.Graph.Node.AddRange(nodes);
        return model;
    }

    private static NodeProto Neg(int i, string name = "") => GoodModel.Node("Neg", [$"v{i}"], [$"v{i + 1}"], name);

    private static FunctionProto Function(string name, params NodeProto[] nodes) => new()
    {
        Name = name,
        Domain = "org.example",
        Input = { "v0" },
        Output = { "v1" },
        OpsetImport = { new OperatorSetIdProto { Version = 17 }, new OperatorSetIdProto { Domain = "org.example", Version = 1 } },
        Node = { nodes },
    };

    private static NodeProto Call(string function, string from, string to) =>
        new() { OpType = function, Domain = "org.example", Input = { from }, Output = { to } };

    private static ModelProto Chain(int length, int calls)
    {
        ModelProto model = Model([Call("f0", "v0", "y")]);
        for (int i = 0; i < length; i++)
        {
            model.Functions.Add(Function(
                $"f{i}", i == length - 1 ? [Neg(0)] : [.. Enumerable.Range(0, calls).Select(k => Call($"f{i + 1}", "v0", k == 0 ? "v1" : $"w{k}"))]));
        }

        return model;
    }

    private static ModelProto Cycle()
    {
        ModelProto model = Model([Call("f", "v0", "y")]);
        model.Functions.AddRange([Function("f", Call("g", "v0", "v1")), Function("g", Call("f", "v0", "v1"))]);
        return model;
    }

    private static ModelProto Attributes(int count)
    {
        ModelProto model = Model(Enumerable.Range(0, count).Select(i => Call("f", "v0", $"y{i}")));
        FunctionProto function = Function("f", Neg(0));
        function.Attribute.AddRange(Enumerable.Range(0, count).Select(i => $"a{i}"));
        model.Functions.Add(function);
        return model;
    }

    private static ModelProto References(int count)
    {
        ModelProto model = Model([]);
        FunctionProto function = Function("f", Neg(0));
        function.Attribute.AddRange(Enumerable.Range(0, count).Select(i => $"a{i}"));
        function.Node.AddRange(Enumerable.Range(0, count).Select(i => GoodModel.Node(
            "Elu", ["v0"], [$"e{i}"], "", new AttributeProto { Name = "alpha", Type = AttributeType.Float, RefAttrName = $"a{count - 1 - i}" })));
        model.Functions.Add(function);
        return model;
    }

    private static ModelProto Nested(int depth)
    {
        GraphProto graph = Branch(depth, [GoodModel.Node("Neg", ["v0"], [$"r{depth}"], "")]);
        for (int i = depth - 1; i > 0; i--)
        {
            GraphProto other = Branch(i, [GoodModel.Node("Abs", ["v0"], [$"r{i}"], "")]);
            graph = Branch(i, [GoodModel.Node("If", ["flag"], [$"r{i}"], "", GoodModel.Subgraph("then_branch", graph), GoodModel.Subgraph("else_branch", other))]);
        }

        ModelProto model = Model([]);
        model.Graph.Input.Add(GoodModel.Value("flag", DataType.Bool));
        model.Graph.Node.Add(GoodModel.Node("If", ["flag"], ["y"], "", GoodModel.Subgraph("then_branch", graph), GoodModel.Subgraph("else_branch", graph)));
        return model;
    }

    private static GraphProto Branch(int level, NodeProto[] nodes) =>
        new() { Name = $"b{level}", Output = { new ValueInfoProto { Name = $"r{level}" } }, Node = { nodes } };

    private static byte[] Initializer(Action<TensorProto> change)
    {
        ModelProto model = Model([Neg(0)]);
        var tensor = new TensorProto { Name = "w", DataType = (int)DataType.Float };
        change(tensor);
        model.Graph.Initializer.Add(tensor);
        return model.ToByteArray();
    }

    private static byte[] Packed(int count)
    {
        using var stream = new MemoryStream();
        using (var tensor = new CodedOutputStream(stream, leaveOpen: true))
        {
            tensor.WriteTag(1, WireFormat.WireType.LengthDelimited);
            tensor.WriteLength(count);
            tensor.WriteRawTag(1);
        }

        byte[] dims = [.. stream.ToArray()[..^1], .. Enumerable.Repeat((byte)1, count)];
        return Below(7, Below(5, dims));
    }

    private static byte[] Repeated(byte[] part, int count, int field)
    {
        byte[] all = new byte[part.Length * count];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = part[i % part.Length];
        }

        return Below(field, all);
    }

    private static byte[] Below(int field, byte[] content)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(UnsafeByteOperations.UnsafeWrap(content));
        }

        return stream.ToArray();
    }
}
