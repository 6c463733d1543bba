using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Execution;

/// <summary>A run that fails changes no parameter.</summary>
public sealed class FailingRunTests
{
    private static readonly CompilationOptions[] Switches = [new(), CompilationOptions.None, new() { FuseElementwise = false }];

    /// <summary>The index is out of range. New values that are outputs too, that another new value is made of, that go into a sum, and plain ones.</summary>
    [Fact]
    public void A_kernel_that_fails_after_new_values_are_known_changes_nothing()
    {
        Variable index = Variable.Input("index", DType.Int64, [1]);
        foreach (CompilationOptions switches in Switches)
        {
            Parameter[] parameters = [.. Enumerable.Range(0, 4).Select(i => new Parameter($"p{i}", Randoms.Normal(i, 3000)))];
            Variable shown = parameters[0].Variable * 2, moment = (parameters[1].Variable * 0.9) + shown, plain = parameters[3].Variable + 1;
            Variable late = Ops.Gather(Ops.Exp(shown), index);
            Function function = Function.Compile(
                [index],
                [shown, Ops.Sum(moment), late],
                [new(parameters[0], shown), new(parameters[1], moment), new(parameters[2], parameters[2].Variable - moment), new(parameters[3], plain)],
                new ExecutionOptions { Compilation = switches });
            Assert.Throws<ShapeException>(() => function.Run(Value.Of([3000L], 1)));
            Assert.All(parameters, p => Assert.True(p.Value.BitEquals(p.Initial), p.Name));
            function.Run(Value.Of([2999L], 1));
            Assert.All(parameters, p => Assert.False(p.Value.BitEquals(p.Initial), p.Name));
        }
    }

    /// <summary>The division itself is the update, and fails at the last element.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_update_that_fails_within_changes_nothing(bool rest)
    {
        Variable divisor = Variable.Input("divisor", DType.Int32, [40_000]);
        var p = new Parameter("p", Value.Full(12, DType.Int32, 40_000), ParameterRole.State);
        Variable next = (rest ? new Mod().Apply(p, divisor) : p.Variable / divisor) + 1;
        Function function = Function.Compile([divisor], [], [new(p, next)]);
        Value divisors = Value.Full(5, DType.Int32, 40_000);
        divisors.Span<int>()[^1] = 0;
        Assert.ThrowsAny<Exception>(() => function.Run(divisors));
        Assert.True(p.Value.BitEquals(p.Initial));
        divisors.Span<int>()[^1] = 5;
        function.Run(divisors);
        Assert.All(p.Value.ToArray<int>(), n => Assert.Equal(3, n));
    }

    /// <summary>Nothing runs for a caller who has not as many places as there are outputs.</summary>
    [Fact]
    public void A_wrong_number_of_places_is_refused_before_the_run()
    {
        var p = new Parameter("p", Value.Of(1f), ParameterRole.State);
        Function function = Function.Compile([], [p.Variable * 3], [new(p, p.Variable + 1)]);
        Assert.Throws<GraphException>(() => function.RunInto([], new Value[2]));
        Assert.Equal(1f, p.Value.Scalar());
    }

    [Fact]
    public void Outputs_show_old_values_where_they_are_parameters_or_views_of_them()
    {
        foreach (CompilationOptions switches in Switches)
        {
            var a = new Parameter("a", Value.Of([1f, 2f], 2));
            var b = new Parameter("b", Value.Of([10f, 20f], 2));
            Value[] found = Function.Compile(
                [], [a.Variable, Ops.Reshape(b, [2, 1])], [new(a, a.Variable + 1), new(b, b.Variable * a.Variable)], new ExecutionOptions { Compilation = switches }).Run();
            Assert.Equal([1f, 2f], found[0].ToArray<float>());
            Assert.Equal([10f, 20f], found[1].ToArray<float>());
            Assert.Equal([2f, 3f], a.Value.ToArray<float>());
            Assert.Equal([10f, 40f], b.Value.ToArray<float>());
        }
    }

    /// <summary>One parameter takes the old value of another, itself or through a view, while that is written in place.</summary>
    [Fact]
    public void A_parameter_takes_the_old_value_of_one_that_is_updated()
    {
        foreach (CompilationOptions switches in Switches)
        {
            var a = new Parameter("a", Value.Of([1f, 2f], 2));
            var b = new Parameter("b", Value.Of([10f, 20f], 2));
            var c = new Parameter("c", Value.Of([5f, 6f], 2, 1));
            Function.Compile(
                [], [], [new(a, b.Variable), new(b, b.Variable * 3), new(c, Ops.Reshape(b, [2, 1]))], new ExecutionOptions { Compilation = switches }).Run();
            Assert.Equal([10f, 20f], a.Value.ToArray<float>());
            Assert.Equal([30f, 60f], b.Value.ToArray<float>());
            Assert.Equal([10f, 20f], c.Value.ToArray<float>());
        }
    }
}
