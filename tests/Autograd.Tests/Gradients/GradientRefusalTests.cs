using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Gradients;

/// <summary>What back-propagation refuses, each with the whole of its message and the way to it, and what comes close to that and is taken.</summary>
public sealed class GradientRefusalTests
{
    private static readonly Variable X = Variable.Input("x", DType.Float64, [3]);

    [Fact]
    public void Variables_and_vectors_of_another_type_are_named()
    {
        Variable whole = Variable.Input("i", DType.Int64, [3]), pair = Variable.Input("p", DType.Float64, [2]), loss = Ops.Sum(X * X) + Ops.Sum(pair * pair);
        Says("Expected a floating-point scalar to differentiate, found x:Float64[3]. Sum or average it first, or use PullBack.", () => Gradient.Of(X, X));
        Says("Expected floating-point variables to differentiate, found i:Int64[3].", () => Gradient.PushForward(whole, X, X));
        Says("Expected floating-point variables to differentiate by, found i:Int64[3].", () => Gradient.Of(loss, whole));
        Says(
            "Expected a vector of the type of each variable, Float64[3], Float64[2], found Float64[3], Float64[3].", () => Gradient.HessianVectorProduct(loss, [X, pair], [X, X]));
    }

    [Fact]
    public void A_seed_has_the_type_of_its_variable_as_far_as_sizes_are_known()
    {
        foreach ((DType type, Shape shape) in new (DType, Shape)[] { (DType.Float32, [3]), (DType.Float64, [3, 1]), (DType.Float64, [2]) })
        {
            Variable seed = Variable.Input("s", type, shape);
            Says($"Expected a seed of the type of its variable, Float64[3], found {seed.Type}.", () => Gradient.PullBack(X * X, seed, X));
        }

        Variable open = Variable.Input("s", DType.Float64, ["n"]);
        Assert.Same(open, Gradient.PullBack(X, open, X));
    }

    /// <summary>The way begins at the first variable that is differentiated and ends at the first that is asked for, though others lie beside, before and behind.</summary>
    [Fact]
    public void The_way_leads_from_what_is_differentiated_to_what_is_asked_for()
    {
        Variable inner = Ops.Sin(X), hash = new Hash().Apply(inner), outer = Ops.Tanh(hash), outermost = Ops.Cos(outer), beside = Ops.Exp(X);
        string Way(Variable[] ys, params Variable[] wrt) =>
            Assert.Throws<GradientException>(() => Gradient.PullBack(ys, [.. ys.Select(_ => X)], wrt)).Message.Split(" The way to it: ")[^1];
        Assert.Equal("Hash → Sin → x:Float64[3].", Way([hash, outer], X));
        Assert.Equal("Tanh → Hash → Sin → x:Float64[3].", Way([beside, outer, outermost], X));
        Assert.Equal("Tanh → Hash → Sin → x:Float64[3].", Way([outer, outermost], X));
        Assert.Equal($"Tanh → Hash → {inner}.", Way([outer], inner));
        Assert.Equal($"Tanh → Hash → {inner}.", Way([outer], inner, X));
    }

    [Fact]
    public void There_is_no_way_to_a_single_operation() => Says(
        "Hash(Float64[3]) has no gradient with respect to its input 0 (x:Float64[3]) because a hash has no slope.", () => Gradient.PullBack(new Hash().Apply(X), X, X));

    [Fact]
    public void What_has_no_derivative_does_not_matter_where_nothing_flows()
    {
        Variable x = Variable.Input("x", DType.Float64, [3]);
        Value found = Function.Compile([x], [Gradient.Of(Ops.Sum(Ops.StopGradient(new Hash().Apply(Ops.Sin(x))) + (3 * x)), x)]).Run(Value.Of([1.0, 2, 3], 3))[0];
        Assert.Equal([3.0, 3, 3], found.ToArray<double>());
    }

    /// <summary>What a rule builds, and what the equal form of a function builds, belongs to the layer that is differentiated.</summary>
    [Fact]
    public void Nodes_of_a_gradient_have_the_place_of_what_they_come_from()
    {
        foreach (Func<Variable, Variable> function in new Func<Variable, Variable>[] { Ops.Tanh, v => Ops.Log(1 + Ops.Exp(v)) })
        {
            Variable x = Variable.Input("x", DType.Float64, [3]), seed = Variable.Input("s", DType.Float64, [3]), y = function(x);
            new Origin { Layer = "dense1" }.Mark([y], [x]);
            Node[] built = [.. TopologicalOrder.Of([Gradient.PullBack(y, seed, x)]).Except(TopologicalOrder.Of([y]))];
            Assert.NotEmpty(built);
            Assert.All(built, node => Assert.Equal("dense1", node.Origin?.Layer));
        }
    }

    private static void Says(string message, Func<object> make) => Assert.Equal(message, Assert.Throws<GradientException>(make).Message);

    private sealed record Hash : Operation
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [inputs[0]];

        public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => throw request.NotDefined("a hash has no slope");

        public override IReadOnlyList<Variable> Expand(Arguments inputs) => [Ops.Sign(inputs[0])];
    }
}
