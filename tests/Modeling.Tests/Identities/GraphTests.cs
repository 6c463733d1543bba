using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Linear;

namespace Toolkit.Modeling.Tests.Identities;

/// <summary>What the graph of a gradient holds, and what it costs.</summary>
public sealed class GraphTests
{
    /// <summary>A1.10: the products of the book's equations 7.46 and 7.47.</summary>
    [Fact]
    public void The_sparse_parameters_and_the_sparse_code_of_section_7_10_check()
    {
        Variable a = Wide([4, 0, 0, -2, 0, 0, 0, 0, -1, 0, 3, 0, 0, 5, 0, 0, 0, 0, 1, 0, 0, -1, 0, -4, 1, 0, 0, 0, -5, 0], 5, 6);
        Assert.Equal([18, 5, 15, -9, -3], Run.Numbers(a.MatMul(Wide([2, 3, -2, -5, 1, 4], 6, 1))));
        Variable b = Wide([3, -1, 2, -5, 4, 1, 4, 2, -3, -1, 1, 3, -1, 5, 4, 2, -3, -2, 3, 1, 2, -3, 0, -3, -5, 4, -2, 2, -5, -1], 5, 6);
        Assert.Equal([-14, 1, 19, 2, 23], Run.Numbers(b.MatMul(Wide([0, 2, 0, 0, -3, 0], 6, 1))));
    }

    /// <summary>A2.2: a layered graph of width w and depth L has w^L paths, but its gradient grows by L·w².</summary>
    [Fact]
    public void Gradients_visit_each_edge_once()
    {
        int[] counts = [.. new[] { 5, 10, 15 }.Select(depth => Nodes(Chain(depth)).Count)];
        Assert.Equal(counts[1] - counts[0], counts[2] - counts[1]);
        Assert.True(counts[2] < 15 * 9 * 20, $"{counts[2]} nodes");

        static Variable Chain(int depth)
        {
            Variable w = Wide([0.3], 1);
            Variable[] layer = [w, w.Sin(), w.Cos()];
            for (int l = 0; l < depth; l++)
                layer = [.. Enumerable.Range(0, 3).Select(i => ((layer[0] * layer[1]) + (layer[1] * layer[2])).Sin() + (layer[i] * layer[2]))];
            return Gradient.Of((layer[0] + layer[1] + layer[2]).Sum(), w);
        }
    }

    /// <summary>A2.4: the textbook chain of six matrices, and Jacobians in the order of their outputs or inputs.</summary>
    [Fact]
    public void Chains_of_matrices_take_the_cheapest_order()
    {
        Assert.Equal(15_125, MatrixChain.LeastCost(30, 35, 15, 5, 10, 20, 25));
        // One output: from the output on costs Σ dᵢdᵢ₊₁; one input: the same from the other end.
        Assert.Equal((40 * 30) + (30 * 50), MatrixChain.LeastCost(1, 40, 30, 50));
        Assert.Equal((30 * 40) + (50 * 30), MatrixChain.LeastCost(50, 30, 40, 1));
        Variable[] factors = [Tensor(2, 5), Tensor(5, 3), Tensor(3, 4), Tensor(4, 1)];
        Variable plain = factors[0].MatMul(factors[1]).MatMul(factors[2]).MatMul(factors[3]), best = MatrixChain.Multiply(factors);
        Run.Close(Run.Numbers(plain), Run.Numbers(best), 1e-14);
        Assert.Equal(factors[0], best.Producer!.Inputs[0]);
        Assert.Contains("at least two", Assert.Throws<ArgumentException>(() => MatrixChain.LeastCost(3)).Message);
        Assert.Throws<ShapeException>(() => MatrixChain.Multiply(Wide([1], 1), Tensor(2, 2)));

        static Variable Tensor(int rows, int columns) => Wide([.. Enumerable.Range(0, rows * columns).Select(i => Math.Sin(i))], rows, columns);
    }

    /// <summary>A2.5: equation 6.59 agrees with the derivative of the gradient along v, at no more than three times the products of a gradient.</summary>
    [Fact]
    public void Hessian_products_agree_with_forward_over_reverse()
    {
        Variable x = Wide([0.5, -1.2, 0.8, 0.3, 1.5, -0.7], 3, 2), top = Wide([0.5, -1, 0.8], 3, 1);
        Variable w = Wide([0.3, -0.7, 0.5, 0.9, 0.1, -0.4], 2, 3), v = Wide([1, -0.5, 0.2, 0.7, -1.1, 0.4], 2, 3);
        Variable gradient = Gradient.Of((x.MatMul(w).Tanh().MatMul(top) - 0.3).Square().Mean(), w);
        Variable reverse = Gradient.Of((gradient * v).Sum(), w), forward = Gradient.PushForward(gradient, w, v);
        Run.Close(Run.Numbers(forward), Run.Numbers(reverse), 1e-11);
        Assert.True(Products(reverse) <= 3 * Products(gradient), $"{Products(reverse)} products against {Products(gradient)}");

        static int Products(Variable root) => Nodes(root).Count(n => n.Operation.Name == "MatMul");
    }

    private static HashSet<Node> Nodes(Variable root)
    {
        var seen = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<Variable>([root]);
        while (pending.TryPop(out Variable? variable))
        {
            if (variable.Producer is { } node && seen.Add(node))
            {
                foreach (Variable input in node.Inputs)
                    pending.Push(input);
            }
        }

        return seen;
    }

    private static Variable Wide(double[] content, params int[] sizes) => Variable.Of(Value.Of(content, sizes));
}
