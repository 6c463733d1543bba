using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Lowering;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>
/// Finds products whose bias and rectifier can be applied to each result while it is in a register, and sums of two products that can be added up where they lie:
/// a pass over memory less for each. Only where nothing else takes the result in between. Products of half types are rounded once, at the end.
/// </summary>
internal sealed class FuseEpilogues : GroupingPass
{
    public override string Name => "fuse epilogues";

    public override bool IsOn(CompilationOptions options) => options.FuseEpilogues;

    public override IReadOnlyList<Group> Apply(IReadOnlyList<Group> groups, IReadOnlyList<Variable> roots)
    {
        IReadOnlyDictionary<Node, Group> found = new Search(groups, roots).Found;
        var taken = new HashSet<Node>(found.Values.SelectMany(group => group.Nodes), ReferenceEqualityComparer.Instance);
        return [.. groups.Select(group => found.GetValueOrDefault(group.Sink, group)).Where(group => found.ContainsKey(group.Sink) || !taken.Contains(group.Sink))];
    }

    private sealed class Search
    {
        private readonly Dictionary<Variable, int> uses = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<Node, KernelGroup> products = new(ReferenceEqualityComparer.Instance);

        public Search(IReadOnlyList<Group> groups, IReadOnlyList<Variable> roots)
        {
            Node[] nodes = [.. groups.SelectMany(group => group.Nodes)];
            foreach (Variable variable in nodes.SelectMany(n => n.Inputs).Concat(roots))
            {
                uses[variable] = uses.GetValueOrDefault(variable) + 1;
            }

            foreach (Node node in nodes)
            {
                Visit(node);
            }
        }

        /// <summary>The groups, by their last node.</summary>
        public Dictionary<Node, Group> Found { get; } = new(ReferenceEqualityComparer.Instance);

        private void Visit(Node node)
        {
            switch (node.Operation)
            {
                case IProduct product when product.TakesEpilogue(node.Inputs):
                    products[node] = new KernelGroup(node);
                    break;
                case Add:
                    Keep(WithBias(node, node));
                    if (!Found.ContainsKey(node) && SumOf(node) is { } sum)
                    {
                        Found[node] = sum;
                    }

                    break;
                case Relu:
                    Keep(Rectified(node, node));
                    break;

                // What is done to halves is done to float32 numbers between two casts.
                case Cast when node.Outputs[0].DType.IsHalf() && node.Inputs[0].Producer is { } wide && uses[node.Inputs[0]] == 1:
                    Keep(wide.Operation switch
                    {
                        Add => WithBias(wide, node),
                        Relu => Rectified(wide, node),
                        _ => null,
                    });
                    break;
                default:
                    break;
            }
        }

        /// <summary>A group takes the place of the one that it grew from.</summary>
        private void Keep((KernelGroup Before, KernelGroup Group)? grown)
        {
            if (grown is ({ } before, { } group))
            {
                Found.Remove(before.Sink);
                products[group.Sink] = group;
                Found[group.Sink] = group;
            }
        }

        private (KernelGroup Before, KernelGroup Group)? Rectified(Node relu, Node sink) =>
            Stored(relu, 0, sink) is var (result, casts) && ProductBehind(result) is { Epilogue.Relu: false } group
                ? (group, new KernelGroup([.. group.Nodes, .. casts, .. Through(relu, sink)], group.Inputs, group.Epilogue with { Relu = true }))
                : null;

        private (KernelGroup Before, KernelGroup Group)? WithBias(Node add, Node sink) => WithBias(add, sink, 0, 1) ?? WithBias(add, sink, 1, 0);

        private (KernelGroup Before, KernelGroup Group)? WithBias(Node add, Node sink, int product, int bias) =>
            Stored(add, product, sink) is var (result, casts)
            && Stored(add, bias, sink) is var (addend, biasCasts)
            && ProductBehind(result) is { Nodes.Count: 1, Epilogue.Bias: < 0 } group
            && result.Type == sink.Outputs[0].Type
            && IsBias((IProduct)group.Sink.Operation, result.Shape, addend.Shape)
                ? (group, new KernelGroup(
                    [group.Sink, .. casts, .. biasCasts, .. Through(add, sink)], new Arguments([.. group.Inputs, addend]), new Epilogue(group.Inputs.Length, Relu: false)))
                : null;

        /// <summary>What a node takes as it is stored, and the cast before the node that nothing else takes; null where halves are widened for others, too.</summary>
        private (Variable Stored, Node[] Casts)? Stored(Node node, int input, Node sink)
        {
            Variable given = node.Inputs[input];
            if (node == sink)
                return (given, []);
            return OnHalves.HalvesBehind(given) is { } halves && uses[given] == 1 ? (halves, [given.Producer!]) : null;
        }

        private static Node[] Through(Node node, Node sink) => node == sink ? [node] : [node, sink];

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
}
