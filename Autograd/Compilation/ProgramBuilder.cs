using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>Makes a program of a rewritten signature: groups, their order, places, lifetimes, steps.</summary>
internal sealed class ProgramBuilder
{
    private readonly Signature signature;
    private readonly CompilationOptions options;
    private readonly Limits limits;
    private readonly HashSet<Variable> read = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Variable> early = new(ReferenceEqualityComparer.Instance);
    private readonly List<EarlyNode> earlyNodes = [];
    private readonly IReadOnlyList<Group> groups;
    private readonly InPlaceUpdates inPlace;
    private readonly Dictionary<Variable, int> inputs = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Variable, int> buffersOf = new(ReferenceEqualityComparer.Instance);
    private readonly List<Buffer> buffers = [];
    private readonly Dictionary<Variable, int> placesOf = new(ReferenceEqualityComparer.Instance);
    private readonly List<Place> places = [];
    private readonly Dictionary<Shape, int> shapesOf = [];
    private readonly List<ProgramStep> steps = [];
    private readonly VectorLoops loops = new();

    private ProgramBuilder(Signature signature, CompilationOptions options, Limits limits)
    {
        this.limits = limits;
        this.signature = signature;
        this.options = options;
        for (int i = 0; i < signature.Inputs.Count; i++)
        {
            inputs[signature.Inputs[i]] = i;
            PlaceOf(signature.Inputs[i]);
        }

        Variable[] roots = [.. signature.Outputs.Select(o => o.Variable), .. signature.Updates.Select(u => u.NewValue)];
        List<Node> nodes = NodesToRun(roots);
        read.UnionWith(nodes.SelectMany(n => n.Inputs).Concat(roots));
        inPlace = new InPlaceUpdates(signature, Grouping.Of(nodes, roots, options), options.UpdateInPlace);
        groups = inPlace.Ordered;
    }

    /// <summary>Makes a program.</summary>
    /// <param name="signature">The computation, rewritten.</param>
    /// <param name="options">The switches.</param>
    /// <param name="limits">What one run may take.</param>
    public static Program Build(Signature signature, CompilationOptions options, Limits limits) => new ProgramBuilder(signature, options, limits).Build();

    private Program Build()
    {
        PlaceBuffers();
        Commit[] commits = [.. CommitsOf()];
        foreach (Group group in groups.Where(g => !IsView(g)))
        {
            steps.Add(group switch
            {
                ElementwiseGroup chain => Chain(chain),
                KernelGroup kernel => Single(kernel),
                ProductSumGroup sum => Sum(sum),
                _ => throw new GraphException($"Expected a group of a known kind, found {group.Name}."),
            });
        }

        int[] outputs = [.. signature.Outputs.Select(o => PlaceOf(o.Variable))];
        return new Program
        {
            Signature = signature,
            Shapes = [.. shapesOf.OrderBy(s => s.Value).Select(s => s.Key)],
            Places = [.. places],
            Early = [.. earlyNodes],
            Steps = [.. steps],
            SharedKernels = new Kernel?[steps.Count],
            FirstInPlace = steps.FindIndex(step => step.Outputs.Any(place => place >= 0 && places[place].Kind == PlaceKind.Fixed)) is var at and >= 0 ? at : steps.Count,
            Buffers = [.. buffers],
            InputArguments = [.. steps.SelectMany((step, at) => step.Inputs.Select((place, index) => new InputArgument(at, index, place))).Where(a => IsInput(a.Input))],
            Outputs = outputs,
            DirectOutputs = [.. DirectOutputsOf(outputs, commits)],
            FixedValues = [.. places.Select(place => place.Value).OfType<Value>().Concat(commits.Select(commit => commit.Parameter.Value)).Distinct()],
            Commits = commits,
            Limits = limits,
            ReuseMemory = options.ReuseMemory,
        };
    }

    private IEnumerable<DirectOutput> DirectOutputsOf(int[] outputs, Commit[] commits)
    {
        var shared = new HashSet<int>(places.Where(place => place.Kind == PlaceKind.View).Select(place => place.Source).Concat(commits.Select(commit => commit.NewValue)));
        for (int i = 0; i < outputs.Length; i++)
        {
            int place = outputs[i];
            if (places[place].Kind == PlaceKind.Buffer && !shared.Contains(place) && outputs.Count(other => other == place) == 1)
                yield return new DirectOutput(i, place, Uses(place, step => step.Outputs).Single(), [.. Uses(place, step => step.Inputs)]);
        }
    }

    private IEnumerable<(int Step, int Index)> Uses(int place, Func<ProgramStep, int[]> named) =>
        steps.SelectMany((step, at) => named(step).Select((other, index) => (Other: other, Use: (at, index)))).Where(use => use.Other == place).Select(use => use.Use);

    private bool IsInput(int place) => place >= 0 && places[place].Kind == PlaceKind.Input;

    /// <summary>The nodes that are left to run when those that follow from the sizes are computed beforehand, such as the 1/m of a mean over the batch.</summary>
    private List<Node> NodesToRun(IEnumerable<Variable> roots)
    {
        var nodes = new List<Node>();
        foreach (Node node in signature.Nodes)
        {
            if (IsEarly(node))
            {
                early.UnionWith(node.Outputs);
                earlyNodes.Add(new EarlyNode(node, HasContents(node) ? [] : node.Inputs.ByPosition(i => i is null ? -1 : PlaceOf(i)), [.. node.Outputs.Select(PlaceOf)]));
            }
            else
            {
                nodes.Add(node);
            }
        }

        // What only those needed is not needed any more.
        var needed = new HashSet<Variable>(roots, ReferenceEqualityComparer.Instance);
        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            if (nodes[i].Outputs.Any(needed.Contains))
            {
                needed.UnionWith(nodes[i].Inputs);
            }
        }

        nodes.RemoveAll(node => !node.Outputs.Any(needed.Contains));
        return nodes;
    }

    private bool IsEarly(Node node) => options.FoldConstants
        && (HasContents(node)
            || (node.Inputs.Length > 0
                && node.Operation is not IHasBodies
                && node.Inputs.All(i => i.Constant is not null || early.Contains(i))
                && node.Outputs.All(o => IsSmall(o.Shape))));

    /// <summary>Whether a value may be kept with each plan: a few numbers, or one for each example of a batch.</summary>
    private static bool IsSmall(Shape shape) => shape.IsStatic
        ? Value.CountOf(shape.ToSizes()) <= Passes.FoldConstants.LargestCount
        : shape.Where(dim => dim != 1).Take(2).ToArray() is [{ Symbol: not null }];

    /// <summary>Whether the results are known with the sizes: sizes, and what is computed from them.</summary>
    private static bool HasContents(Node node) => node.Outputs.All(o => o.Content is not null);

    /// <summary>A view of a computed value, a parameter or a constant shares its memory and needs no step.</summary>
    private bool IsView(Group group) => ViewedBy(group) is { } viewed && !inputs.ContainsKey(viewed);

    private static Variable? ViewedBy(Group group) => group is { Nodes: [{ Operation: IView view } node] } ? node.Inputs[view.Viewed] : null;

    private void PlaceBuffers()
    {
        for (int step = 0; step < groups.Count; step++)
        {
            Group group = groups[step];
            foreach (Variable input in group.Nodes.SelectMany(n => n.Inputs))
            {
                if (buffersOf.TryGetValue(input, out int read))
                {
                    buffers[read].LastStep = step;
                }
            }

            if (IsView(group))
            {
                if (buffersOf.TryGetValue(ViewedBy(group)!, out int shared))
                {
                    buffersOf[group.Sink.Outputs[0]] = shared;
                }

                continue;
            }

            foreach (Variable output in StoredOutputs(group))
            {
                buffersOf[output] = buffers.Count;
                buffers.Add(new Buffer(step));
                PlaceOf(output);
            }
        }

        foreach (Variable root in signature.Outputs.Select(o => o.Variable).Concat(signature.Updates.Select(u => u.NewValue)))
        {
            if (buffersOf.TryGetValue(root, out int kept))
            {
                buffers[kept].LastStep = groups.Count;
            }
        }
    }

    /// <summary>The results of a group that need memory: those of the sink that anybody reads and of members that are roots, but for updates in place.</summary>
    private IEnumerable<Variable> StoredOutputs(Group group) => group.Nodes
        .SelectMany(n => n.Outputs)
        .Where(o => ((o.Producer == group.Sink && read.Contains(o)) || inPlace.Roots.Contains(o)) && !inPlace.Targets.ContainsKey(o));

    private int PlaceOf(Variable variable)
    {
        if (placesOf.TryGetValue(variable, out int known))
        {
            return known;
        }

        (PlaceKind kind, int source, Value? value) = Kind(variable);
        return placesOf[variable] = Add(kind, variable.DType, variable.Shape, source, value);
    }

    private int Add(PlaceKind kind, DType type, Shape shape, int source, Value? value)
    {
        if (!shapesOf.TryGetValue(shape, out int position))
        {
            shapesOf[shape] = position = shapesOf.Count;
        }

        places.Add(new Place(kind, type, position, source, value));
        if (kind == PlaceKind.Buffer)
        {
            buffers[source].Place = places.Count - 1;
        }

        return places.Count - 1;
    }

    private (PlaceKind Kind, int Source, Value? Value) Kind(Variable variable)
    {
        if (inputs.TryGetValue(variable, out int input))
        {
            return (PlaceKind.Input, input, null);
        }

        Parameter? memory = variable.Parameter ?? inPlace?.Targets.GetValueOrDefault(variable);
        if ((variable.Constant ?? memory?.Value) is { } value)
        {
            return (PlaceKind.Fixed, -1, value);
        }

        if (early.Contains(variable))
        {
            return (PlaceKind.Early, -1, null);
        }

        Node node = variable.Producer!;
        return node.Operation is IView view && !inputs.ContainsKey(node.Inputs[view.Viewed])
            ? (PlaceKind.View, PlaceOf(node.Inputs[view.Viewed]), null)
            : (PlaceKind.Buffer, buffersOf[variable], null);
    }

    private int[] PlacesOf(Arguments variables) => variables.ByPosition(v => v is null ? -1 : PlaceOf(v));

    private OperationStep Single(KernelGroup group) =>
        new(
            group.Nodes[0],
            group.Epilogue,
            group.Inputs.ByPosition(i => i?.Constant is not null),
            group.Inputs.Any(input => MadeBehind(input) is not null) ? group.Inputs.ByPosition(MadeBehind) : [],
            [.. group.Sink.Outputs.Select(o => (o.DType, ShapeOf(o), read.Contains(o)))],
            Blocks.Of(group.Nodes[0].Operation, group.Nodes[0].InputTypes, group.Nodes[0].Outputs[0].Shape),
            [.. BodiesOf(group.Nodes[0]).Select(body => BodyProgram.Of(body, options, limits))])
        {
            Name = group.Name,
            Origin = group.Nodes[0].Origin,
            IsSized = group.Nodes[0].Operation is not IHasBodies && IsSized(group) && !group.Inputs.Any(input => MadeBehind(input) is not null),
            Inputs = PlacesOf(group.Inputs),
            Outputs = ResultsOf(group),
        };

    private static bool IsSized(Group group) => group.Nodes.All(node => node.Inputs.Concat(node.Outputs).All(variable => variable.Shape.IsStatic));

    private MadeIndices? MadeBehind(Variable? variable) => variable?.Producer is { Operation: IMakesIndices maker } node
        ? new MadeIndices(maker, variable.OutputIndex, ShapeOf(node.Inputs[0]))
        : null;

    private static IReadOnlyList<Body> BodiesOf(Node node) => (node.Operation as IHasBodies)?.Bodies ?? [];

    private SumStep Sum(ProductSumGroup group) => new(group.First, group.Second)
    {
        Name = group.Name,
        Origin = group.Nodes[0].Origin,
        IsSized = IsSized(group),
        Inputs = PlacesOf(group.Inputs),
        Outputs = ResultsOf(group),
    };

    private int[] ResultsOf(Group group) => [.. group.Sink.Outputs.Select(o => read.Contains(o) ? PlaceOf(o) : -1)];

    private int ShapeOf(Variable variable)
    {
        if (!shapesOf.TryGetValue(variable.Shape, out int position))
        {
            shapesOf[variable.Shape] = position = shapesOf.Count;
        }

        return position;
    }

    private ChainStep Chain(ElementwiseGroup chain)
    {
        IReadOnlyList<Node> group = chain.Nodes;
        var members = new HashSet<Node>(group, ReferenceEqualityComparer.Instance);
        Variable[] leafVariables =
            [.. group.SelectMany(n => n.Inputs).Where(i => i.Producer is null || !members.Contains(i.Producer)).Distinct()];
        Variable[] stored = [.. group.Select(n => n.Outputs[0]).Where(o => o.Producer == group[^1] || inPlace.Roots.Contains(o))];

        var registers = new Dictionary<Variable, int>(ReferenceEqualityComparer.Instance);
        var leaves = new ElementwiseLeaf[leafVariables.Length];
        for (int i = 0; i < leaves.Length; i++)
        {
            leaves[i] = new ElementwiseLeaf(i, registers[leafVariables[i]] = i);
        }

        var allocation = new RegisterAllocation(group, stored, leaves.Length);
        var instructions = new ElementwiseInstruction[group.Count];
        for (int i = 0; i < instructions.Length; i++)
        {
            Node node = group[i];
            int[] from = [.. node.Inputs.Select(input => registers[input])];
            registers[node.Outputs[0]] = allocation.Assign(node);
            instructions[i] = new ElementwiseInstruction((ElementwiseOperation)node.Operation, from, registers[node.Outputs[0]], node.Inputs[^1].DType);
        }

        ElementwiseStore[] stores = [.. stored.Select((v, i) => new ElementwiseStore(registers[v], i, IsReadLater(v, group)))];
        return new ChainStep(
            new ElementwiseChain(
                instructions, leaves, stores, allocation.Count, [.. leafVariables.Concat(stored).Select(v => v.DType)], options.GenerateLoops ? loops : null),
            ShapeOf(group[^1].Outputs[0]),
            [.. leafVariables.Select(ShapeOf)])
        {
            Name = chain.Name,
            Origin = chain.Sink.Origin,
            IsSized = IsSized(chain),
            Inputs = [.. leafVariables.Select(PlaceOf)],
            Outputs = [.. stored.Select(PlaceOf)],
        };
    }

    /// <summary>Whether a new value goes over the old one of its parameter while a member after the one that computes it still reads that.</summary>
    private bool IsReadLater(Variable stored, IReadOnlyList<Node> group) =>
        inPlace.Targets.TryGetValue(stored, out Parameter? target)
        && group.SkipWhile(n => n != stored.Producer).Skip(1).SelectMany(n => n.Inputs).Any(i => InPlaceUpdates.ParameterBehind(i) == target);

    /// <summary>The copies into parameters after all steps. A new value that no step computes (an input, another parameter's old value) is set aside
    /// before the first step, so that every commit sees old values.</summary>
    private IEnumerable<Commit> CommitsOf()
    {
        foreach ((Parameter parameter, Variable newValue) in signature.Updates)
        {
            bool inTarget = inPlace.Targets.TryGetValue(newValue, out Parameter? target);
            if (inTarget && target == parameter)
            {
                continue;
            }

            if (inTarget || buffersOf.ContainsKey(newValue))
            {
                yield return new Commit(PlaceOf(newValue), parameter);
                continue;
            }

            buffers.Add(new Buffer(-1) { LastStep = groups.Count });
            int aside = Add(PlaceKind.Buffer, parameter.DType, parameter.Shape, buffers.Count - 1, null);
            steps.Add(new CopyStep { Name = "Identity", IsSized = true, Inputs = [PlaceOf(newValue)], Outputs = [aside] });
            yield return new Commit(aside, parameter);
        }
    }
}
