using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Checking.Problems;

/// <summary>All that the check says of a model: each problem with its severity, rule, place and text, in their order.</summary>
internal static class WholeProblems
{
    /// <summary>What is said of the good model after a change; nothing without problems.</summary>
    public static void Expect(Action<ModelProto> change, params string[] problems)
    {
        ModelProto model = GoodModel.Create();
        change(model);
        Expect(model, problems);
    }

    /// <summary>What is said of a model.</summary>
    public static void Expect(ModelProto model, params string[] problems) =>
        Assert.Equal(problems, ModelCheck.Check(model).Select(problem => problem.ToString()));

    /// <summary>A graph from x, two floats, to y without operator sets.</summary>
    public static ModelProto Plain(long irVersion, params NodeProto[] nodes) => new()
    {
        IrVersion = irVersion,
        Graph = new GraphProto
        {
            Name = "main",
            Input = { GoodModel.Value("x", DataType.Float, 2) },
            Output = { GoodModel.Value("y", DataType.Float, 2) },
            Node = { nodes },
        },
    };

    public static OperatorSetIdProto Set(string domain, long version) => new() { Domain = domain, Version = version };
}
