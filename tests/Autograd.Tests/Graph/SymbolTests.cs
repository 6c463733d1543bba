using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests.Operations;

namespace Toolkit.Autograd.Tests.Graph;

/// <summary>Every symbol in the type of a variable is bound by an input of the graph or by a node before it.</summary>
public sealed class SymbolTests
{
    [Theory]
    [MemberData(nameof(OperationBattery.Names), MemberType = typeof(OperationBattery))]
    public void Symbols_of_an_operation_and_its_gradients_are_bound(string name)
    {
        foreach (OperationExample example in OperationRegistry.All.Single(o => o.Name == name).Examples)
        {
            Variable[] arguments = ExampleValues.Variables(example, DType.Float64), inputs = ExampleValues.Inputs(arguments);
            var outputs = new List<Variable>(example.For(DType.Float64).ApplyAll(arguments));
            Variable[] floating = [.. inputs.Where(v => v.DType.IsFloating())];
            for (int order = 0; order < example.Smoothness; order++)
            {
                Variable sum = outputs.Where(o => o.DType.IsFloating()).Select(o => Ops.Sum(o.Sin())).Aggregate((a, b) => a + b);
                outputs.AddRange(Gradient.OrNull(sum, floating).OfType<Variable>());
            }

            Assert.Equal([], Unbound(new Signature(inputs, [.. outputs.Select((o, i) => new Output($"y{i}", o))])));
        }
    }

    [Fact]
    public void A_size_that_only_another_branch_binds_is_not_bound()
    {
        Variable x = Variable.Input("x", DType.Float32, [4]);
        Variable found = new NonZero().Apply(x), other = new NonZero().Apply(x + 1);
        Variable borrowed = Ops.Expand(Variable.Scalar(1, DType.Float32), [found.Shape[1]], found);
        Assert.Equal([], Unbound(new Signature([x], [new Output("a", borrowed), new Output("b", other)])));

        // Not so where the size is said without the tensor that has it.
        Variable said = new Said(found.Shape[1]).Apply(other);
        Assert.Equal([found.Shape[1].Symbol!], Unbound(new Signature([x], [new Output("a", found), new Output("b", said)])));
    }

    /// <summary>The symbols that occur where neither an input nor a node before gives their value.</summary>
    private static List<Symbol> Unbound(Signature signature)
    {
        var given = signature.Inputs.SelectMany(input => input.Shape).SelectMany(dim => dim.Symbols).ToHashSet();
        var before = new Dictionary<Node, HashSet<Symbol>>(ReferenceEqualityComparer.Instance);
        var unbound = new List<Symbol>();
        foreach (Node node in signature.Nodes)
        {
            before[node] = [.. node.Symbols, .. node.Inputs.Where(i => i.Producer is not null).SelectMany(i => before[i.Producer!])];
            unbound.AddRange(node.Outputs
                .SelectMany(output => output.Shape.Concat(output.Content ?? []))
                .SelectMany(dim => dim.Symbols)
                .Where(symbol => !given.Contains(symbol) && !before[node].Contains(symbol)));
        }

        return unbound;
    }

    private sealed record Said(Dim Size) : Operation
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [new TensorType(DType.Float32, [Size])];
    }
}
