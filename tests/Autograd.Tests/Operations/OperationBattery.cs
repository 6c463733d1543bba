using Toolkit.Autograd.Checking;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>The tests that every operation of the registry passes, generated from its examples.</summary>
public sealed class OperationBattery
{
    public static TheoryData<string> Names => [.. OperationRegistry.All.Where(o => !ExampleValues.HasTexts(o)).Select(o => o.Name)];

    [Fact]
    public void Every_operation_is_in_the_registry_once_and_has_examples()
    {
        // What the compiler alone makes is internal, and its own tests cover it.
        string[] defined =
        [
            .. typeof(Ops).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Operation)) && t is { IsSealed: true, IsPublic: true }).Select(t => t.Name).Order(StringComparer.Ordinal),
        ];
        Assert.Equal(defined, OperationRegistry.All.Select(o => o.Name).Order(StringComparer.Ordinal));
        Assert.All(OperationRegistry.All, o => Assert.True(o.Examples.Count > 0, $"{o.Name} has no examples."));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_kernel_agrees_with_the_reference(string name)
    {
        foreach ((OperationExample example, DType floating) in Cases(name))
        {
            Value[] inputs = ExampleValues.Draw(example, floating, seed: 1);
            Variable[] variables = ExampleValues.Variables(example, floating);
            IReadOnlyList<Variable> outputs = example.For(floating).ApplyAll(variables);
            var signature = new Signature(ExampleValues.Inputs(variables), [.. outputs.Select((o, i) => new Output($"y{i}", o))]);
            IReadOnlyList<Value> results = Interpreter.Run(signature, inputs);
            Array64[] expected = References.Compute(example.For(floating), [.. ExampleValues.All(example, inputs).Select(value => value is null ? null! : Array64.Of(value))]);
            double tolerance = floating == DType.Float32 ? example.Tolerance : 1e-9;
            for (int o = 0; o < expected.Length; o++)
            {
                Assert.Equal(expected[o].Sizes, results[o].Sizes.ToArray());
                for (int i = 0; i < expected[o].Data.Length; i++)
                {
                    double want = expected[o].Data[i];
                    Assert.True(
                        Math.Abs(want - results[o][i]) <= tolerance * (1 + Math.Abs(want)),
                        $"{example.Operation} in {floating}: element {i} of output {o}: expected {want}, found {results[o][i]}.");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_agree_with_central_differences(string name)
    {
        foreach (OperationExample example in Operation(name).Examples.Where(e => e.Smoothness > 0))
        {
            Variable[] arguments = ExampleValues.Variables(example, DType.Float64);
            try
            {
                new GradientCheck { Order = example.Smoothness }.Require(ExampleValues.Inputs(arguments), example.For(DType.Float64).ApplyAll(arguments), ExampleValues.Draw(example, DType.Float64, seed: 2));
            }
            catch (GradientException wrong)
            {
                Assert.Fail($"{example.Operation}: {wrong.Message}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_compiled_function_agrees_with_the_interpreter(string name)
    {
        foreach ((OperationExample example, DType floating) in Cases(name))
        {
            Variable[] arguments = ExampleValues.Variables(example, floating), variables = ExampleValues.Inputs(arguments);
            var outputs = new List<Variable>(example.For(floating).ApplyAll(arguments));
            if (example.Smoothness > 0)
            {
                Variable[] wrt = [.. variables.Where(v => v.DType.IsFloating())];
                Variable scalar = Project([.. outputs.Where(o => o.DType.IsFloating())], seed: 4);
                outputs.AddRange(Gradient.OrNull(scalar, wrt).OfType<Variable>());
            }

            var signature = new Signature(variables, [.. outputs.Select((o, i) => new Output($"y{i}", o))]);
            Value[] inputs = ExampleValues.Draw(example, floating, seed: 5);
            IReadOnlyList<Value> expected = Interpreter.Run(signature, inputs);
            Value[] found = Function.Compile(signature, new ExecutionOptions { Threads = 2 }).Run(inputs);
            for (int i = 0; i < found.Length; i++)
            {
                Randoms.AssertClose(expected[i], found[i], floating == DType.Float32 ? 1e-5 : 1e-12);
            }
        }
    }

    private static RegisteredOperation Operation(string name) => OperationRegistry.All.Single(o => o.Name == name);

    private static IEnumerable<(OperationExample Example, DType Floating)> Cases(string name) =>
        Operation(name).Examples.SelectMany(e => new[] { (e, DType.Float32), (e, DType.Float64) });

    /// <summary>Σ tensors · random constants: one number that any error in any element changes.</summary>
    private static Variable Project(IReadOnlyList<Variable> tensors, int seed)
    {
        Variable? sum = null;
        foreach (Variable tensor in tensors)
        {
            // Sines of the position stand in for random numbers, since a constant cannot have a symbolic shape.
            Variable weight = Variable.Scalar(0.7 + (0.1 * seed), tensor.DType);
            Variable term = Ops.Sum(Ops.Sin((tensor * weight) + 0.3) + (0.5 * tensor));
            sum = sum is null ? term : sum + term;
        }

        return sum!;
    }
}
