using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Texts;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Operations that look into texts: their values written out, compiled and interpreted.</summary>
public sealed class TextOperationTests
{
    [Fact]
    public void Texts_are_joined_with_broadcasting()
    {
        Value x = Value.Of(["a", "b"], 2, 1), y = Value.Of(["1", "", "ö"], 3);
        Value z = Run(new StringConcat(), x, y)[0];
        Assert.Equal([2, 3], z.Sizes.ToArray());
        Assert.Equal(["a1", "a", "aö", "b1", "b", "bö"], z.Texts.ToArray());
        Assert.Equal(["a!", "b!"], Run(new StringConcat(), x, Value.Of(["!"]))[0].Texts.ToArray());
    }

    [Theory]
    [InlineData("[a-z]+", "abc", true)]
    [InlineData("[a-z]+", "abc1", false)]
    [InlineData("a|bc", "bc", true)]
    [InlineData("a|bc", "ab", false)]
    [InlineData("", "", true)]
    [InlineData("a.c", "abc\n", false)]
    public void The_whole_text_must_match(string pattern, string text, bool expected) =>
        Assert.Equal([expected], Run(new RegexFullMatch(pattern), Value.Of([text], 1))[0].ToArray<bool>());

    [Fact]
    public void A_pattern_that_takes_more_than_linear_time_is_refused() =>
        Assert.Contains("look-around", Assert.Throws<GraphException>(() => Run(new RegexFullMatch("(a)\\1"), Value.Of(["aa"], 1))).Message, StringComparison.Ordinal);

    [Fact]
    public void Stop_words_go_and_letters_change()
    {
        Value days = Value.Of(["monday", "Tuesday", "Monday"], 3);
        Assert.Equal(["TUESDAY", "MONDAY"], Run(new StringNormalizer(CaseChange.Upper, true, ["monday"]), days)[0].Texts.ToArray());
        Assert.Equal(["tuesday"], Run(new StringNormalizer(CaseChange.Lower, false, ["MONDAY"]), days)[0].Texts.ToArray());
        Value rest = Run(new StringNormalizer(StopWords: ["monday", "tuesday"]), days.Reshape(1, 3))[0];
        Assert.Equal([1, 1], rest.Sizes.ToArray());
        Assert.Equal([string.Empty], rest.Texts.ToArray());
    }

    [Fact]
    public void Texts_are_split_at_delimiters_or_white_space()
    {
        Value[] parts = Run(new StringSplit("."), Value.Of(["a.b", "c", "d..e"], 3));
        Assert.Equal([3, 3], parts[0].Sizes.ToArray());
        Assert.Equal(["a", "b", "", "c", "", "", "d", "", "e"], parts[0].Texts.ToArray());
        Assert.Equal([2, 1, 3], parts[1].ToArray<long>());
        parts = Run(new StringSplit(MaxSplit: 1), Value.Of(["a b  c", "  ", " d"], 3));
        Assert.Equal(["a", "b  c", "", "", "d", ""], parts[0].Texts.ToArray());
        Assert.Equal([2, 0, 1], parts[1].ToArray<long>());
    }

    [Fact]
    public void Words_are_counted_as_numbers_are()
    {
        var words = new TfIdfVectorizer(TermMode.TF, 1, 2, 0, [0, 2], [0, 1, 2], ["a", "bc", "a", "bc"]) { IsText = true };
        Assert.Equal([2, 1, 1], Run(words, Value.Of(["a", "bc", "a", "x"], 4))[0].ToArray<float>());

        // "ab", "c" is not "a", "bc".
        Assert.Equal([0, 0, 0], Run(words, Value.Of(["ab", "c"], 2))[0].ToArray<float>());
        Assert.Throws<DTypeException>(() => Run(words, Value.Of([1L], 1)));
    }

    [Fact]
    public void Texts_of_a_category_become_their_numbers()
    {
        var encoder = new LabelEncoder(["bay", "é", ""], [3, 7, -2], Otherwise: 9);
        Assert.Equal([7, 9, 3, -2, 9, 9], Run(encoder, Value.Of(["é", "e", "bay", "", "Bay", "bay "], 2, 3))[0].ToArray<long>());
        Assert.Equal(-1, Run(new LabelEncoder(["a"], [0]), Value.Of(["b"]))[0][0]);
        Assert.Throws<DTypeException>(() => Run(encoder, Value.Of([1L], 1)));
        Assert.Throws<GraphException>(() => Run(new LabelEncoder(["a", "a"], [0, 1]), Value.Of(["a"], 1)));
        Assert.Throws<GraphException>(() => Run(new LabelEncoder(["a"], [0, 1]), Value.Of(["a"], 1)));
    }

    /// <summary>Constants of texts are equal where their texts are, and not where they have as many.</summary>
    [Fact]
    public void Different_constants_of_texts_stay_apart()
    {
        Variable x = Variable.Input("x", DType.String, [1]), a = Variable.Of(Value.Of(["a"])), b = Variable.Of(Value.Of(["b"])), empty = Variable.Of(Value.Of([""]));
        Variable both = new StringConcat().Apply(new StringConcat().Apply(a, x), b), either = Ops.Where(Ops.Equal(x, empty), a, both);
        Value[] found = Function.Compile([x], [both, either]).Run(Value.Of(["-"], 1));
        Assert.Equal(["a-b"], found[0].Texts.ToArray());
        Assert.Equal(["a-b"], found[1].Texts.ToArray());
    }

    private static Value[] Run(Operation operation, params Value[] inputs)
    {
        Variable[] variables = [.. inputs.Select((value, i) => Variable.Input($"x{i}", value.DType, value.Shape))];
        IReadOnlyList<Variable> results = operation.ApplyAll([.. variables]);
        Value[] compiled = Function.Compile(variables, results).Run(inputs);
        IReadOnlyList<Value> interpreted = Interpreter.Run(new Signature(variables, [.. results.Select((result, i) => new Output($"y{i}", result))]), inputs);
        for (int i = 0; i < compiled.Length; i++)
            Assert.True(compiled[i].BitEquals(interpreted[i]));
        return compiled;
    }
}
