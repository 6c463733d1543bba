using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Lowering;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>Turns a rewritten signature and a binding of its symbols into a plan: groups, order, lifetimes, memory, steps.</summary>
internal sealed class Planner
{
    private readonly Signature signature;
    private readonly CompilationOptions options;
    private readonly Workers workers;
    private readonly KernelChoice kernels;
    private readonly HashSet<Variable> read = new(ReferenceEqualityComparer.Instance);
    private readonly IReadOnlyDictionary<Symbol, int> sizes;
    private readonly List<Group> groups;
    private readonly Dictionary<Variable, Buffer> buffers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Variable, Value> values = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Variable, int> inputs = new(ReferenceEqualityComparer.Instance);
    private readonly InPlaceUpdates inPlace;
    private readonly List<InputPlace> places = [];
    private readonly VectorLoops loops = new();

    private Planner(Signature signature, Binding binding, CompilationOptions options, Workers workers, KernelChoice kernels)
    {
        this.kernels = kernels;
        this.signature = signature;
        this.options = options;
        this.workers = workers;
        sizes = binding.Sizes;
        foreach (Node node in signature.Nodes)
        {
            _ = !options.FoldConstants || TryFoldContents(node) || TryFold(node);
        }

        for (int i = 0; i < signature.Inputs.Count; i++)
        {
            inputs[signature.Inputs[i]] = i;
        }

        // What only a folded node needs, such as the tensor whose shape is known, is not computed.
        Variable[] roots = [.. signature.Outputs.Select(o => o.Variable), .. signature.Updates.Select(u => u.NewValue)];
        IReadOnlyList<Node> nodes = TopologicalOrder.Of(roots, values.ContainsKey);
        read.UnionWith(nodes.SelectMany(n => n.Inputs).Concat(roots));
        IReadOnlyDictionary<Node, Group> fused = options.FuseEpilogues ? Passes.FuseEpilogues.Find(nodes, roots) : new Dictionary<Node, Group>();
        groups = new FusionGroups(nodes, fused, options.FuseElementwise).Ordered;
        inPlace = new InPlaceUpdates(signature, groups, options.UpdateInPlace);
        groups = inPlace.Ordered;
    }

    public static Plan Build(Signature signature, Binding binding, ReadOnlySpan<Value> example, CompilationOptions options, Workers workers, KernelChoice kernels) =>
        new Planner(signature, binding, options, workers, kernels).Build(example);

    /// <summary>Sizes, and what is computed from them, are known now.</summary>
    private bool TryFoldContents(Node node)
    {
        if (node.Outputs.Any(o => o.Content is null))
        {
            return false;
        }

        foreach (Variable output in node.Outputs)
        {
            values[output] = KnownContent.ValueOf(output, symbol => sizes[symbol]);
        }

        return true;
    }

    /// <summary>Computes a small node now whose inputs are constants or follow from the sizes, such as the 1/m of a mean over the batch.</summary>
    private bool TryFold(Node node)
    {
        if (node.Inputs.Length == 0
            || !node.Inputs.All(i => i.Constant is not null || values.ContainsKey(i))
            || node.Outputs.Any(o => Value.CountOf(o.Shape.Evaluate(sizes)) > Passes.FoldConstants.LargestCount))
        {
            return false;
        }

        Value[] results = [.. node.Outputs.Select(o => Value.Zeros(o.DType, o.Shape.Evaluate(sizes)))];
        KernelChoice.Run(node.Operation, node.Inputs.ByPosition(i => i is null ? null! : Get(i)), results, workers);
        for (int i = 0; i < results.Length; i++)
        {
            values[node.Outputs[i]] = results[i];
        }

        return true;
    }

    private Plan Build(ReadOnlySpan<Value> example)
    {
        long arenaBytes = PlaceMemory();
        var steps = new List<PlanStep>();
        foreach (Group group in groups.Where(g => !IsView(g)))
        {
            steps.Add(group switch
            {
                ElementwiseGroup chain => Chain(chain, example),
                KernelGroup kernel => Single(kernel, example),
                ProductSumGroup sum => Sum(sum, example),
                _ => throw new GraphException($"Expected a group of a known kind, found {group.Name}."),
            });
        }

        Commit[] commits = CommitsOf(steps, example);
        var inputSizes = new int[example.Length][];
        for (int i = 0; i < inputSizes.Length; i++)
        {
            inputSizes[i] = example[i].Sizes.ToArray();
        }

        return new Plan
        {
            Steps = [.. steps],
            InputPlaces = [.. places],
            Outputs = [.. signature.Outputs.Select(o => inputs.ContainsKey(o.Variable) ? null : Get(o.Variable))],
            OutputInputs = [.. signature.Outputs.Select(o => inputs.GetValueOrDefault(o.Variable, -1))],
            Commits = commits,
            ArenaBytes = arenaBytes,
            InputSizes = inputSizes,
        };
    }

    /// <summary>A view of a computed value, a parameter or a constant shares its memory and needs no step.</summary>
    private bool IsView(Group group) => ViewedBy(group) is { } viewed && !inputs.ContainsKey(viewed);

    private static Variable? ViewedBy(Group group) => group is { Nodes: [{ Operation: IView view } node] } ? node.Inputs[view.Viewed] : null;

    private long PlaceMemory()
    {
        var all = new List<Buffer>();
        for (int step = 0; step < groups.Count; step++)
        {
            Group group = groups[step];
            foreach (Variable input in group.Nodes.SelectMany(n => n.Inputs))
            {
                if (buffers.TryGetValue(input, out Buffer? read))
                {
                    read.LastStep = step;
                }
            }

            if (IsView(group))
            {
                if (buffers.TryGetValue(ViewedBy(group)!, out Buffer? shared))
                {
                    buffers[group.Sink.Outputs[0]] = shared;
                }

                continue;
            }

            foreach (Variable output in StoredOutputs(group))
            {
                var buffer = new Buffer((long)Value.CountOf(output.Shape.Evaluate(sizes)) * output.DType.Size(), step);
                buffers[output] = buffer;
                all.Add(buffer);
            }
        }

        foreach (Variable root in signature.Outputs.Select(o => o.Variable).Concat(signature.Updates.Select(u => u.NewValue)))
        {
            if (buffers.TryGetValue(root, out Buffer? kept))
            {
                kept.LastStep = groups.Count;
            }
        }

        long bytes = MemoryPlan.Place(all, options.ReuseMemory);
        var arena = new Storage(bytes);
        foreach ((Variable variable, Buffer buffer) in buffers)
        {
            values[variable] = new Value(variable.DType, variable.Shape.Evaluate(sizes), arena, buffer.Offset);
        }

        return bytes;
    }

    /// <summary>The results of a group that need memory: those of the sink that anybody reads and of members that are roots, but for updates in place.</summary>
    private IEnumerable<Variable> StoredOutputs(Group group) => group.Nodes
        .SelectMany(n => n.Outputs)
        .Where(o => ((o.Producer == group.Sink && read.Contains(o)) || inPlace.Roots.Contains(o)) && !inPlace.Targets.ContainsKey(o));

    private Value Get(Variable variable)
    {
        if (values.TryGetValue(variable, out Value? known))
        {
            return known;
        }

        Value value = variable.Constant
            ?? variable.Parameter?.Value
            ?? (inPlace.Targets.TryGetValue(variable, out Parameter? target) ? target.Value : null)
            ?? Get(variable.Producer!.Inputs[0]).Reshape(variable.Shape.Evaluate(sizes));
        return values[variable] = value;
    }

    private Value[] ValuesOf(ReadOnlySpan<Variable?> variables, ReadOnlySpan<Value> example)
    {
        var arguments = new Value[variables.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (variables[i] is not { } variable)
            {
                continue;
            }

            if (inputs.TryGetValue(variable, out int input))
            {
                arguments[i] = example[input];
                places.Add(new InputPlace(arguments, i, input));
            }
            else
            {
                arguments[i] = Get(variable);
            }
        }

        return arguments;
    }

    private KernelStep Single(KernelGroup group, ReadOnlySpan<Value> example)
    {
        Value[] arguments = ValuesOf(group.Inputs.AsSpan(), example);
        Node node = group.Nodes[0];
        (DType, int[], bool)[] results = [.. group.Sink.Outputs.Select(o => (o.DType, o.Shape.Evaluate(sizes), read.Contains(o)))];
        Kernel kernel = kernels.For(
            node.Operation, group.Epilogue, arguments, results, group.Inputs.ByPosition(i => i?.Constant is not null));
        return Step(kernel, group, arguments);
    }

    private KernelStep Sum(ProductSumGroup group, ReadOnlySpan<Value> example)
    {
        Value[] arguments = ValuesOf(group.Inputs.AsSpan(), example);
        return Step(ProductSum.Lower(group.First, group.Second, arguments, Get(group.Sink.Outputs[0])), group, arguments);
    }

    private KernelStep Step(Kernel kernel, Group group, Value[] arguments) => new(kernel)
    {
        Name = group.Name,
        Origin = group.Nodes[0].Origin,
        Inputs = arguments,
        Outputs = [.. group.Sink.Outputs.Select(o => read.Contains(o) ? Get(o) : null!)],
    };

    private ElementwiseStep Chain(ElementwiseGroup chain, ReadOnlySpan<Value> example)
    {
        IReadOnlyList<Node> group = chain.Nodes;
        var members = new HashSet<Node>(group, ReferenceEqualityComparer.Instance);
        Variable[] leafVariables =
            [.. group.SelectMany(n => n.Inputs).Where(i => i.Producer is null || !members.Contains(i.Producer)).Distinct()];
        Variable[] stored = [.. group.Select(n => n.Outputs[0]).Where(o => o.Producer == group[^1] || inPlace.Roots.Contains(o))];
        Value[] arguments = ValuesOf(leafVariables, example);
        Value[] results = [.. stored.Select(Get)];

        var registers = new Dictionary<Variable, int>(ReferenceEqualityComparer.Instance);
        var leaves = new ElementwiseLeaf[leafVariables.Length];
        for (int i = 0; i < leaves.Length; i++)
        {
            leaves[i] = new ElementwiseLeaf(i, registers[leafVariables[i]] = i);
        }

        var allocation = new RegisterAllocation(group, stored, leaves.Length);
        var instructions = new List<ElementwiseInstruction>();
        foreach (Node node in group)
        {
            int[] from = [.. node.Inputs.Select(i => registers[i])];
            registers[node.Outputs[0]] = allocation.Assign(node);
            instructions.Add(new ElementwiseInstruction(
                (ElementwiseOperation)node.Operation, from, registers[node.Outputs[0]], node.Inputs[^1].DType));
        }

        ElementwiseStore[] stores = [.. stored.Select((v, i) => new ElementwiseStore(registers[v], i, inPlace.Targets.ContainsKey(v)))];
        var program = new ElementwiseProgram(
            [.. instructions], leaves, stores, allocation.Count, group[^1].Outputs[0].Shape.Evaluate(sizes), arguments, results,
            options.GenerateLoops ? loops : null);
        return new ElementwiseStep(program)
        {
            Name = chain.Name,
            Origin = chain.Sink.Origin,
            Inputs = arguments,
            Outputs = results,
        };
    }

    /// <summary>The copies into parameters after all steps. A new value that no step computes (an input, another parameter's old value) is set aside
    /// before the first step, so that every commit sees old values.</summary>
    private Commit[] CommitsOf(List<PlanStep> steps, ReadOnlySpan<Value> example)
    {
        var commits = new List<Commit>();
        foreach (Update update in signature.Updates)
        {
            bool inTarget = inPlace.Targets.TryGetValue(update.NewValue, out Parameter? target);
            if (inTarget && target == update.Parameter)
            {
                continue;
            }

            if (inTarget || buffers.ContainsKey(update.NewValue))
            {
                commits.Add(new Commit(Get(update.NewValue), update.Parameter));
                continue;
            }

            Value aside = Value.Zeros(update.Parameter.DType, update.Parameter.Value.Sizes);
            steps.Insert(0, new KernelStep(Kernel.Of(a => a.Outputs[0].CopyFrom(a.Inputs[0]))) { Name = "Identity", Inputs = ValuesOf([update.NewValue], example), Outputs = [aside] });
            commits.Add(new Commit(aside, update.Parameter));
        }

        return [.. commits];
    }
}
