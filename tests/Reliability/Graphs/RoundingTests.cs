using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Reliability.Graphs;

/// <summary>What the check of a graph takes for rounding, and what it does not.</summary>
public sealed class RoundingTests
{
    private static readonly Variable X = Variable.Input("x", DType.Float64, [3]);
    private static readonly Value At = Value.Of([0.3, 1.7, -0.4], 3);

    /// <summary>A difference in the eighth digit is one where nothing is lost: a sum of squares, a softmax, a chain of a loop.</summary>
    [Theory]
    [InlineData("squares")]
    [InlineData("softmax")]
    [InlineData("loop")]
    public void A_wrong_digit_is_found(string kind)
    {
        Variable y = kind switch
        {
            "squares" => Ops.Sum(X * X),
            "softmax" => Ops.Softmax(X),
            _ => Ops.Loop(Variable.Of(Value.Of(3L)), null, [X], (_, s) => (null, [Ops.Tanh(s[0])], [])).Carried[0],
        };
        (Signature signature, Value expected) = Run(y);
        Value wrong = expected.Clone();
        wrong[0] *= 1 + 1e-7;
        var check = new GraphCheck();
        check.Compare("wrong", signature, [expected], [wrong], new Rounding(signature, [At]));
        Assert.Single(check.Failures);
        Assert.Empty(check.Counts);
    }

    /// <summary>What is left of a difference has no right digit, and of two equal numbers either may be the greater: x + 10⁸ − 10⁸ − x divided by its own norm, the place of the greatest of two sums that are the same.</summary>
    [Theory]
    [InlineData("noise")]
    [InlineData("tie")]
    public void What_rounding_decides_is_counted(string kind)
    {
        Variable rest = X + 1e8 - 1e8 - X, tied = Ops.Concat(0, Ops.Reshape(Ops.Sum(X), [1]), Ops.Reshape(Ops.Sum(X * 3) / 3, [1]));
        (Signature signature, Value expected) = Run(kind == "noise" ? rest / Ops.Sqrt(Ops.Sum(rest * rest)) : Ops.ArgMax(tied, 0));
        Value other = expected.Clone();
        if (kind == "noise")
            other[1] = -other[1];
        else
            other[0] = 1 - other[0];
        var check = new GraphCheck();
        check.Compare("other", signature, [expected], [other], new Rounding(signature, [At]));
        Assert.Empty(check.Failures);
        Assert.Equal(1, Assert.Single(check.Counts).Value);
    }

    private static (Signature Signature, Value Y) Run(Variable y)
    {
        var signature = new Signature([X], [new Output("y", y)]);
        return (signature, Interpreter.Run(signature, At)[0]);
    }
}
