using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Features;

/// <summary>How a node of a tree compares the feature of an example with its number; the names are those of the standard, the numbers those of version 5.</summary>
internal enum TreeComparison
{
    /// <summary>x ≤ number.</summary>
    LEQ,

    /// <summary>x &lt; number.</summary>
    LT,

    /// <summary>x ≥ number.</summary>
    GTE,

    /// <summary>x &gt; number.</summary>
    GT,

    /// <summary>x = number.</summary>
    EQ,

    /// <summary>x ≠ number.</summary>
    NEQ,
}

/// <summary>
/// Decision trees as a table of nodes. All examples go down all trees at once: in each of as many steps as the trees are deep, the number of the node at which an example stands is replaced by that of its
/// child; a leaf is its own child. So trees are a few operations on whole tensors, which every runtime has (Nakandala et al. 2020, "A Tensor Compiler for Unified Machine Learning Prediction Serving").
/// </summary>
internal sealed class Forest
{
    // What a small file could blow up to.
    private const long MostWeights = 1 << 24;
    private const int DeepestTree = 4096;

    private readonly List<(TreeComparison Comparison, int Feature, double Number, bool TakesMissing, int True, int False)> nodes = [];

    /// <summary>The number of nodes.</summary>
    public int Count => nodes.Count;

    /// <summary>The first node of each tree.</summary>
    public List<int> Roots { get; } = [];

    /// <summary>Adds a leaf.</summary>
    public void AddLeaf() => nodes.Add((TreeComparison.LEQ, 0, 0, false, nodes.Count, nodes.Count));

    /// <summary>Adds a node with two children, which may come later.</summary>
    public void Add(TreeComparison comparison, int feature, double number, bool takesMissing, int whereTrue, int whereFalse) =>
        nodes.Add((comparison, feature, number, takesMissing, whereTrue, whereFalse));

    /// <summary>What the leaves at which an example ends say of each target, taken together.</summary>
    /// <param name="x">[batch, features].</param>
    /// <param name="leaves">What leaves say: node, target and weight.</param>
    /// <param name="targets">The number of targets.</param>
    /// <param name="aggregate">SUM, AVERAGE over the trees, MIN or MAX.</param>
    /// <returns>[batch, targets], in float64 if x is, otherwise in float32.</returns>
    public Variable Sums(Variable x, IEnumerable<(int Node, long Target, double Weight)> leaves, int targets, string aggregate)
    {
        DType type = x.DType == DType.Float64 ? DType.Float64 : DType.Float32;
        Variable reached = Reached(Ops.Cast(x, type));
        double absent = aggregate switch
        {
            "SUM" or "AVERAGE" => 0,
            "MIN" => double.PositiveInfinity,
            "MAX" => double.NegativeInfinity,
            var other => throw new GraphException($"Expected the aggregate SUM, AVERAGE, MIN or MAX, found {other}."),
        };
        int[] row = new int[nodes.Count];
        (int Node, long Target, double Weight)[] given = [.. leaves];
        int rows = 1;
        foreach (int node in given.Select(leaf => leaf.Node).Distinct())
            row[node] = rows++;
        if (targets < 1 || (long)rows * targets > MostWeights)
            throw new GraphException($"Expected up to {MostWeights} numbers for {rows - 1} leaves and {targets} targets, found more or none.");
        Value weights = Value.Full(absent, type, rows, targets);
        foreach ((int node, long target, double weight) in given)
        {
            if (target < 0 || target >= targets)
                throw new GraphException($"Expected targets from 0 to {targets - 1}, found {target}.");
            int at = (row[node] * targets) + (int)target;
            weights[at] = absent == 0 ? weights[at] + weight : weight;
        }

        Variable said = Ops.Gather(Variable.Of(weights), Ops.Gather(Numbers(row), reached));
        if (aggregate is "SUM" or "AVERAGE")
        {
            Variable sum = Ops.Sum(said, [1]);
            return aggregate == "SUM" ? sum : sum * (1.0 / Roots.Count);
        }

        Variable extreme = aggregate == "MIN" ? Ops.ReduceMin(said, [1]) : Ops.ReduceMax(said, [1]);
        return Ops.Where(Ops.Equal(extreme, Variable.Scalar(absent, type)), 0, extreme);
    }

    /// <summary>The leaf at which each example ends in each tree, int64 [batch, trees].</summary>
    private Variable Reached(Variable x)
    {
        if (x.Shape.Rank != 2 || Roots.Count == 0)
            throw new ShapeException($"Expected [batch, features] and at least one tree, found {x.Type} and {Roots.Count}.");
        int features = nodes.Max(node => node.Feature) + 1;
        if (nodes.Any(node => node.Feature < 0) || (x.Shape[1].IsStatic && x.Shape[1].Size < features))
            throw new ShapeException($"Expected {features} features, as the trees read them, found {x.Type}.");
        Variable place = Ops.Expand(Ops.Reshape(Numbers([.. Roots]), [1, Roots.Count]), [x.Shape[0], Roots.Count], x);
        Variable feature = Numbers([.. nodes.Select(node => node.Feature)]), number = Variable.Of(Of(x.DType, [.. nodes.Select(node => node.Number)]));
        Variable whereTrue = Numbers([.. nodes.Select(node => node.True)]), whereFalse = Numbers([.. nodes.Select(node => node.False)]);
        Variable takesMissing = Variable.Of(Value.Of([.. nodes.Select(node => node.TakesMissing)], nodes.Count));
        TreeComparison[] comparisons = [.. nodes.Where((_, i) => !IsLeaf(i)).Select(node => node.Comparison).Distinct().Order()];
        Variable comparison = Numbers([.. nodes.Select(node => (int)node.Comparison)]);
        bool anyMissing = nodes.Any(node => node.TakesMissing);
        for (int step = Depth(); step > 0; step--)
        {
            Variable seen = new GatherElements(1).Apply(x, Ops.Gather(feature, place)), against = Ops.Gather(number, place);
            Variable holds = comparisons.Select(kind => Compared(kind, seen, against)).Aggregate((before, next) => before);
            if (comparisons.Length > 1)
            {
                Variable kinds = Ops.Gather(comparison, place);
                holds = comparisons.Skip(1).Aggregate(holds, (before, kind) => Ops.Where(Ops.Equal(kinds, Variable.Scalar((int)kind, DType.Int64)), Compared(kind, seen, against), before));
            }

            if (anyMissing)
                holds = new Or().Apply(holds, new And().Apply(new IsNaN().Apply(seen), Ops.Gather(takesMissing, place)));
            place = Ops.Where(holds, Ops.Gather(whereTrue, place), Ops.Gather(whereFalse, place));
        }

        return place;
    }

    private bool IsLeaf(int node) => nodes[node].True == node && nodes[node].False == node;

    /// <summary>The number of steps after which every example is at a leaf.</summary>
    private int Depth()
    {
        int[] front = [.. Roots];
        for (int depth = 0; depth <= Math.Min(nodes.Count, DeepestTree); depth++)
        {
            if (front.Any(node => node < 0 || node >= nodes.Count))
                throw new GraphException($"Expected trees whose children are nodes from 0 to {nodes.Count - 1}, found another.");
            front = [.. front.Where(node => !IsLeaf(node)).SelectMany(node => new[] { nodes[node].True, nodes[node].False }).Distinct()];
            if (front.Length == 0)
                return depth;
        }

        throw new GraphException($"Expected trees in which every path ends at a leaf after at most {DeepestTree} nodes, found a path that goes round or on.");
    }

    private static Variable Compared(TreeComparison comparison, Variable x, Variable number) => comparison switch
    {
        TreeComparison.LEQ => new LessOrEqual().Apply(x, number),
        TreeComparison.LT => Ops.Less(x, number),
        TreeComparison.GTE => Ops.GreaterOrEqual(x, number),
        TreeComparison.GT => Ops.Greater(x, number),
        TreeComparison.EQ => Ops.Equal(x, number),
        _ => new Not().Apply(Ops.Equal(x, number)),
    };

    private static Variable Numbers(int[] numbers) => Ops.Integers([.. numbers.Select(number => (long)number)]);

    private static Value Of(DType type, double[] numbers)
    {
        Value value = Value.Zeros(type, numbers.Length);
        for (int i = 0; i < numbers.Length; i++)
            value[i] = numbers[i];
        return value;
    }
}
