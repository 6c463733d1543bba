using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Linear;
using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Modeling.Tests.Identities;

/// <summary>How many products derivatives and solvers take.</summary>
public sealed class CostTests
{
    /// <summary>A2.2: with L layers of width w there are w^L paths from an input to an output, but the gradient has one product for each of the L·w²
    /// edges, and is the sum over all paths.</summary>
    [Theory]
    [InlineData(2, 3)]
    [InlineData(5, 3)]
    [InlineData(20, 4)]
    public void A_layered_graph_has_one_product_for_each_edge(int depth, int width)
    {
        double Edge(int layer, int from, int to) => Math.Sin((7 * layer) + (3 * from) + to + 1);
        Variable[] inputs = [.. Enumerable.Range(0, width).Select(i => Wide([0.1 * i], 1))], units = inputs;
        for (int layer = 0; layer < depth; layer++)
        {
            Variable[] below = units;
            units = [.. Enumerable.Range(0, width).Select(to => below.Select((unit, from) => Edge(layer, from, to) * unit).Aggregate((a, b) => a + b))];
        }

        Variable output = units.Aggregate((a, b) => a + b).Sum();
        IReadOnlyList<Variable> gradients = Gradient.Of(output, inputs);
        Assert.Equal(depth * width * width, TopologicalOrder.Of([.. gradients]).Count(n => n.Operation.Name == "Mul"));
        double[] paths = [.. Enumerable.Repeat(1.0, width)];
        for (int layer = depth - 1; layer >= 0; layer--)
            paths = [.. Enumerable.Range(0, width).Select(from => Enumerable.Range(0, width).Sum(to => Edge(layer, from, to) * paths[to]))];
        Run.Close(paths, [.. Run.Values([.. gradients]).Select(g => g.Scalar())], 1e-12);
    }

    /// <summary>A2.2, equations 6.52 and 6.53: f′(y)·f′(x)·f′(w) with what was stored computes f three times, f′(f(f(w)))·f′(f(w))·f′(w) anew six times, and both are the
    /// slope of f(f(f(w))).</summary>
    [Fact]
    public void Storing_and_computing_anew_give_the_same_derivative()
    {
        const double W = 0.7, Step = 1e-5;
        Variable w = Wide([W], 1);
        Variable stored = Gradient.Of(Of(Of(Of(w))).Sum(), w);
        Variable anew = -Of(Of(Of(w))) * -Of(Of(w)) * -Of(w);
        Assert.Equal(3, Count(stored));
        Assert.Equal(6, Count(anew));
        Assert.Equal(Run.Number(anew), Run.Number(stored), 1e-15);
        double F(double at) => Math.Exp(-Math.Exp(-Math.Exp(-at)));
        Assert.Equal((F(W + Step) - F(W - Step)) / (2 * Step), Run.Number(stored), 1e-9);

        // f(v) = e⁻ᵛ has the derivative −f(v).
        static Variable Of(Variable v) => Ops.Exp(-v);
        static int Count(Variable result) => TopologicalOrder.Of([result]).Count((Node node) => node.Operation.Name == "Exp");
    }

    /// <summary>A2.4: for a map to one number the products of Jacobians are cheapest from the output on, for a map of one number from the input on.</summary>
    [Fact]
    public void One_output_wants_reverse_order_and_one_input_forward_order()
    {
        int[] narrowing = [1, 20, 30, 40], widening = [40, 30, 20, 1];
        Assert.Equal(Reverse(narrowing), MatrixChain.LeastCost(narrowing));
        Assert.True(Forward(narrowing) > 10 * Reverse(narrowing));
        Assert.Equal(Forward(widening), MatrixChain.LeastCost(widening));
        Assert.True(Reverse(widening) > 10 * Forward(widening));

        // Jacobians stand with the output's on the left: sizes[0] outputs, sizes[^1] inputs.
        static long Reverse(int[] sizes) => Enumerable.Range(1, sizes.Length - 2).Sum(i => (long)sizes[0] * sizes[i] * sizes[i + 1]);
        static long Forward(int[] sizes) => Enumerable.Range(1, sizes.Length - 2).Sum(i => (long)sizes[i - 1] * sizes[i] * sizes[^1]);
    }

    /// <summary>A2.6: conjugate gradients solve an n × n system in at most n products, also with n distinct eigenvalues.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(15)]
    public void Conjugate_gradients_end_after_as_many_steps_as_there_are_unknowns(int n)
    {
        int products = 0;
        double[] Product(double[] v)
        {
            products++;
            return [.. Enumerable.Range(0, n).Select(i => ((2.0 + i) * v[i]) + Enumerable.Range(0, n).Sum(j => Math.Cos(i - j) * v[j]))];
        }

        double[] b = [.. Enumerable.Range(0, n).Select(i => Math.Sin(3.0 * i) + 1)];
        double[] x = ConjugateGradient.Solve(Product, b, 10 * n, 1e-8);
        Assert.InRange(products, 2, n);
        Run.Close(b, Product(x), 1e-8);
    }

    /// <summary>A2.8: a parameter that is used in two places gets the sum of the gradients of two parameters in its places.</summary>
    [Fact]
    public void A_shared_parameter_gets_the_sum_of_the_gradients()
    {
        double[] w = [0.4, -0.3, 0.8, 0.2];
        Variable x = Wide([0.5, -1.2], 1, 2), shared = Wide(w, 2, 2), first = Wide(w, 2, 2), second = Wide(w, 2, 2);
        Variable Net(Variable a, Variable b) => x.MatMul(a).Tanh().MatMul(b).Square().Sum();
        IReadOnlyList<Variable> apart = Gradient.Of(Net(first, second), [first, second]);
        double[] sum = [.. Run.Numbers(apart[0]).Zip(Run.Numbers(apart[1]), (a, b) => a + b)];
        Run.Close(sum, Run.Numbers(Gradient.Of(Net(shared, shared), shared)), 1e-15);
    }

    private static Variable Wide(double[] content, params int[] sizes) => Variable.Of(Value.Of(content, sizes));
}
