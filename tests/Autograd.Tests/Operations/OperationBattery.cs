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
            Value[] inputs = ExampleValues.Draw(example, DType.Float64, seed: 2);
            Variable[] arguments = ExampleValues.Variables(example, DType.Float64), variables = ExampleValues.Inputs(arguments);
            int[] floating = [.. Enumerable.Range(0, variables.Length).Where(i => variables[i].DType.IsFloating())];
            Variable[] wrt = [.. floating.Select(i => variables[i])];
            Variable scalar = Project([.. example.For(DType.Float64).ApplyAll(arguments).Where(o => o.DType.IsFloating())], seed: 3);
            for (int order = 1; order <= example.Smoothness; order++)
            {
                IReadOnlyList<Variable?> gradients = Gradient.OrNull(scalar, wrt);
                CheckDirection(example, order, variables, inputs, floating, scalar, gradients);
                Variable[] present = [.. gradients.OfType<Variable>()];
                if (present.Length == 0)
                {
                    break;
                }

                scalar = Project(present, seed: 10 + order);
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

    private static void CheckDirection(
        OperationExample example, int order, Variable[] variables, Value[] inputs, int[] floating, Variable scalar, IReadOnlyList<Variable?> gradients)
    {
        Variable[] present = [.. gradients.OfType<Variable>()];
        var function = Function.Compile(variables, [scalar, .. present]);
        Value[] results = function.Run(inputs);
        var random = new System.Random(6);
        for (int direction = 0; direction < 3; direction++)
        {
            const double Step = 1e-5;
            double[][] vectors = [.. floating.Select(f => Enumerable.Range(0, inputs[f].Count).Select(_ => random.NextDouble() - 0.5).ToArray())];
            double analytic = 0;
            int next = 1;
            for (int g = 0; g < floating.Length; g++)
            {
                if (gradients[g] is not null)
                {
                    Value value = results[next++];
                    analytic += vectors[g].Select((v, i) => v * value[i]).Sum();
                }
            }

            double numeric = (Shifted(Step) - Shifted(-Step)) / (2 * Step);
            Assert.True(
                Math.Abs(numeric - analytic) <= 2e-6 * (1 + Math.Abs(numeric)),
                $"{example.Operation}, order {order}: differences give {numeric}, the gradient gives {analytic}.");

            double Shifted(double step)
            {
                Value[] moved = [.. inputs.Select(i => i.Clone())];
                for (int g = 0; g < floating.Length; g++)
                {
                    Span<double> x = moved[floating[g]].Span<double>();
                    for (int i = 0; i < x.Length; i++)
                    {
                        x[i] += step * vectors[g][i];
                    }
                }

                return function.Run(moved)[0].Scalar();
            }
        }
    }
}
