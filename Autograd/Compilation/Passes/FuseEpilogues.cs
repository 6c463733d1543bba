using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>
/// Finds products whose bias and rectifier can be applied to each result while it is in a register, and sums of two products that can be added up where they lie:
/// a pass over memory less for each. Only where nothing else takes the result in between. Products of half types are rounded before anything is added; a rectifier changes nothing of that.
/// </summary>
internal sealed class FuseEpilogues
{
    private readonly Dictionary<Variable, int> uses = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, KernelGroup> products = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, Group> found = new(ReferenceEqualityComparer.Instance);

    private FuseEpilogues(IReadOnlyList<Node> nodes, IEnumerable<Variable> roots)
    {
        foreach (Variable variable in nodes.SelectMany(n => n.Inputs).Concat(roots))
        {
            uses[variable] = uses.GetValueOrDefault(variable) + 1;
        }
    }

    /// <summary>The groups, by their last node.</summary>
    /// <param name="nodes">The nodes to compute, in topological order.</param>
    /// <param name="roots">The outputs and the new values of parameters.</param>
    public static IReadOnlyDictionary<Node, Group> Find(IReadOnlyList<Node> nodes, IEnumerable<Variable> roots)
    {
        var pass = new FuseEpilogues(nodes, roots);
        foreach (Node node in nodes)
        {
            pass.Visit(node);
        }

        return pass.found;
    }

    private void Visit(Node node)
    {
        switch (node.Operation)
        {
            case IProduct product when product.TakesEpilogue(node.Inputs):
                products[node] = new KernelGroup(node);
                break;
            case Add:
                Keep(WithBias(node, 0, 1) ?? WithBias(node, 1, 0));
                if (!found.ContainsKey(node) && SumOf(node) is { } sum)
                {
                    found[node] = sum;
                }

                break;
            case Relu when ProductBehind(node.Inputs[0]) is { Epilogue.Relu: false } group:
                Keep(new KernelGroup([.. group.Nodes, node], group.Inputs, group.Epilogue with { Relu = true }));
                break;
            default:
                break;
        }
    }

    /// <summary>A group takes the place of the one that it grew from.</summary>
    private void Keep(KernelGroup? group)
    {
        if (group is not null)
        {
            found.Remove(group.Nodes[^2]);
            products[group.Sink] = group;
            found[group.Sink] = group;
        }
    }

    private KernelGroup? WithBias(Node node, int product, int bias)
    {
        Variable result = node.Inputs[product], addend = node.Inputs[bias];
        return ProductBehind(result) is { Nodes.Count: 1, Epilogue.Bias: < 0 } group
            && result.Type == node.Outputs[0].Type
            && !result.DType.IsHalf()
            && IsBias((IProduct)group.Sink.Operation, result.Shape, addend.Shape)
                ? new KernelGroup([group.Sink, node], new Arguments([.. group.Inputs, addend]), new Epilogue(group.Inputs.Length, Relu: false))
                : null;
    }

    private ProductSumGroup? SumOf(Node node) =>
        node.Inputs[0] != node.Inputs[1]
        && !node.Outputs[0].DType.IsHalf()
        && node.Inputs[0].Type == node.Inputs[1].Type
        && ProductBehind(node.Inputs[0]) is { Nodes: [{ Operation: Gemm, Inputs.Length: 2 } left] }
        && ProductBehind(node.Inputs[1]) is { Nodes: [{ Operation: Gemm, Inputs.Length: 2 } right] }
            ? new ProductSumGroup(left, right, node)
            : null;

    /// <summary>The product that computes a variable for one taker alone.</summary>
    private KernelGroup? ProductBehind(Variable variable) =>
        variable.Producer is { } producer && uses[variable] == 1 ? products.GetValueOrDefault(producer) : null;

    /// <summary>Whether what is added to a product's result by broadcasting is one number per column or per channel.</summary>
    private static bool IsBias(IProduct product, Shape result, Shape bias)
    {
        int axis = product.BiasAxis(result.Rank);
        for (int i = 1; i <= bias.Rank; i++)
        {
            if (bias[^i] != (i == axis ? result[^axis] : 1))
            {
                return false;
            }
        }

        return bias.Rank >= axis && bias.Rank <= result.Rank;
    }
}
