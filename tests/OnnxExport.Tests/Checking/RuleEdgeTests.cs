using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Checking;

/// <summary>Rules with two conditions, each alone.</summary>
public class RuleEdgeTests
{
    [Theory]
    [InlineData("", "org.example")]
    [InlineData("F", "")]
    public void A_function_needs_a_name_and_a_domain(string name, string domain)
    {
        ModelProto model = GoodModel.Create();
        model.Functions.Add(Function(name, domain, 17));
        Assert.Contains(ModelCheck.Check(model, null), problem => problem.Rule == CheckRule.Function && problem.Message.Contains("a name and a domain", StringComparison.Ordinal));
    }

    [Fact]
    public void A_function_imports_its_operators_itself()
    {
        ModelProto model = GoodModel.Create();
        model.Functions.Add(Function("F", "org.example", 17));
        Assert.Empty(ModelCheck.Check(model, null));
        model.Functions[^1].OpsetImport.Clear();
        Assert.Contains(ModelCheck.Check(model, null), problem => problem.Rule == CheckRule.Function && problem.Message.Contains("import an operator set", StringComparison.Ordinal));
    }

    /// <summary>The graph that gives a training its first values is checked like the step, and does not see the values of the model.</summary>
    [Fact]
    public void The_initialization_of_a_training_is_checked()
    {
        ModelProto model = GoodModel.Create();
        model.TrainingInfo[0].Initialization = new GraphProto
        {
            Name = "start",
            Initializer = { GoodModel.Floats("s", 1) },
            Node = { GoodModel.Node("Neg", ["s"], ["w_first"], "first") },
            Output = { GoodModel.Value("w_first", DataType.Float, 1) },
        };
        Assert.Empty(ModelCheck.Check(model, null));
        model.TrainingInfo[0].Initialization.Node[0].Input[0] = "x";
        ModelProblem problem = Assert.Single(ModelCheck.Check(model, null));
        Assert.Equal("training_info#0/start/first", problem.Location);
        Assert.Contains("\"x\"", problem.Message, StringComparison.Ordinal);
    }

    /// <summary>A character of two halves is not cut in the middle.</summary>
    [Fact]
    public void Long_names_are_cut_between_characters()
    {
        Assert.Equal("abc", Excerpt.Of("abc", 3));
        Assert.Equal("abc… (4 characters)", Excerpt.Of("abcd", 3));
        Assert.Equal("ab🙂… (5 characters)", Excerpt.Of("ab🙂d", 4));
        Assert.Equal("ab… (5 characters)", Excerpt.Of("ab🙂d", 3));
    }

    private static FunctionProto Function(string name, string domain, int version) => new()
    {
        Name = name,
        Domain = domain,
        Input = { "a" },
        Output = { "b" },
        OpsetImport = { new OperatorSetIdProto { Version = version } },
        Node = { GoodModel.Node("Neg", ["a"], ["b"], "") },
    };
}
