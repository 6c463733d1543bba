using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Tests.Checking.Problems;

/// <summary>A thousand problems are listed, the others counted.</summary>
public sealed class ProblemListTests
{
    [Fact]
    public void A_thousand_problems_are_listed()
    {
        ProblemList list = Full();
        Assert.False(list.HasRoom);
        Assert.Equal(1000, list.Count);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => new ModelProblem(CheckRule.Graph, $"{i}", "Expected.")), list.ToList());
    }

    [Theory]
    [InlineData(1, 0, "1 more errors and 0 more warnings are not listed.", ProblemSeverity.Error)]
    [InlineData(0, 1, "0 more errors and 1 more warnings are not listed.", ProblemSeverity.Warning)]
    [InlineData(2, 2, "2 more errors and 2 more warnings are not listed.", ProblemSeverity.Error)]
    public void Others_are_counted(int errors, int warnings, string text, ProblemSeverity severity)
    {
        ProblemList list = Full();
        for (int i = 0; i < errors; i++)
            list.Add(CheckRule.Graph, "more", "Expected.", ProblemSeverity.Error);
        for (int i = 0; i < warnings; i++)
            list.Add(CheckRule.Graph, "more", "Expected.", ProblemSeverity.Warning);
        Assert.Equal(1000 + errors + warnings, list.Count);
        Assert.Equal(1001, list.ToList().Count);
        Assert.Equal(new ModelProblem(CheckRule.Model, "", text, severity), list.ToList()[^1]);
    }

    [Fact]
    public void Texts_are_cut()
    {
        var list = new ProblemList();
        list.Add(CheckRule.Graph, new string('l', 700), new string('m', 700), ProblemSeverity.Error);
        Assert.Equal([new ModelProblem(CheckRule.Graph, $"{new string('l', 600)}… (700 characters)", $"{new string('m', 600)}… (700 characters)")], list.ToList());
    }

    /// <summary>What the compiler makes of an interpolated string: literals, names and numbers one after the other; names are cut.</summary>
    [Fact]
    public void A_text_is_put_together()
    {
        var text = new ProblemText(1, 3, Context(new ProblemList()), out bool isNeeded);
        text.AppendLiteral("a");
        text.AppendFormatted("b");
        text.AppendFormatted(1.5);
        text.AppendFormatted(new string('c', 121));
        Assert.True(isNeeded);
        Assert.Equal($"ab1.5{new string('c', 120)}… (121 characters)", text.ToString());
        Assert.Equal("", new ProblemText(0, 0, Context(new ProblemList()), out _).ToString());
    }

    [Fact]
    public void A_text_that_nobody_reads_is_not_written()
    {
        var text = new ProblemText(1, 3, Context(Full()), out bool isNeeded);
        Assert.False(isNeeded);
        Assert.Equal("", text.ToString());
    }

    /// <summary>A character of two halves is not cut in the middle.</summary>
    [Fact]
    public void Names_are_cut_between_characters()
    {
        Assert.Equal("abc", Excerpt.Of("abc", 3));
        Assert.Equal("abc… (4 characters)", Excerpt.Of("abcd", 3));
        Assert.Equal("ab🙂… (5 characters)", Excerpt.Of("ab🙂d", 4));
        Assert.Equal("ab… (5 characters)", Excerpt.Of("ab🙂d", 3));
    }

    [Fact]
    public void A_problem_without_a_place_says_none()
    {
        Assert.Equal("Error (Graph) at main/y: Expected.", new ModelProblem(CheckRule.Graph, "main/y", "Expected.").ToString());
        Assert.Equal("Warning (Model): Expected.", new ModelProblem(CheckRule.Model, "", "Expected.", ProblemSeverity.Warning).ToString());
    }

    private static ProblemList Full()
    {
        var list = new ProblemList();
        for (int i = 0; i < 1000; i++)
            list.Add(CheckRule.Graph, $"{i}", "Expected.", ProblemSeverity.Error);
        return list;
    }

    private static CheckContext Context(ProblemList problems) => new()
    {
        Problems = problems,
        IrVersion = 8,
        Imports = new Dictionary<string, long>(),
        Functions = new Dictionary<FunctionKey, FunctionProto>(),
        Folder = null,
    };
}
