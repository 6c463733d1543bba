using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Gradients;

/// <summary>What attributions refuse, each with the whole of its message; their numbers are checked where files are exported.</summary>
public sealed class AttributionTests
{
    [Fact]
    public void Inputs_and_outputs_that_cannot_be_explained_are_listed()
    {
        Variable a = Variable.Input("a", DType.Float32, ["batch", 2]), b = Variable.Input("b", DType.Float32, ["batch"]), ids = Variable.Input("ids", DType.Int64, ["batch"]);
        var whole = new Signature([a, ids], [new Output("same", ids), new Output("sum", Ops.Sum(a))]);
        var two = new Signature([a, b], [new Output("bs", b)]);
        Says("Expected one floating-point input with a batch axis to explain, found a:Float32[batch, 2], b:Float32[batch].", () => new Saliency().AddTo(two));
        Says("Expected one floating-point input with a batch axis named \"ids\" to explain, found a:Float32[batch, 2], ids:Int64[batch].", () => new Saliency { Input = "ids" }.AddTo(whole));
        Says("Expected a floating-point output with a batch axis to explain, found same:Int64[batch], sum:Float32[].", () => new Saliency().AddTo(whole));
        Says("Expected a floating-point output with a batch axis named \"sum\" to explain, found same:Int64[batch], sum:Float32[].", () => new Saliency { Output = "sum" }.AddTo(whole));
    }

    [Fact]
    public void A_class_is_one_of_a_known_number()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", "n"]), three = Variable.Input("x", DType.Float32, ["batch", 3]);
        var open = new Signature([x], [new Output("y", Ops.Tanh(x))]);
        var closed = new Signature([three], [new Output("y", Ops.Tanh(three))]);
        Says("Expected a class from 0 to n − 1 to explain, found 0.", () => new Saliency { Class = 0 }.AddTo(open));
        Says("Expected a class from 0 to 3 − 1 to explain, found -1.", () => new Saliency { Class = -1 }.AddTo(closed));
        Says("Expected a class from 0 to 3 − 1 to explain, found 3.", () => new Saliency { Class = 3 }.AddTo(closed));
        Assert.Equal(2, new Saliency { Class = 0 }.AddTo(closed).Outputs.Count);
        Assert.Equal(2, new Saliency { Class = 2 }.AddTo(closed).Outputs.Count);
        Assert.StartsWith("Expected at least 1 point.", Assert.Throws<ArgumentOutOfRangeException>(() => new IntegratedGradients { Points = 0 }).Message, StringComparison.Ordinal);
    }

    private static void Says(string message, Func<object> make) => Assert.Equal(message, Assert.Throws<GraphException>(make).Message);
}
