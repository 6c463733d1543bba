using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>A part of a computation that is cut at some nodes, which run between the parts.</summary>
/// <param name="Signature">What it computes: <paramref name="Results"/>, or the outputs and updates of the whole computation if it is the last.</param>
/// <param name="Sources">For each input the variable of the whole computation, the inputs of which come first.</param>
/// <param name="Results">For each output the variable of the whole computation; none for the last segment.</param>
/// <param name="After">The nodes that run after it. They read what it or a segment before has computed, or a leaf.</param>
/// <param name="Read">The variables of the whole computation that anybody reads; empty where it is not cut.</param>
/// <param name="Done">The variables of the whole computation that nobody reads after it.</param>
public sealed record Segment(
    Signature Signature, IReadOnlyList<Variable> Sources, IReadOnlyList<Variable> Results, IReadOnlyList<Node> After, IReadOnlySet<Variable> Read, IReadOnlyList<Variable> Done)
{
    /// <summary>Cuts a computation before the first readers of some nodes. Outputs and updates belong to the last segment. What does not have to wait is computed where it is read first, so
    /// that less is carried from one segment to the next.</summary>
    /// <param name="signature">The computation.</param>
    /// <param name="isBetween">Whether a node runs between segments.</param>
    /// <returns>The segments in the order in which they run; one with the whole computation if it has no such node.</returns>
    public static IReadOnlyList<Segment> Cut(Signature signature, Func<Node, bool> isBetween) => signature.Nodes.Any(isBetween)
        ? new Cutter(signature, isBetween).Cut()
        : [new Segment(signature, signature.Inputs, [], [], new HashSet<Variable>(), [])];

    /// <summary>Cuts a computation where sizes become known: before the first reader of a result whose size depends on data.</summary>
    /// <param name="signature">The computation.</param>
    internal static IReadOnlyList<Segment> Cut(Signature signature) => Cut(signature, BindsSizes);

    private static bool BindsSizes(Node node) => node.Symbols.Count > 0;

    private sealed class Cutter
    {
        private readonly Signature signature;
        private readonly Func<Node, bool> isBetween;
        private readonly string prefix = "value ";

        // The first segment in which a variable can be read, and a symbol has a value.
        private readonly Dictionary<Variable, int> known = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<Symbol, int> bound = [];
        private readonly Dictionary<Node, int> segmentOf = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<Variable, int> lastReader = new(ReferenceEqualityComparer.Instance);
        private readonly List<HashSet<Variable>> read = [];
        private readonly List<Variable> sized = [];
        private readonly HashSet<Variable> wanted;

        public Cutter(Signature signature, Func<Node, bool> isBetween)
        {
            (this.signature, this.isBetween) = (signature, isBetween);
            wanted = new HashSet<Variable>(
                signature.Nodes.SelectMany(n => n.Inputs).Concat(Roots),
                ReferenceEqualityComparer.Instance);
            while (signature.Inputs.Select(i => i.Name!).Concat(signature.Outputs.Select(o => o.Name)).Any(n => n.StartsWith(prefix, StringComparison.Ordinal)))
            {
                prefix = '_' + prefix;
            }
        }

        public IReadOnlyList<Segment> Cut()
        {
            foreach (Node node in signature.Nodes)
            {
                int at = FirstSegment(node), ready = isBetween(node) ? at + 1 : at;
                segmentOf[node] = at;
                foreach (Variable output in node.Outputs)
                {
                    known[output] = ready;
                }

                foreach (Symbol symbol in node.Symbols)
                {
                    bound[symbol] = ready;
                }

                sized.AddRange(BindsSizes(node) ? node.Outputs.Where(wanted.Contains) : []);
            }

            int last = known.Values.Max();
            Delay(last);
            foreach (Node node in signature.Nodes)
            {
                foreach (Variable input in node.Inputs)
                {
                    Read(input, segmentOf[node]);
                }
            }

            foreach (Variable root in Roots)
            {
                Read(root, last);
            }

            // The sizes of these bind symbols, so every segment after them reads them.
            foreach (Variable variable in sized)
            {
                for (int at = known[variable]; at <= last; at++)
                {
                    Read(variable, at);
                }
            }

            return [.. Enumerable.Range(0, last + 1).Select(at => Make(at, last))];
        }

        private IEnumerable<Variable> Roots => signature.Outputs.Select(o => o.Variable).Concat(signature.Updates.Select(u => u.NewValue));

        /// <summary>Moves nodes to the segment in which a result of theirs is read first.</summary>
        private void Delay(int last)
        {
            var due = new Dictionary<Variable, int>(ReferenceEqualityComparer.Instance);
            foreach (Node node in signature.Nodes.Reverse())
            {
                // Those that run between segments, and those that the sizes of others depend on, stay.
                if (!isBetween(node) && !BindsSizes(node))
                    segmentOf[node] = node.Outputs.Min(output => due.GetValueOrDefault(output, last));
                foreach (Variable input in node.Inputs)
                    due[input] = Math.Min(due.GetValueOrDefault(input, last), segmentOf[node]);
            }
        }

        private int FirstSegment(Node node)
        {
            IEnumerable<Symbol> symbols = node.Outputs.SelectMany(o => o.Shape).SelectMany(d => d.Symbols);
            return node.Inputs.Select(i => known.GetValueOrDefault(i)).Concat(symbols.Select(s => bound.GetValueOrDefault(s))).DefaultIfEmpty().Max();
        }

        private void Read(Variable variable, int at)
        {
            while (read.Count <= at)
            {
                read.Add(new HashSet<Variable>(ReferenceEqualityComparer.Instance));
            }

            read[at].Add(variable);
            lastReader[variable] = Math.Max(lastReader.GetValueOrDefault(variable), at);
        }

        private Segment Make(int at, int last)
        {
            Node[] nodes = [.. signature.Nodes.Where(n => segmentOf[n] == at)], after = [.. nodes.Where(isBetween)];
            var own = new HashSet<Variable>(nodes.Except(after).SelectMany(n => n.Outputs), ReferenceEqualityComparer.Instance);
            Variable[] earlier = [.. read[at].Where(v => v.Producer is not null && !own.Contains(v))];
            var inputs = new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance);
            for (int i = 0; i < earlier.Length; i++)
            {
                inputs[earlier[i]] = Variable.Placeholder(earlier[i].Type, earlier[i].Content, $"{prefix}{i}");
            }

            var substitution = new Substitution(inputs);
            Variable[] results = at == last ? [] : [.. own.Where(o => lastReader.GetValueOrDefault(o) > at || after.Any(n => n.Inputs.Contains(o)))];
            Output[] outputs = at == last
                ? [.. signature.Outputs.Select(o => o with { Variable = substitution.Map(o.Variable) })]
                : [.. results.Select((r, i) => new Output($"{prefix}{earlier.Length + i}", substitution.Map(r)))];
            Update[] updates = at == last ? [.. signature.Updates.Select(u => u with { NewValue = substitution.Map(u.NewValue) })] : [];
            return new Segment(
                new Signature([.. signature.Inputs, .. earlier.Select(e => inputs[e])], outputs, updates, signature.Name),
                [.. signature.Inputs, .. earlier],
                results,
                after,
                wanted,
                [.. lastReader.Where(l => l.Value == at && l.Key.Producer is not null).Select(l => l.Key)]);
        }
    }
}
