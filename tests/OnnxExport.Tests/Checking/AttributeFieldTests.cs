using Google.Protobuf;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;

namespace Toolkit.OnnxExport.Tests.Checking;

/// <summary>The fourteen fields of an attribute, one value in each.</summary>
public class AttributeFieldTests
{
    private static readonly Dictionary<AttributeType, Action<AttributeProto>> Fields = new()
    {
        [AttributeType.Float] = a => a.F = 0,
        [AttributeType.Int] = a => a.I = 0,
        [AttributeType.String] = a => a.S = ByteString.Empty,
        [AttributeType.Tensor] = a => a.T = GoodModel.Floats("t", 1),
        [AttributeType.Graph] = a => a.G = Graph,
        [AttributeType.SparseTensor] = a => a.SparseTensor = GoodModel.Create().Graph.SparseInitializer[0],
        [AttributeType.TypeProto] = a => a.Tp = GoodModel.Value("v", TensorProto.Types.DataType.Float, 1).Type,
        [AttributeType.Floats] = a => a.Floats.Add(0),
        [AttributeType.Ints] = a => a.Ints.Add(0),
        [AttributeType.Strings] = a => a.Strings.Add(ByteString.Empty),
        [AttributeType.Tensors] = a => a.Tensors.Add(GoodModel.Floats("t", 1)),
        [AttributeType.Graphs] = a => a.Graphs.Add(Graph),
        [AttributeType.SparseTensors] = a => a.SparseTensors.Add(GoodModel.Create().Graph.SparseInitializer[0]),
        [AttributeType.TypeProtos] = a => a.TypeProtos.Add(GoodModel.Value("v", TensorProto.Types.DataType.Float, 1).Type),
    };

    private static GraphProto Graph =>
        new() { Name = "g", Node = { GoodModel.Node("Neg", ["x"], ["inside"], "") }, Output = { new ValueInfoProto { Name = "inside" } } };

    public static TheoryData<string> Types => [.. Enum.GetNames<AttributeType>().Where(name => name != nameof(AttributeType.Undefined))];

    [Theory]
    [MemberData(nameof(Types))]
    public void One_value_of_the_stated_type_is_right_and_of_any_other_is_not(string name)
    {
        AttributeType type = Enum.Parse<AttributeType>(name);
        foreach ((AttributeType stated, _) in Fields)
        {
            var attribute = new AttributeProto { Name = "a", Type = stated };
            Fields[type](attribute);
            string[] errors = Errors(attribute);
            if (stated == type)
                Assert.Empty(errors);
            else
                Assert.Equal([$"Expected a value of type {stated} of the attribute \"a\", found {type}."], errors);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Any_second_value_is_found(string name)
    {
        AttributeType type = Enum.Parse<AttributeType>(name);
        foreach ((AttributeType other, Action<AttributeProto> set) in Fields.Where(field => field.Key != type))
        {
            var attribute = new AttributeProto { Name = "a", Type = type };
            Fields[type](attribute);
            set(attribute);
            string message = Assert.Single(Errors(attribute));
            Assert.Contains($"{type}", message, StringComparison.Ordinal);
            Assert.Contains($"{other}", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void All_fourteen_are_named()
    {
        var attribute = new AttributeProto { Name = "a", Type = AttributeType.Float };
        foreach (Action<AttributeProto> set in Fields.Values)
            set(attribute);
        Assert.StartsWith("Expected one value of the attribute \"a\", found Float and Int and String and Tensor and Graph and", Assert.Single(Errors(attribute)), StringComparison.Ordinal);
    }

    /// <summary>A reference stands in the place of a value.</summary>
    [Fact]
    public void No_value_stands_beside_a_reference()
    {
        foreach (Action<AttributeProto>[] values in (Action<AttributeProto>[][])[.. Fields.Values.Select(set => new[] { set }), [.. Fields.Values]])
        {
            ModelProto model = GoodModel.Create();
            foreach (Action<AttributeProto> set in values)
                set(model.Functions[0].Node[0].Attribute[0]);
            ModelProblem problem = ModelCheck.Check(model).First(found => found.Severity == ProblemSeverity.Error);
            Assert.Equal((CheckRule.Attribute, "org.example.Double/Constant#0"), (problem.Rule, problem.Location));
        }
    }

    /// <summary>An operator that no table knows may have any attributes.</summary>
    private static string[] Errors(AttributeProto attribute)
    {
        ModelProto model = GoodModel.Create();
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "org.other", Version = 1 });
        model.Graph.Node.Add(new NodeProto { OpType = "Unknown", Domain = "org.other", Input = { "x" }, Output = { "unknown" }, Attribute = { attribute } });
        return [.. ModelCheck.Check(model).Where(problem => problem.Severity == ProblemSeverity.Error).Select(problem => problem.Message)];
    }
}
