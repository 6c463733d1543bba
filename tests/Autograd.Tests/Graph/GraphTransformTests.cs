using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Graph;

public sealed class GraphTransformTests
{
    private static readonly Variable X = Variable.Input("x", DType.Float64, []), Y = Variable.Input("y", DType.Float64, []);

    [Fact]
    public void A_substitution_builds_anew_only_what_depends_on_the_replaced()
    {
        Variable shared = Y.Exp(), root = (X * shared) + shared;
        Variable changed = new Substitution(new Dictionary<Variable, Variable> { [X] = Y }).Map(root);
        Assert.NotSame(root, changed);
        Assert.Same(shared, changed.Producer!.Inputs[1]);
        Assert.Same(Y, changed.Producer.Inputs[0].Producer!.Inputs[0]);
    }

    [Fact]
    public void A_replacement_may_contain_what_it_replaces()
    {
        // x → x + 1 in (x + 1)·x, where the replacement is itself a part of the graph: ((x + 1) + 1)·(x + 1).
        Variable next = X + 1, root = next * X;
        Variable changed = new Substitution(new Dictionary<Variable, Variable> { [X] = next }).Map(root);
        Assert.Equal(20.0, Function.Compile([X], [changed]).Run(Value.Of(3.0))[0].Scalar());
    }

    [Fact]
    public void A_graph_without_changes_stays_the_same_object()
    {
        var signature = new Signature([X, Y], [new Output("z", X * Y)]);
        Assert.Same(signature, new Substitution(new Dictionary<Variable, Variable>()).Apply(signature));
        Assert.Same(signature, new Merging().Apply(signature));
    }

    [Fact]
    public void A_deep_graph_needs_no_deep_stack()
    {
        Variable root = X;
        for (int i = 0; i < 50_000; i++)
        {
            root = -root;
        }

        Assert.Equal(2.0, Interpreter.Run(new Signature([Y], [new Output("z", new Substitution(new Dictionary<Variable, Variable> { [X] = Y }).Map(root))]), Value.Of(2.0))[0].Scalar());
    }

    [Fact]
    public void Equal_nodes_become_one_whatever_their_origin()
    {
        Variable a = X * Y, b = X * Y, root = a.Exp() + b.Exp();
        new Origin { Layer = "first" }.Mark([a], [X, Y]);
        new Origin { Layer = "second" }.Mark([b], [X, Y]);
        Signature merged = new Merging().Apply(new Signature([X, Y], [new Output("z", root)]));
        Assert.Equal(["Mul", "Exp", "Add"], merged.Nodes.Select(n => n.Operation.Name));
        Assert.Equal("first", merged.Nodes[0].Origin?.ToString());
    }

    [Fact]
    public void Constants_merge_by_type_shape_and_bits()
    {
        Variable[] constants =
        [
            Variable.Of(Value.Of((1L << 53) + 1)), Variable.Of(Value.Of(1L << 53)), Variable.Of(Value.Of((1L << 53) + 1)),
            Variable.Of(Value.Of(0.0)), Variable.Of(Value.Of(-0.0)), Variable.Of(Value.Of([0.0], 1)),
        ];
        var merging = new Merging();
        Variable[] merged = [.. constants.Select(merging.Map)];
        Assert.Equal([0, 1, 0, 3, 4, 5], merged.Select(m => Array.FindIndex(constants, c => ReferenceEquals(c, m))));
    }

    [Fact]
    public void Inputs_left_out_decide_whether_nodes_are_equal()
    {
        Variable first = new Optional().Apply(X, null, Y), second = new Optional().Apply(X, Y), third = new Optional().Apply(X, null, Y);
        var merging = new Merging();
        Assert.Same(merging.Map(first), merging.Map(third));
        Assert.NotSame(merging.Map(first), merging.Map(second));
    }

    [Fact]
    public void A_transform_keeps_origins_and_the_positions_of_inputs()
    {
        Variable root = new Optional().Apply(X, null, Y);
        new Origin { Layer = "block1.dense2", Name = "choice" }.Mark([root], []);
        Node changed = new Substitution(new Dictionary<Variable, Variable> { [X] = Y }).Map(root).Producer!;
        Assert.Equal("block1.dense2/choice", changed.Origin!.ToString());
        Assert.Equal([true, false, true], Enumerable.Range(0, 3).Select(changed.Inputs.Has));
    }

    [Fact]
    public void An_origin_goes_to_the_nodes_between_that_have_none()
    {
        Variable before = X.Exp(), inner = before.Tanh(), outer = inner * Y;
        new Origin { Layer = "inner" }.Mark([inner], [before]);
        new Origin { Layer = "outer" }.Mark([outer], [before, Y]);
        Assert.Equal(["outer", "inner", null], new[] { outer, inner, before }.Select(v => v.Producer!.Origin?.Layer));
    }

    private sealed record Optional : Operation
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [inputs[0]];
    }
}
