using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Compilation.Passes;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

public sealed class IfTests
{
    private static readonly Variable Condition = Variable.Input("condition", DType.Bool, []), X = Variable.Input("x", DType.Float64, ["n"]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Values_and_gradients_are_those_of_the_branch_that_is_taken(bool condition)
    {
        // w·x² or 3·w·x with w = 2 captured: derivatives by x and w.
        var w = new Parameter("w", Value.Of(2.0));
        Variable y = Ops.If(Condition, [X], x => [w * x[0] * x[0]], x => [3 * w.Variable * x[0]])[0];
        IReadOnlyList<Variable> gradients = Gradient.Of(y.Sum(), [X, w]);
        Variable second = Gradient.Of(gradients[1], X);
        var signature = new Signature([Condition, X], [new Output("y", y), new Output("gx", gradients[0]), new Output("gw", gradients[1]), new Output("gwx", second)]);
        double[][] expected = condition
            ? [[2.0, 18.0], [4.0, 12.0], [10.0], [2.0, 6.0]]
            : [[6.0, 18.0], [6.0, 6.0], [12.0], [3.0, 3.0]];
        Value[] inputs = [Value.Of(condition), Value.Of([1.0, 3.0], 2)];
        Assert.Equal(expected, Interpreter.Run(signature, inputs).Select(v => v.ToArray<double>()));
        Assert.Equal(expected, Function.Compile(signature).Run(inputs).Select(v => v.ToArray<double>()));
    }

    [Fact]
    public void A_branch_that_is_not_taken_does_not_run()
    {
        Variable index = Variable.Input("index", DType.Int64, []);
        Variable y = Ops.If(Condition, [X, index], a => [a[0].Gather(a[1])], a => [a[0].Sum()])[0];
        Function function = Function.Compile([Condition, X, index], [y]);
        Assert.Equal(3.0, function.Run(Value.Of(false), Value.Of([1.0, 2.0], 2), Value.Of(7L))[0].Scalar());
        Assert.ThrowsAny<ToolkitException>(() => function.Run(Value.Of(true), Value.Of([1.0, 2.0], 2), Value.Of(7L)));
        Assert.Equal(2.0, function.Run(Value.Of(true), Value.Of([1.0, 2.0], 2), Value.Of(1L))[0].Scalar());
    }

    [Fact]
    public void Branches_nest_and_give_several_results_of_several_types()
    {
        Variable y = X.Exp();
        IReadOnlyList<Variable> results = Ops.If(
            Condition,
            [X, y],
            a => [Ops.If(Ops.Greater(a[0].Sum(), 0), [a[1]], b => [b[0] * 2], b => [b[0] * 3])[0], a[0].ArgMax(0)],
            a => [a[0], Variable.Of(Value.Of(-1L))]);
        Function function = Function.Compile([Condition, X], [.. results, Gradient.Of(results[0].Sum(), X)]);
        Check(true, [0.0, 1.0], [2.0, 2 * Math.E], 1, [2.0, 2 * Math.E]);
        Check(true, [0.0, -1.0], [3.0, 3 / Math.E], 0, [3.0, 3 / Math.E]);
        Check(false, [0.0, -1.0], [0.0, -1.0], -1, [1.0, 1.0]);

        void Check(bool condition, double[] x, double[] first, long second, double[] gradient)
        {
            Value[] found = function.Run(Value.Of(condition), Value.Of(x, 2));
            Assert.All(first.Zip(found[0].ToArray<double>()), p => Assert.Equal(p.First, p.Second, 1e-12));
            Assert.Equal(second, found[1].Span<long>()[0]);
            Assert.All(gradient.Zip(found[2].ToArray<double>()), p => Assert.Equal(p.First, p.Second, 1e-12));
        }
    }

    [Fact]
    public void A_known_condition_leaves_the_branch_alone()
    {
        Variable y = Ops.If(Variable.Of(Value.Of(true)), [X], a => [a[0].Tanh()], a => [a[0].Exp()])[0];
        var signature = new Signature([X], [new Output("y", y)]);
        Assert.Equal(["If"], signature.Nodes.Select(n => n.Operation.Name));
        Assert.Equal(["Tanh"], new TakeKnownBranches().Apply(signature).Nodes.Select(n => n.Operation.Name));
        var other = new Signature([Condition, X], [new Output("y", Ops.If(Condition, [X], a => [a[0].Tanh()], a => [a[0].Exp()])[0])]);
        Assert.Same(other, new TakeKnownBranches().Apply(other));
    }

    [Fact]
    public void Passes_and_transforms_descend_into_branches()
    {
        Variable Branch(Variable x) => new Softmax(0).Apply(x) * 1 + new Softmax(0).Apply(x);
        var signature = new Signature([Condition, X], [new Output("y", Ops.If(Condition, [X], a => [Branch(a[0])], a => [a[0]])[0])]);
        Assert.Equal(["Softmax", "Mul", "Softmax", "Add"], Then(signature).Nodes.Select(n => n.Operation.Name));
        Assert.Equal(["Softmax", "Add"], Then(new MergeEqualNodes().Apply(new RemoveIdentities().Apply(signature))).Nodes.Select(n => n.Operation.Name));

        static Body Then(Signature signature) => ((If)signature.Nodes.Single().Operation).Then;
    }

    [Fact]
    public void Equal_choices_become_one()
    {
        Variable Choice(string name) => new If(Body(name, x => x.Tanh()), Body(name, x => x.Exp())).Apply(Condition, X);
        Assert.Equal(2, new Merging().Apply(new Signature([Condition, X], [new Output("y", Choice("a") + Choice("b"))])).Nodes.Count);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Assert.Throws<DTypeException>(() => Ops.If(X, [X], a => [a[0]], a => [a[0]]));
        Assert.Contains(
            "condition with one element", Assert.Throws<ShapeException>(() => Ops.If(Variable.Input("c", DType.Bool, [2]), [X], a => [a[0]], a => [a[0]])).Message, StringComparison.Ordinal);
        Assert.Contains("found 1 and 2", Assert.Throws<GraphException>(() => Ops.If(Condition, [X], a => [a[0]], a => [a[0], a[0]])).Message, StringComparison.Ordinal);
        Assert.Contains("Float64[n] and Float64[]", Assert.Throws<ShapeException>(() => Ops.If(Condition, [X], a => [a[0]], a => [a[0].Sum()])).Message, StringComparison.Ordinal);
    }

    private static Body Body(string name, Func<Variable, Variable> compute)
    {
        Variable x = Autograd.Graph.Body.Input(name, X.Type);
        return new Body([x], [compute(x)]);
    }
}
