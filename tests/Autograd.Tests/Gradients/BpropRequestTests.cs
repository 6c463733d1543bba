using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Gradients;

public sealed class BpropRequestTests
{
    [Fact]
    public void An_expansion_is_not_followed_behind_the_inputs_of_its_node()
    {
        // y = a·b with b = a², so y = a³: y′ = 3a², and y″ = 6a.
        Variable a = Variable.Input("a", DType.Float64, []);
        Variable y = new Product().Apply(a, a * a);
        Variable first = Gradient.Of(y, a), second = Gradient.Of(first, a);
        Value[] results = Function.Compile([a], [y, first, second]).Run(Value.Of(3.0));
        Assert.Equal([27.0, 27.0, 18.0], results.Select(r => r.Scalar()));
    }

    [Fact]
    public void An_input_that_is_given_twice_gets_its_gradient_once_through_an_expansion()
    {
        Variable a = Variable.Input("a", DType.Float64, []);
        Assert.Equal(6.0, Function.Compile([a], [Gradient.Of(new Product().Apply(a, a), a)]).Run(Value.Of(3.0))[0].Scalar());
    }

    [Fact]
    public void A_rule_is_asked_once_for_all_inputs_and_told_which_are_wanted()
    {
        var asked = new List<string>();
        Variable a = Variable.Input("a", DType.Float64, []), b = Variable.Input("b", DType.Float64, []), c = Variable.Input("c", DType.Float64, []);
        Variable y = new Recorded(asked).Apply(a, b, c);
        Gradient.Of(y, [a, c]);
        Assert.Equal(["0:True 1:False 2:True"], asked);
    }

    [Fact]
    public void An_input_that_is_left_out_keeps_the_positions_of_the_others()
    {
        var asked = new List<string>();
        Variable a = Variable.Input("a", DType.Float64, []), c = Variable.Input("c", DType.Float64, []);
        Variable y = new Recorded(asked).Apply(a, null, c);
        Assert.Equal(3, y.Producer!.Inputs.Length);
        Assert.Equal([a, c], y.Producer.Inputs);
        IReadOnlyList<Variable> gradients = Gradient.Of(y, [a, c]);
        Assert.Equal(["0:True 1:False 2:True"], asked);
        Assert.Equal([10.0, 30.0], Function.Compile([a, c], gradients).Run(Value.Of(1.0), Value.Of(1.0)).Select(g => g.Scalar()));
        GraphException missing = Assert.Throws<GraphException>(() => y.Producer.Inputs[1]);
        Assert.Contains("position 1", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_derivative_that_does_not_exist_names_operation_input_and_reason()
    {
        Variable a = Variable.Input("a", DType.Float64, [3]);
        Variable y = new Undefined().Apply(a);
        GradientException error = Assert.Throws<GradientException>(() => Gradient.PullBack([y], [y], [a]));
        Assert.Contains("Undefined", error.Message, StringComparison.Ordinal);
        Assert.Contains("its input 0 (a:Float64[3])", error.Message, StringComparison.Ordinal);
        Assert.Contains("because the order of elements has none", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_operation_without_rule_and_expansion_says_so()
    {
        Variable a = Variable.Input("a", DType.Float64, [3]);
        Variable y = new Bare().Apply(a);
        GradientException error = Assert.Throws<GradientException>(() => Gradient.PullBack([y], [y], [a]));
        Assert.Contains("neither a rule nor an expansion", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_that_answers_for_the_wrong_number_of_inputs_is_named()
    {
        Variable a = Variable.Input("a", DType.Float64, []);
        Variable y = new Short().Apply(a, a);
        GradientException error = Assert.Throws<GradientException>(() => Gradient.Of(y, a));
        Assert.Contains("Expected 2 contributions", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_that_gives_a_gradient_of_another_shape_is_named()
    {
        Variable a = Variable.Input("a", DType.Float64, [3]);
        Variable y = new Summed().Apply(a);
        GradientException error = Assert.Throws<GradientException>(() => Gradient.PullBack([y], [y], [a]));
        Assert.Contains("with respect to input 0 has the type Float64[]; expected Float64[3]", error.Message, StringComparison.Ordinal);
    }

    private sealed record Product : Operation
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [inputs[0]];

        public override IReadOnlyList<Variable> Expand(Arguments inputs) => [Ops.Mul(inputs[0], inputs[1])];
    }

    private sealed record Recorded(List<string> Asked) : Operation
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [inputs[0]];

        public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
        {
            Asked.Add($"0:{request.Wants(0)} 1:{request.Wants(1)} 2:{request.Wants(2)}");
            return request.Each(i => Variable.Scalar(10 * (i + 1), DType.Float64));
        }
    }

    private sealed record Undefined : Operation
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [inputs[0]];

        public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => throw request.NotDefined("the order of elements has none");
    }

    private sealed record Bare : Operation
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [inputs[0]];
    }

    private sealed record Summed : Operation
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [inputs[0]];

        public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => [request.Gradient(0)?.Sum()];
    }

    private sealed record Short : Operation
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [inputs[0]];

        public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => [request.Gradient(0)];
    }
}
