using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Tests.Checking;

public class SharedModelTests
{
    [Fact]
    public void Valid_models_of_others_have_no_errors()
    {
        var failures = new List<string>();
        int known = 0;
        foreach (string path in SharedFiles.Models())
        {
            IReadOnlyList<ModelProblem> problems = ModelCheck.Check(path);
            failures.AddRange(problems.Where(p => p.Severity == ProblemSeverity.Error).Select(p => $"{path}: {p}"));
            known += problems.Count == 0 ? 1 : 0;
        }

        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
        Assert.True(known > 1000, $"{known} models were checked to the last operator");
    }

    [Fact]
    public void Nodes_in_the_wrong_order_are_found_in_every_shared_model_that_has_two_in_a_row()
    {
        int broken = 0;
        foreach (string path in SharedFiles.Models())
        {
            ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
            if (model.Graph.Node.Count < 2 || !model.Graph.Node[^1].Input.Intersect(model.Graph.Node[^2].Output).Any(n => n.Length > 0))
            {
                continue;
            }

            (model.Graph.Node[^1], model.Graph.Node[^2]) = (model.Graph.Node[^2], model.Graph.Node[^1]);
            Assert.Contains(ModelCheck.Check(model), p => p.Rule == CheckRule.Order && p.Severity == ProblemSeverity.Error);
            broken++;
        }

        Assert.True(broken > 100, $"{broken} models");
    }
}
