using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Graph;

/// <summary>A computation behind others that give some of its inputs.</summary>
public sealed class SignatureBehindTests
{
    private static readonly Variable First = Variable.Input("first", DType.Float32, ["batch", 2]), Second = Variable.Input("second", DType.Float32, ["batch"]);
    private static readonly Signature Network = new([First, Second], [new Output("sum", First.Sum([1]) + Second)], name: "network") { Metadata = new Dictionary<string, string> { ["key"] = "value" } };

    [Fact]
    public void Inputs_are_given_by_others_and_stand_in_the_order_that_is_asked_for()
    {
        Variable a = Variable.Input("a", DType.Int64, ["batch", 1]), b = Variable.Input("b", DType.Float32, ["batch", 1]);
        Signature whole = Network.Behind([a, Second, b], new Dictionary<string, Variable> { ["first"] = Ops.Concat(1, a.Cast(DType.Float32), b * 10f) });
        Assert.Equal(["a", "second", "b"], whole.Inputs.Select(input => input.Name));
        Assert.Equal(("network", "value"), (whole.Name, whole.Metadata["key"]));
        Value sum = Function.Compile(whole).Run(Value.Of([1L, 2L], 2, 1), Value.Of([100f, 200f], 2), Value.Of([3f, 4f], 2, 1))[0];
        Assert.Equal([131, 242], sum.ToArray<float>());
        Assert.Equal(["a", "b", "second"], Network.Behind([a, b], new Dictionary<string, Variable> { ["first"] = Ops.Concat(1, a.Cast(DType.Float32), b) }).Inputs.Select(input => input.Name));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Variable wide = Variable.Input("wide", DType.Float32, ["batch", 3]);
        Assert.Contains("\"third\"", Assert.Throws<ArgumentException>(() => Network.Behind([wide], new Dictionary<string, Variable> { ["third"] = wide })).Message, StringComparison.Ordinal);
        Assert.Contains("[batch, 3]", Assert.Throws<GraphException>(() => Network.Behind([wide], new Dictionary<string, Variable> { ["first"] = wide })).Message, StringComparison.Ordinal);
        Assert.Contains("wide", Assert.Throws<GraphException>(() => Network.Behind([], new Dictionary<string, Variable> { ["first"] = wide.Slice(1, 0, 2) })).Message, StringComparison.Ordinal);
    }
}
