using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>
/// Where a computation is cut into segments of which only the values that pass a cut are kept: so that those and the values of the largest segment together take little memory. For n equal layers there are about √n
/// segments. Source: Griewank 1992; Chen, Xu, Zhang, Guestrin, "Training deep nets with sublinear memory cost", 2016.
/// </summary>
internal sealed class Checkpoints
{
    // What is compared is memory per example, mostly; for sizes beside those that are known any number of the size of a batch will do.
    private const int GuessedSize = 64;

    private readonly IReadOnlyList<Node> nodes;
    private readonly Dictionary<Variable, int> producers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Variable, int> lastReaders = new(ReferenceEqualityComparer.Instance);
    private readonly double[] saved;
    private readonly double[] crossing;
    private readonly int[] cuts;

    /// <summary>Cuts a computation.</summary>
    /// <param name="nodes">Its nodes in the order in which they run.</param>
    /// <param name="read">The results that are read after it has run.</param>
    public Checkpoints(IReadOnlyList<Node> nodes, IReadOnlySet<Variable> read)
    {
        this.nodes = nodes;
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (Variable input in nodes[i].Inputs)
                lastReaders[input] = i;
            foreach (Variable output in nodes[i].Outputs)
                producers[output] = i;
        }

        // The bytes of the results of each node that are read later, and those that pass from before a node to it and the nodes behind.
        saved = new double[nodes.Count];
        crossing = new double[nodes.Count + 1];
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (Variable output in nodes[i].Outputs)
            {
                saved[i] += read.Contains(output) ? Bytes(output) : 0;
                for (int p = i + 1; p <= lastReaders.GetValueOrDefault(output, -1); p++)
                    crossing[p] += Bytes(output);
            }
        }

        double total = saved.Sum();
        cuts = [];
        double least = total;
        for (int segments = 2; segments <= nodes.Count && segments * segments <= 4 * nodes.Count; segments++)
        {
            int[] candidate = [.. CutsFor(total / segments)];
            double peak = candidate.Sum(p => crossing[p]) + LargestSegment(candidate);
            if (peak < least)
                (cuts, least) = (candidate, peak);
        }
    }

    /// <summary>The number of segments; 1 if cutting saves nothing.</summary>
    public int Segments => cuts.Length + 1;

    /// <summary>The segment to which a node belongs.</summary>
    public int SegmentOf(int node) => cuts.Count(cut => cut <= node);

    /// <summary>The segment in which a variable is computed; null for one that comes from outside.</summary>
    public int? SegmentOf(Variable variable) => producers.TryGetValue(variable, out int node) ? SegmentOf(node) : null;

    /// <summary>Whether a value is kept: it passes a cut, or is computed in the last segment, after which nothing has to give way.</summary>
    public bool IsKept(Variable variable) => SegmentOf(variable) is not { } segment || segment == Segments - 1
        || (lastReaders.TryGetValue(variable, out int last) && SegmentOf(last) > segment);

    private double LargestSegment(int[] at)
    {
        int[] ends = [0, .. at, nodes.Count];
        return Enumerable.Range(0, ends.Length - 1).Max(s => saved.AsSpan(ends[s]..ends[s + 1]).ToArray().Sum());
    }

    /// <summary>A cut each time about so many bytes have come together, between half of that and all of it where the fewest bytes pass.</summary>
    private IEnumerable<int> CutsFor(double bytes)
    {
        double gathered = 0;
        int best = -1;
        for (int p = 1; p < nodes.Count; p++)
        {
            gathered += saved[p - 1];
            if (gathered < bytes / 2)
                continue;
            if (best < 0 || crossing[p] <= crossing[best])
                best = p;
            if (gathered >= bytes)
            {
                yield return best;
                gathered = saved.AsSpan(best..p).ToArray().Sum();
                best = -1;
            }
        }
    }

    private static double Bytes(Variable variable) => variable.Content is not null || variable.Producer!.Operation is IView
        ? 0
        : variable.Shape.Aggregate(ElementType.Of(variable.DType).Bits / 8.0, (product, dim) => product * (dim.IsStatic ? dim.Number : GuessedSize));
}
