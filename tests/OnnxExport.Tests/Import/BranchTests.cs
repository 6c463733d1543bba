using Google.Protobuf;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Checking;
using Toolkit.OnnxExport.Tests.Export;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Choices as PyTorch writes them: an axis is squeezed where its size is 1, so that how many axes there are shows when the model runs.</summary>
public class BranchTests
{
    /// <summary>x [batch, n]: squeezed if n is 1; what has one axis is given a second one again.</summary>
    private static readonly NodeProto[] Squeezed =
    [
        Node("Shape", ["x"], "shape"),
        Node("Gather", ["shape", "one"], "n", ("axis", 0)),
        Node("Equal", ["n", "one"], "is_one"),
        Choice("is_one", "y", Node("Squeeze", ["x", "one"], "squeezed"), Node("Identity", ["x"], "same")),
        Node("Shape", ["y"], "shape_y"),
        Node("Size", ["shape_y"], "rank_y"),
        Node("Equal", ["rank_y", "one_scalar"], "is_vector"),
        Node("Not", ["is_vector"], "is_matrix"),
        Choice("is_matrix", "z", Node("Identity", ["y"], "same_y"), Node("Unsqueeze", ["y", "one"], "unsqueezed")),
    ];

    /// <summary>The transposition takes one axis alone.</summary>
    private static readonly NodeProto[] Behind = [Node("Transpose", ["y"], "v", ("perm", new long[] { 0 })), Node("Mul", ["v", "w"], "out")];

    [Fact]
    public void What_follows_a_choice_of_ranks_is_read_behind_each_branch()
    {
        byte[] bytes = Model(2, [.. Squeezed, Node("Tanh", ["z"], "t"), Node("Mul", ["t", "w"], "out")]);
        OnnxModel model = OnnxModel.Load(bytes);
        Assert.Equal(2, model.Signature.Outputs[0].Variable.Shape.Rank);

        // The second choice follows from the first.
        If choice = Assert.Single(model.Signature.Nodes.Select(node => node.Operation).OfType<If>());
        Assert.DoesNotContain(choice.Bodies.SelectMany(body => body.Nodes), node => node.Operation is If);
        Variable loss = model.Signature.Outputs[0].Variable.Square().Sum();
        Parameter w = Assert.Single(model.Parameters);
        Function function = Function.Compile([.. model.Signature.Inputs], [model.Signature.Outputs[0].Variable, Gradient.Of(loss, w)]);
        using OnnxSession original = OnnxSession.Load(bytes), written = OnnxSession.Load(OnnxExporter.Export(model.Signature, model.ExportOptions));
        foreach (int n in new[] { 1, 3 })
        {
            Value x = Value.Of([.. Enumerable.Range(0, 2 * n).Select(i => 0.3f * (i - 1))], 2, n);
            Value[] found = function.Run(x);
            Parity.Equal(original.Run(x)[0], found[0], 1e-6, $"n = {n}");
            Parity.Equal(written.Run(x)[0], found[0], 1e-6, $"n = {n}, written again");

            // Σ (tanh(x)·w)² has the derivative 2·w·Σ tanh(x)².
            double expected = x.ToArray<float>().Sum(v => 2 * 1.5 * Math.Tanh(v) * Math.Tanh(v));
            Assert.Equal(expected, found[1][0], 1e-5);
        }
    }

    [Fact]
    public void Where_one_branch_leads_to_nothing_that_can_be_computed_the_other_must_be_taken()
    {
        byte[] bytes = Model(1, [.. Squeezed[..4], .. Behind]);
        OnnxModel model = OnnxModel.Load(bytes);
        Assert.DoesNotContain(model.Signature.Nodes, node => node.Operation is If);
        Function function = Function.Compile(model.Signature);
        Value x = Value.Of([1f, 2f], 2, 1);
        using OnnxSession written = OnnxSession.Load(OnnxExporter.Export(model.Signature, model.ExportOptions));
        Assert.Equal([1.5f, 3f], function.Run(x)[0].ToArray<float>());
        Assert.Equal([1.5f, 3f], written.Run(x)[0].ToArray<float>());
        Assert.Equal([1.5f, 3f], Interpreter.Run(model.Signature, x)[0].ToArray<float>());
        Assert.Throws<ShapeException>(() => function.Run(Value.Zeros(DType.Float32, 2, 2)));

        // Its gradient is that of the value.
        Parameter w = Assert.Single(model.Parameters);
        Assert.Equal(3f, Function.Compile([.. model.Signature.Inputs], [Gradient.Of(model.Signature.Outputs[0].Variable.Sum(), w)]).Run(x)[0].ToArray<float>()[0]);
    }

    [Fact]
    public void A_condition_that_shows_when_the_model_runs_is_checked_where_only_one_branch_can_be_computed()
    {
        NodeProto sum = Node("ReduceSum", ["x", "one"], "sum", ("keepdims", 0));
        byte[] bytes = Model(1, [Node("ReduceMax", ["x"], "most", ("keepdims", 0)), Node("Greater", ["most", "limit"], "is_large"), Choice("is_large", "y", sum, Node("Identity", ["x"], "same")), .. Behind]);
        OnnxModel model = OnnxModel.Load(bytes);
        Function function = Function.Compile(model.Signature);
        Assert.Equal([4.5f, 10.5f], function.Run(Value.Of([1f, 2f, 3f, 4f], 2, 2))[0].ToArray<float>());
        string message = Assert.Throws<ShapeException>(() => function.Run(Value.Zeros(DType.Float32, 2, 2))).Message;
        Assert.Contains("Expected a condition that is True, found False", message, StringComparison.Ordinal);
        Assert.Contains("Transpose", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_choice_of_ranks_that_reaches_the_results_is_refused()
    {
        string message = Assert.Throws<ImportException>(() => OnnxModel.Load(Model(1, [.. Squeezed[..4], Node("Mul", ["y", "w"], "out")]))).Message;
        Assert.Contains("different ranks", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Behind_a_branch_that_is_taken_more_conditions_are_known()
    {
        // Which branch the first takes shows when constants are folded; the size behind it decides the second.
        Variable x = Variable.Input("x", DType.Float32, [4]), yes = Variable.Of(Value.Of(1L)) + 0;
        Variable first = Ops.If(Ops.Greater(yes, 0), [x], a => [a[0].Slice(0, 0, 2)], a => [a[0]])[0];
        Variable second = Ops.If(Ops.Greater(first.ShapeOf().Gather(Variable.Of(Value.Of(0L))), 3), [first], a => [a[0].Exp()], a => [a[0].Tanh()])[0];
        Function function = Function.Compile([x], [second]);
        Value input = Value.Of([1f, 2f, 3f, 4f], 4);
        Assert.Equal(["Tanh"], function.Profile([input], 1).Steps.Select(step => step.Name).Where(name => name is "If" or "Tanh" or "Exp"));
        Assert.Equal([MathF.Tanh(1), MathF.Tanh(2)], function.Run(input)[0].ToArray<float>(), (a, b) => MathF.Abs(a - b) < 1e-6);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    public void Scans_of_the_first_version_go_over_examples(bool hasLengths, long direction)
    {
        // s ← s + x, y = 2·s for each example: states [batch, 2], elements [batch, time, 2].
        var body = new GraphProto
        {
            Name = "body",
            Input = { GoodModel.Value("s", DataType.Float, 2), GoodModel.Value("e", DataType.Float, 2) },
            Node = { Node("Add", ["s", "e"], "next"), Node("Add", ["next", "next"], "twice") },
            Output = { GoodModel.Value("next", DataType.Float, 2), GoodModel.Value("twice", DataType.Float, 2) },
        };
        NodeProto scan = GoodModel.Node(
            "Scan",
            [hasLengths ? "lengths" : string.Empty, "initial", "x"],
            ["last", "all"],
            "scan",
            [Attribute("body", body), Attribute("num_scan_inputs", 1L), Attribute("directions", new[] { direction })]);
        var graph = new GraphProto
        {
            Name = "scan",
            Input = { GoodModel.Value("initial", DataType.Float, 2, 2), GoodModel.Value("x", DataType.Float, 2, 3, 2) },
            Node = { scan },
            Output = { GoodModel.Value("last", DataType.Float, 2, 2), GoodModel.Value("all", DataType.Float, 2, 3, 2) },
        };
        if (hasLengths)
            graph.Input.Add(GoodModel.Value("lengths", DataType.Int64, 2));
        OnnxModel model = OnnxModel.Load(new ModelProto { IrVersion = 3, Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = 8 } } }.ToByteArray());
        float[] x = [.. Enumerable.Range(1, 12).Select(i => (float)i)];
        int[] lengths = hasLengths ? [2, 3] : [3, 3];
        float[] states = [10, 20, 30, 40], all = new float[12];
        for (int b = 0; b < 2; b++)
        {
            for (int t = 0; t < lengths[b]; t++)
            {
                int element = direction == 0 ? t : lengths[b] - 1 - t;
                for (int i = 0; i < 2; i++)
                {
                    states[(b * 2) + i] += x[(((b * 3) + element) * 2) + i];
                    all[(((b * 3) + t) * 2) + i] = 2 * states[(b * 2) + i];
                }
            }
        }

        Value[] inputs = [Value.Of([10f, 20f, 30f, 40f], 2, 2), Value.Of(x, 2, 3, 2), .. hasLengths ? new[] { Value.Of([2L, 3L], 2) } : []];
        Value[] found = Function.Compile(model.Signature).Run(inputs);
        Assert.Equal(states, found[0].ToArray<float>());
        Assert.Equal(all, found[1].ToArray<float>());
    }

    /// <summary>The branch that is taken is known when the file is read, and a choice of ranks stands in it: a factor with one axis or with none, which is broadcast either way.</summary>
    [Fact]
    public void A_choice_of_ranks_within_a_branch_that_is_known_is_read_up_to_the_end_of_the_graph_around_it()
    {
        GraphProto inner = Branch(Choice("is_large", "factor", Node("Mul", ["w", "w"], "square"), Node("Squeeze", ["w"], "plain")));
        inner.Node.Insert(0, Node("Greater", ["most", "limit"], "is_large"));
        NodeProto known = GoodModel.Node(
            "If", ["has_two_axes"], ["f"], "known", [Attribute("then_branch", inner), Attribute("else_branch", Branch(Node("Identity", ["one_half"], "other")))]);
        byte[] bytes = Model(
            2,
            [
                Node("Shape", ["x"], "shape"), Node("Size", ["shape"], "rank"), Node("Equal", ["rank", "two"], "has_two_axes"), Node("ReduceMax", ["x"], "most", ("keepdims", 0)), known, Node("Mul", ["x", "f"], "y"), Node("Neg", ["y"], "out"),
            ],
            ("two", Value.Of(2L)),
            ("one_half", Value.Of(0.5f)));
        OnnxModel model = OnnxModel.Load(bytes);
        Assert.Single(model.Signature.Nodes, node => node.Operation is If);
        Function function = Function.Compile(model.Signature);
        using OnnxSession original = OnnxSession.Load(bytes), written = OnnxSession.Load(OnnxExporter.Export(model.Signature, model.ExportOptions));
        foreach ((float scale, float factor) in new[] { (1f, 2.25f), (0.1f, 1.5f) })
        {
            Value x = Value.Of([scale, -2f * scale, 3f * scale, 0f], 2, 2);
            float[] expected = [.. x.ToArray<float>().Select(number => -(number * factor))];
            Assert.Equal(expected, function.Run(x)[0].ToArray<float>());
            Assert.Equal(expected, original.Run(x)[0].ToArray<float>());
            Assert.Equal(expected, written.Run(x)[0].ToArray<float>());
        }
    }

    /// <summary>Rows of x as many as a says, beside rows of w·x as many as b says: that there are as many shows when the model runs.</summary>
    [Fact]
    public void Parts_of_sizes_that_depend_on_data_are_joined_and_their_sizes_checked()
    {
        var graph = new GraphProto
        {
            Name = "parts",
            Input = { GoodModel.Value("x", DataType.Float, 3), GoodModel.Value("a", DataType.Int64, 2), GoodModel.Value("b", DataType.Int64, 2) },
            Initializer = { TensorConversion.ToProto(Value.Of([2f, 3f, 5f], 3), "w") },
            Node = { Node("Expand", ["x", "a"], "p"), Node("Mul", ["x", "w"], "product"), Node("Expand", ["product", "b"], "q"), Node("Concat", ["p", "q"], "y", ("axis", 1)) },
            Output = { GoodModel.Value("y", DataType.Float, 0, 0) },
        };
        graph.Output[0].Type.TensorType.Shape.Dim[0].DimParam = "rows";
        graph.Output[0].Type.TensorType.Shape.Dim[1].DimParam = "columns";
        byte[] bytes = new ModelProto { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = 15 } } }.ToByteArray();
        OnnxModel model = OnnxModel.Load(bytes);
        Parameter w = Assert.Single(model.Parameters);
        Variable y = model.Signature.Outputs[0].Variable;
        Function function = Function.Compile([.. model.Signature.Inputs], [y, Gradient.Of(y.Sum(), w)]);
        Value x = Value.Of([1f, 10f, 100f], 3), two = Value.Of([2L, 3L], 2), four = Value.Of([4L, 1L], 2);
        using OnnxSession original = OnnxSession.Load(bytes), written = OnnxSession.Load(OnnxExporter.Export(model.Signature, model.ExportOptions));
        Value[] found = function.Run(x, two, two);
        float[] row = [1, 10, 100, 2, 30, 500];
        foreach (Value value in new[] { found[0], original.Run(x, two, two)[0], written.Run(x, two, two)[0] })
        {
            Assert.Equal([2, 6], value.Sizes.ToArray());
            Assert.Equal([.. row, .. row], value.ToArray<float>());
        }

        // The product stands in two rows: its derivative is 2·x.
        Assert.Equal([2f, 20f, 200f], found[1].ToArray<float>());
        string message = Assert.Throws<ShapeException>(() => function.Run(x, two, four)).Message;
        Assert.Contains("Concat expects shapes that are equal but for axis 1, found [2, 3] and [4, 3]", message, StringComparison.Ordinal);
        Assert.Equal(message, Assert.Throws<ShapeException>(() => Interpreter.Run(model.Signature, x, two, four)).Message);
    }

    private static byte[] Model(int rank, NodeProto[] nodes, params (string Name, Value Value)[] constants)
    {
        ValueInfoProto x = GoodModel.Value("x", DataType.Float, 0, 0);
        x.Type.TensorType.Shape.Dim[0].DimParam = "batch";
        x.Type.TensorType.Shape.Dim[1].DimParam = "n";
        ValueInfoProto output = GoodModel.Value("out", DataType.Float, new long[rank]);
        for (int axis = 0; axis < rank; axis++)
            output.Type.TensorType.Shape.Dim[axis].DimParam = $"out{axis}";
        var graph = new GraphProto
        {
            Name = "choices",
            Input = { x },
            Initializer =
            {
                TensorConversion.ToProto(Value.Of([1L], 1), "one"),
                TensorConversion.ToProto(Value.Of(1L), "one_scalar"),
                TensorConversion.ToProto(Value.Of([1.5f], 1), "w"),
                TensorConversion.ToProto(Value.Of(1f), "limit"),
            },
            Node = { nodes },
            Output = { output },
        };
        graph.Initializer.AddRange(constants.Select(constant => TensorConversion.ToProto(constant.Value, constant.Name)));
        return new ModelProto { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = 15 } } }.ToByteArray();
    }

    private static NodeProto Choice(string condition, string result, NodeProto then, NodeProto otherwise) =>
        GoodModel.Node("If", [condition], [result], $"choose_{result}", [Attribute("then_branch", Branch(then)), Attribute("else_branch", Branch(otherwise))]);

    private static GraphProto Branch(NodeProto node) => new()
    {
        Name = $"{node.Output[0]}_branch",
        Node = { node },
        Output = { new ValueInfoProto { Name = node.Output[0], Type = new TypeProto { TensorType = new() { ElemType = (int)DataType.Float } } } },
    };

    private static NodeProto Node(string op, string[] inputs, string output, params (string Name, object Value)[] attributes) =>
        GoodModel.Node(op, inputs, [output], $"node_{output}", [.. attributes.Select(a => Attribute(a.Name, a.Value is int number ? (long)number : a.Value))]);

    private static AttributeProto Attribute(string name, object value) => value switch
    {
        long number => new AttributeProto { Name = name, Type = AttributeType.Int, I = number },
        long[] numbers => new AttributeProto { Name = name, Type = AttributeType.Ints, Ints = { numbers } },
        GraphProto graph => new AttributeProto { Name = name, Type = AttributeType.Graph, G = graph },
        _ => throw new ArgumentException($"Expected an attribute of a known kind, found {value}."),
    };
}
