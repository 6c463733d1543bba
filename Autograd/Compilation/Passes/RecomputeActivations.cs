using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>
/// Gradients do not keep all values of the computation that they differentiate: of each segment of it (<see cref="Checkpoints"/>) they compute anew what they read, from the values that have passed the cut before. The computation is what the first
/// output needs, which is the loss in a step of training. Everything else runs in the order in which it comes to the segments, from the last to the first. Random numbers are functions of their counters, so the bits are the
/// same.
/// </summary>
internal sealed class RecomputeActivations : RewritingPass
{
    public override string Name => "recompute activations";

    public override bool IsOn(CompilationOptions options) => options.RecomputeActivations;

    public override Signature Apply(Signature signature)
    {
        if (signature.Outputs.Count == 0 || signature.Nodes.Any(node => node.Symbols.Count > 0))
            return signature;
        var forward = new HashSet<Node>(TopologicalOrder.Of([signature.Outputs[0].Variable]), ReferenceEqualityComparer.Instance);
        Node[] first = [.. signature.Nodes.Where(forward.Contains)], second = [.. signature.Nodes.Where(node => !forward.Contains(node))];
        var read = new HashSet<Variable>(second.SelectMany(node => node.Inputs), ReferenceEqualityComparer.Instance);
        var checkpoints = new Checkpoints(first, read);
        return checkpoints.Segments == 1 ? signature : new Rewriter(signature, first, second, read, checkpoints).Rewritten();
    }

    private sealed class Rewriter(Signature signature, Node[] first, Node[] second, HashSet<Variable> read, Checkpoints checkpoints)
    {
        // What the second part reads in the place of a variable of either part.
        private readonly Dictionary<Variable, Variable> replaced = new(ReferenceEqualityComparer.Instance);

        public Signature Rewritten()
        {
            int[] stages = Stages();
            var order = new List<Node>(first);
            for (int segment = checkpoints.Segments - 1; segment >= 0; segment--)
            {
                Node[] computed = [.. first.Where((_, i) => checkpoints.SegmentOf(i) == segment)];
                order.AddRange(Needed(computed).Select(Copy));
                order.AddRange(second.Where((_, i) => stages[i] == segment).Select(Copy));
            }

            return signature.InOrder(order, Replaced);
        }

        /// <summary>For each node of the second part the earliest segment on which it depends; for one that depends on none that of its first reader.</summary>
        private int[] Stages()
        {
            int none = checkpoints.Segments;
            var stages = new int[second.Length];
            var stageOf = new Dictionary<Variable, int>(ReferenceEqualityComparer.Instance);
            for (int i = 0; i < second.Length; i++)
            {
                stages[i] = second[i].Inputs.Select(input => checkpoints.SegmentOf(input) ?? stageOf.GetValueOrDefault(input, none)).DefaultIfEmpty(none).Min();
                foreach (Variable output in second[i].Outputs)
                    stageOf[output] = stages[i];
            }

            var firstReader = new Dictionary<Variable, int>(ReferenceEqualityComparer.Instance);
            for (int i = second.Length - 1; i >= 0; i--)
            {
                if (stages[i] == none)
                    stages[i] = second[i].Outputs.Select(output => firstReader.GetValueOrDefault(output, 0)).Max();
                foreach (Variable input in second[i].Inputs)
                    firstReader[input] = Math.Max(firstReader.GetValueOrDefault(input, 0), stages[i]);
            }

            return stages;
        }

        /// <summary>The nodes of a segment that have to run again.</summary>
        private Stack<Node> Needed(Node[] segment)
        {
            var wanted = new HashSet<Variable>(read, ReferenceEqualityComparer.Instance);
            var needed = new Stack<Node>();
            foreach (Node node in segment.Reverse())
            {
                if (node.Outputs.Any(output => wanted.Contains(output) && output.Content is null && !checkpoints.IsKept(output)))
                {
                    needed.Push(node);
                    wanted.UnionWith(node.Inputs);
                }
            }

            return needed;
        }

        /// <summary>The node over what takes the place of its inputs. What is kept stays, although its node may run again for another result.</summary>
        private Node Copy(Node node)
        {
            var copy = new Node(node.Operation, node.Inputs.Map(Replaced)) { Origin = node.Origin };
            foreach ((Variable old, Variable result) in node.Outputs.Zip(copy.Outputs))
            {
                if (checkpoints.SegmentOf(old) is null || !checkpoints.IsKept(old))
                    replaced[old] = result;
            }

            return copy;
        }

        private Variable Replaced(Variable variable) => replaced.GetValueOrDefault(variable, variable);
    }
}
