using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Graph;

public sealed class BodyTests
{
    private static readonly TensorType Vector = new(DType.Float64, ["n"]);

    [Fact]
    public void Bodies_are_equal_by_structure_not_by_the_names_of_their_inputs()
    {
        Assert.Equal(Sum("a", 2), Sum("b", 2));
        Assert.Equal(Sum("a", 2).GetHashCode(), Sum("b", 2).GetHashCode());
        Assert.NotEqual(Sum("a", 2), Sum("a", 3));
    }

    [Fact]
    public void The_places_of_inputs_types_and_outputs_take_part_in_equality()
    {
        Variable x = Body.Input("x", Vector), y = Body.Input("y", Vector), narrow = Body.Input("x", new TensorType(DType.Float32, ["n"]));
        Body[] bodies =
        [
            new([x, y], [x - y]), new([y, x], [x - y]), new([x, y], [x - y, x]), new([x, y], [x, x - y]), new([x, y], [x * y]), new([narrow], [narrow * narrow]),
            new([x], [x * x]),
        ];
        Assert.Equal(bodies.Length, bodies.Distinct().Count());
        Assert.Equal(new Body([y, x], [y - x]), bodies[0]);
    }

    [Fact]
    public void What_a_body_reads_must_be_among_its_inputs()
    {
        Variable x = Body.Input("x", Vector), y = Body.Input("y", Vector);
        Assert.Contains("y:Float64[n]", Assert.Throws<GraphException>(() => new Body([x], [x * y])).Message, StringComparison.Ordinal);
        Assert.Throws<GraphException>(() => new Body([x], [new Parameter("w", Value.Of(1.0)).Variable]));
        Assert.Throws<GraphException>(() => new Body([x, x], [x]));
        Assert.Throws<GraphException>(() => new Body([x * x], [x]));
    }

    [Fact]
    public void Closing_captures_each_variable_once_and_leaves_constants_inside()
    {
        Variable x = Body.Input("x", Vector), outer = Variable.Input("outer", DType.Float64, ["n"]), computed = outer.Exp();
        var parameter = new Parameter("w", Value.Of(2.0));
        Variable result = ((x * computed) + computed) * parameter * 3;
        (IReadOnlyList<Body> bodies, IReadOnlyList<Variable> captured) = BodyClosing.Close([([x], [result])], v => v == computed);
        Assert.Equal([computed, parameter.Variable], captured);
        Assert.Equal([x.Type, computed.Type, parameter.Variable.Type], bodies[0].Inputs.Select(i => i.Type));
        Assert.Equal(["Mul", "Add", "Mul", "Mul"], bodies[0].Nodes.Select(n => n.Operation.Name));
    }

    [Fact]
    public void Without_a_boundary_only_leaves_are_captured_and_several_bodies_take_the_same()
    {
        Variable x = Variable.Input("x", DType.Float64, []), y = Variable.Input("y", DType.Float64, []);
        (IReadOnlyList<Body> bodies, IReadOnlyList<Variable> captured) = BodyClosing.Close([([], [x.Exp()]), ([], [y * x])]);
        Assert.Equal([x, y], captured);
        Assert.All(bodies, body => Assert.Equal(2, body.Inputs.Count));
    }

    [Fact]
    public void What_does_not_change_from_turn_to_turn_is_computed_outside()
    {
        Variable state = Body.Input("state", Vector), outer = Variable.Input("outer", DType.Float64, ["n"]);
        Variable fixedPart = outer.Exp().Tanh();
        (Body body, IReadOnlyList<Variable> captured) = BodyClosing.CloseRepeated([state], [state * fixedPart]);
        Assert.Equal([fixedPart], captured);
        Assert.Single(body.Nodes);
    }

    [Fact]
    public void Symbols_of_a_body_take_the_sizes_of_the_graph_around_it()
    {
        Variable x = Body.Input("x", new TensorType(DType.Float64, ["n", 2])), y = Body.Input("y", new TensorType(DType.Float64, ["m", 2]));
        var body = new Body([x, y], [Ops.Concat(0, x, y)]);
        var operation = new InferRequest(new If(body, body), ReadOnlySpan<TensorType?>.Empty);
        TensorType result = body.Results(operation, [new TensorType(DType.Float64, ["batch", 2]), new TensorType(DType.Float64, [5, 2])]).Single();
        Assert.Equal([Dim.Named("batch") + 5, 2], result.Shape);
        Assert.Contains("Float64[m, 2]", Assert.Throws<ShapeException>(() => body.Results(operation, [x.Type, new TensorType(DType.Float64, [5, 3])])).Message, StringComparison.Ordinal);
        Assert.Throws<DTypeException>(() => body.Results(operation, [x.Type, new TensorType(DType.Float32, [5, 2])]));
        Assert.Throws<GraphException>(() => body.Results(operation, [x.Type]));
    }

    private static Body Sum(string name, double addend)
    {
        Variable x = Body.Input(name, Vector);
        return new Body([x], [x + addend]);
    }
}
