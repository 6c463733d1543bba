using Google.Protobuf;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;
using static Toolkit.OnnxExport.Format.TensorProto.Types;
using static Toolkit.OnnxExport.Tests.Checking.GoodModel;

namespace Toolkit.OnnxExport.Tests.Checking;

/// <summary>Each test takes the good model, breaks one thing, and expects exactly one problem: of that rule, at that place.</summary>
public class ModelCheckTests
{
    [Fact]
    public void A_good_model_has_no_problems()
    {
        Assert.Empty(ModelCheck.Check(Create()));
        Assert.Empty(ModelCheck.Check(Create().ToByteArray()));
        ModelCheck.Require(Create().ToByteArray());
    }

    [Fact]
    public void Bytes_that_are_no_model_are_reported()
    {
        ModelProblem problem = Assert.Single(ModelCheck.Check([0xFF, 0xFF, 0xFF]));
        Assert.Equal(CheckRule.Model, problem.Rule);
    }

    [Fact]
    public void Require_throws_and_lists_the_errors()
    {
        ModelProto model = Create();
        model.Graph.Node[1].Attribute[0].Name = "axes";
        model.Graph.Output[0].Name = "z";
        var failure = Assert.Throws<InvalidOnnxModelException>(() => ModelCheck.Require(model.ToByteArray()));
        Assert.Equal(2, failure.Problems.Count);
        Assert.Contains("main/softmax", failure.Message, StringComparison.Ordinal);
        Assert.Contains("main/z", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_unwise_or_unknown_gives_warnings_that_do_not_throw()
    {
        (CheckRule Rule, string Location, Action<ModelProto> Change)[] cases =
        [
            (CheckRule.Operator, "main/strange", m => m.Graph.Node.Insert(0, Strange())),
            (CheckRule.Graph, "main/x", m => m.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue = -1),
            (CheckRule.Model, "opset_import", m => m.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx", Version = 17 })),
            (CheckRule.Names, "main/matmul", m => m.Graph.Node[1].Name = "matmul"),
            (CheckRule.Attribute, "main/transpose", m => m.Graph.Node.Insert(0, Node("Transpose", ["x"], ["t"], "transpose", EmptyList("perm")))),
            (CheckRule.Attribute, "main/double", m => m.Graph.Node[4].Attribute.Clear()),
        ];
        foreach ((CheckRule rule, string location, Action<ModelProto> change) in cases)
        {
            ModelProto model = Create();
            change(model);
            ModelProblem problem = Assert.Single(ModelCheck.Check(model));
            Assert.Equal((rule, ProblemSeverity.Warning, location), (problem.Rule, problem.Severity, problem.Location));
            ModelCheck.Require(model.ToByteArray());
        }

        static NodeProto Strange() => new() { OpType = "Strange", Domain = "org.example", Name = "strange", Output = { "q" } };
        static AttributeProto EmptyList(string name) => new() { Name = name, Type = AttributeType.Ints };
    }

    [Fact]
    public void Newer_operator_sets_give_one_warning()
    {
        ModelProto model = Create();
        model.OpsetImport[0].Version = 28;
        Assert.Equal(ProblemSeverity.Warning, Assert.Single(ModelCheck.Check(model)).Severity);
    }

    [Fact]
    public void Model_rules() => Expect(
        CheckRule.Model,
        ("", m => m.Graph = null),
        ("ir_version", m => m.ClearIrVersion()),
        ("ir_version", m => m.IrVersion = 99),
        ("opset_import", m => m.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx", Version = 16 })),
        ("opset_import", m => m.OpsetImport[1].Version = 0),
        ("metadata_props", m => m.MetadataProps.Add(Entry("author", "somebody else"))),
        ("main/softmax", m => m.Graph.Node[1].MetadataProps.AddRange([Entry("layer", "first"), Entry("", ""), Entry("layer", "last")])));

    [Fact]
    public void Graph_rules() => Expect(
        CheckRule.Graph,
        ("", m => m.Graph.Name = ""),
        ("main/value", m => m.Graph.Input.Add(Value("", DataType.Float))),
        ("main/flag", m => m.Graph.Input[1].Type = null),
        ("main/flag", m => m.Graph.Input[1].Type.TensorType.Shape = null),
        ("main/y", m => m.Graph.Output[0].Type.TensorType.ElemType = 0),
        ("main/y", m => m.Graph.Output[0].Type.TensorType.ElemType = 77),
        ("main/flag", m => m.Graph.Input[1].Type = new TypeProto { SequenceType = new() }),
        ("main/if/then_branch", m => m.Graph.Node[3].Attribute[0].G.Name = ""));

    [Fact]
    public void Name_rules() => Expect(
        CheckRule.Names,
        ("main/x", m => m.Graph.Input.Add(Value("x", DataType.Float))),
        ("main/w", m => m.Graph.Initializer.Add(m.Graph.Initializer[0].Clone())),
        ("main/s", m => m.Graph.Initializer.Add(Floats("s", 1))),
        ("main/initializer", m => m.Graph.Initializer.Add(Floats("", 1))),
        ("main/xw", m => m.Graph.ValueInfo.Add(Value("xw", DataType.Float))));

    [Fact]
    public void Before_version_4_initializers_are_inputs()
    {
        ModelProto model = Plain(3, Node("MatMul", ["x", "w"], ["y"], ""));
        model.Graph.Initializer.Add(Floats("w", 1, 2));
        ModelProblem problem = Assert.Single(ModelCheck.Check(model));
        Assert.Equal((CheckRule.Names, "main/w"), (problem.Rule, problem.Location));
        model.Graph.Input.Add(Value("w", DataType.Float, 2));
        Assert.Empty(ModelCheck.Check(model));
    }

    [Fact]
    public void Order_rules() => Expect(
        CheckRule.Order,
        ("main/softmax", m => m.Graph.Node[1].Input[0] = "c"),
        ("main/matmul", m => m.Graph.Node[0].Input[0] = "nowhere"),
        ("main/if/then_branch/then/then_Neg", m => m.Graph.Node[3].Attribute[0].G.Node[0].Input[0] = "i"),
        ("org.example.Double/Mul#1", m => m.Functions[0].Node[1].Input[0] = "x"));

    [Fact]
    public void Single_assignment_rules() => Expect(
        CheckRule.SingleAssignment,
        ("main/softmax2", m => m.Graph.Node.Insert(2, Node("Softmax", ["xw"], ["p"], "softmax2"))),
        ("main/abs", m => m.Graph.Node.Insert(0, Node("Abs", ["x"], ["w"], "abs"))),
        ("main/if/then_branch/then/abs", m => m.Graph.Node[3].Attribute[0].G.Node.Add(Node("Abs", ["c"], ["xw"], "abs"))),
        ("main/nothing", m => m.Graph.Output.Add(Value("nothing", DataType.Float))),
        ("main/if/then_branch/then/c", m => m.Graph.Node[3].Attribute[0].G.Output[0].Name = "c"),
        ("org.example.Double/c", m => m.Functions[0].Output[0] = "c"),
        ("training_info#0/step/decay2", m => m.TrainingInfo[0].Algorithm.Node.Add(Node("Abs", ["x"], ["xw"], "decay2"))));

    [Fact]
    public void Operator_rules() => Expect(
        CheckRule.Operator,
        ("main/softmax", m => m.Graph.Node[1].OpType = ""),
        ("main/none", m => m.Graph.Node.Add(Node("Constant", [], [], "none", new AttributeProto { Name = "value_int", Type = AttributeType.Int, I = 1 }))),
        ("main/softmax", m => m.Graph.Node[1].OpType = "SoftMax"),
        ("main/gelu", m => m.Graph.Node.Insert(1, Node("Gelu", ["xw"], ["g"], "gelu"))),
        ("main/scatter", m => m.Graph.Node.Insert(1, Node("Scatter", ["xw", "xw", "xw"], ["g"], "scatter"))),
        ("main/matmul", m => m.Graph.Node[0].Input.Add("w")),
        ("main/matmul", m => m.Graph.Node[0].Input[1] = ""),
        ("main/clip", m => m.Graph.Node[2].Output.Add("more")),
        ("main/softmax", m => m.Graph.Node[1].Domain = "com.example"),
        ("main/double", m => m.Graph.Node[4].Input.Add("x")));

    [Fact]
    public void Attribute_rules() => Expect(
        CheckRule.Attribute,
        ("main/matmul", m => m.Graph.Node[0].Attribute.Add(Int("axis", 1))),
        ("main/softmax", m => m.Graph.Node[1].Attribute.Add(Int("axis", 1))),
        ("main/softmax", m => m.Graph.Node[1].Attribute[0] = new AttributeProto { Name = "axis", Type = AttributeType.Float, F = 1 }),
        ("main/softmax", m => m.Graph.Node[1].Attribute[0].F = 1),
        ("main/if", m => m.Graph.Node[3].Attribute.RemoveAt(0)),
        ("main/concat", m => m.Graph.Node.Insert(1, Node("Concat", ["xw", "xw"], ["g"], "concat"))),
        ("main/softmax", m => m.Graph.Node[1].Attribute[0] = new AttributeProto { Name = "axis", Type = AttributeType.Int, Floats = { 1 } }),
        ("main/softmax", m => m.Graph.Node[1].Attribute[0] = new AttributeProto { Name = "axis", Type = AttributeType.Int, RefAttrName = "a" }),
        ("org.example.Double/Constant#0", m => m.Functions[0].Node[0].Attribute[0].RefAttrName = "a"),
        ("org.example.Double/Constant#0", m => m.Functions[0].Node[0].Attribute[0].F = 2));

    [Fact]
    public void An_attribute_without_type_or_name_is_found()
    {
        ModelProto model = Create();
        model.Graph.Node[4].Attribute[0].ClearType();
        Assert.Equal(CheckRule.Attribute, Assert.Single(ModelCheck.Check(model)).Rule);
        model.Graph.Node[4].Attribute[0].Type = AttributeType.Float;
        model.Graph.Node[4].Attribute[0].Name = "";
        Assert.Contains(ModelCheck.Check(model), p => p.Rule == CheckRule.Attribute && p.Severity == ProblemSeverity.Error);
    }

    [Fact]
    public void Tensor_rules() => Expect(
        CheckRule.Tensor,
        ("main/w", m => m.Graph.Initializer[0].ClearDataType()),
        ("main/w", m => m.Graph.Initializer[0].FloatData.Add(1)),
        ("main/w", m => m.Graph.Initializer[0].RawData = ByteString.CopyFrom(new byte[15])),
        ("main/w", m => m.Graph.Initializer[0].RawData = ByteString.CopyFrom(new byte[20])),
        ("main/w", m => m.Graph.Initializer[0].ClearRawData()),
        ("main/w", m => m.Graph.Initializer[0].Dims[0] = 0),
        ("main/w", m => m.Graph.Initializer[0].Dims[0] = -2),
        ("main/w", m => m.Graph.Initializer[0].Dims.AddRange([long.MaxValue, 3])),
        ("main/w", m => m.Graph.Initializer[0].DataType = (int)DataType.String),
        ("main/scale", m => m.Graph.Initializer[1].DataType = (int)DataType.Int64),
        ("main/scale", m => m.Graph.Initializer[1].FloatData.Add(1)));

    [Fact]
    public void Every_type_has_its_field_and_its_width()
    {
        foreach (DataType type in Enum.GetValues<DataType>().Where(t => t is not DataType.Undefined))
        {
            var tensor = new TensorProto { Name = "t", DataType = (int)type, Dims = { 3 } };
            switch (ElementTypes.FieldOf(type))
            {
                case "float_data": tensor.FloatData.AddRange(new float[type == DataType.Float ? 3 : 6]); break;
                case "double_data": tensor.DoubleData.AddRange(new double[type == DataType.Double ? 3 : 6]); break;
                case "int64_data": tensor.Int64Data.AddRange(new long[3]); break;
                case "uint64_data": tensor.Uint64Data.AddRange(new ulong[3]); break;
                case "string_data": tensor.StringData.AddRange([ByteString.Empty, ByteString.Empty, ByteString.Empty]); break;
                default: tensor.Int32Data.AddRange(new int[Shared(type)]); break;
            }

            ModelProto model = Plain(8, Node("Identity", ["t"], ["y"], ""));
            model.Graph.Initializer.Add(tensor);
            Assert.Empty(ModelCheck.Check(model));
        }

        // Three elements of 2 bits fit one number, of 4 bits two.
        static int Shared(DataType type) => type switch
        {
            DataType.Int2 or DataType.Uint2 => 1,
            DataType.Int4 or DataType.Uint4 or DataType.Float4E2M1 => 2,
            _ => 3,
        };
    }

    [Fact]
    public void Sparse_tensor_rules() => Expect(
        CheckRule.SparseTensor,
        ("main/s", m => m.Graph.SparseInitializer[0].Indices = null),
        ("main/s", m => m.Graph.SparseInitializer[0].Dims.Clear()),
        ("main/s", m => m.Graph.SparseInitializer[0].Dims[0] = 0),
        ("main/s", m => m.Graph.SparseInitializer[0].Indices.Int64Data[1] = 6),
        ("main/s", m => m.Graph.SparseInitializer[0].Indices.Int64Data[0] = -1),
        ("main/s", m => m.Graph.SparseInitializer[0].Indices.Int64Data[1] = 1),
        ("main/s", m => m.Graph.SparseInitializer[0].Indices = new TensorProto { DataType = (int)DataType.Int64, Dims = { 1 }, Int64Data = { 1 } }),
        ("main/s", m => m.Graph.SparseInitializer[0].Indices = Floats("", 1, 4)),
        ("main/s", m => m.Graph.SparseInitializer[0].Values = new TensorProto { Name = "s", DataType = (int)DataType.Float, FloatData = { 1 } }));

    [Fact]
    public void Sparse_indices_may_be_rows()
    {
        ModelProto model = Create();
        model.Graph.SparseInitializer[0].Indices = new TensorProto { DataType = (int)DataType.Int64, Dims = { 2, 2 }, Int64Data = { 0, 1, 2, 0 } };
        Assert.Empty(ModelCheck.Check(model));
        model.Graph.SparseInitializer[0].Indices.Int64Data[3] = 2;
        Assert.Equal(CheckRule.SparseTensor, Assert.Single(ModelCheck.Check(model)).Rule);
    }

    [Fact]
    public void Function_rules() => Expect(
        CheckRule.Function,
        ("org.example.Double", m => m.Functions.Add(m.Functions[0].Clone())),
        ("org.example.Double", m => Recurse(m.Functions[0], "Double")),
        ("org.example.Double/a", m => m.Functions[0].Input.Add("a")),
        ("org.example.Double/factor", m => m.Functions[0].Attribute.Add("factor")),
        ("org.example.Double/opset_import", m => m.Functions[0].OpsetImport.Add(new OperatorSetIdProto { Version = 13 })),
        ("functions", m => m.IrVersion = 7));

    [Fact]
    public void Functions_that_call_each_other_are_found()
    {
        ModelProto model = Create();
        FunctionProto other = model.Functions[0].Clone();
        other.Name = "Other";
        Recurse(other, "Double");
        Recurse(model.Functions[0], "Other");
        model.Functions.Add(other);
        IReadOnlyList<ModelProblem> problems = ModelCheck.Check(model);
        Assert.Equal(["org.example.Double", "org.example.Other"], problems.Select(p => p.Location).Order());
        Assert.All(problems, p => Assert.Equal(CheckRule.Function, p.Rule));
    }

    [Fact]
    public void Training_rules() => Expect(
        CheckRule.Training,
        ("training_info#0/v", m => m.TrainingInfo[0].UpdateBinding[0].Key = "v"),
        ("training_info#0/w", m => m.TrainingInfo[0].UpdateBinding[0].Value = "x"),
        ("training_info#0/w", m => m.TrainingInfo[0].UpdateBinding.Add(Entry("w", "w_new"))));

    private static void Recurse(FunctionProto function, string callee)
    {
        function.OpsetImport.Add(new OperatorSetIdProto { Domain = "org.example", Version = 1 });
        function.Node.Add(new NodeProto
        {
            OpType = callee,
            Domain = "org.example",
            Input = { "a" },
            Output = { "r" },
            Attribute = { new AttributeProto { Name = "factor", Type = AttributeType.Float, F = 1 } },
        });
    }

    /// <summary>A model of one node from x to y.</summary>
    private static ModelProto Plain(long irVersion, NodeProto node) => new()
    {
        IrVersion = irVersion,
        OpsetImport = { new OperatorSetIdProto { Version = 17 } },
        Graph = new GraphProto
        {
            Name = "main",
            Input = { Value("x", DataType.Float, 2) },
            Output = { Value("y", DataType.Float, 2) },
            Node = { node },
        },
    };

    private static void Expect(CheckRule rule, params (string Location, Action<ModelProto> Break)[] cases)
    {
        for (int i = 0; i < cases.Length; i++)
        {
            ModelProto model = Create();
            cases[i].Break(model);
            IReadOnlyList<ModelProblem> problems = ModelCheck.Check(model);
            string found = $"case {i}: {string.Join("; ", problems)}";
            Assert.True(problems.Count == 1, found);
            Assert.True(problems[0].Rule == rule && problems[0].Severity == ProblemSeverity.Error, found);
            Assert.True(problems[0].Location == cases[i].Location, found);
        }
    }
}
