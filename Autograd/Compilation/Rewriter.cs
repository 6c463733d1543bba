using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>
/// One pass over a signature in topological order that expands operations without a kernel, folds constants and merges equal nodes. Nodes that nothing
/// needs disappear, since the result is collected again from the roots.
/// </summary>
internal sealed class Rewriter(CompilationOptions options, Workers workers, bool fixParameters)
{
    // Folding a large constant would trade a little time for much memory.
    public const int LargestFoldedCount = 4096;

    private readonly Dictionary<Variable, Variable> rewritten = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<NodeKey, Node> merged = [];
    private readonly Dictionary<ConstantKey, Variable> constants = [];

    public static Signature Rewrite(Signature signature, CompilationOptions options, Workers workers, bool fixParameters = false)
    {
        var rewriter = new Rewriter(options, workers, fixParameters);
        foreach (Node node in signature.Nodes)
        {
            rewriter.Visit(node);
        }

        return new Signature(
            signature.Inputs,
            [.. signature.Outputs.Select(o => o with { Variable = rewriter.Map(o.Variable) })],
            [.. signature.Updates.Select(u => u with { NewValue = rewriter.Map(u.NewValue) })],
            signature.Name);
    }

    private Variable Map(Variable variable)
    {
        if (rewritten.TryGetValue(variable, out Variable? known))
        {
            return known;
        }

        if (fixParameters && variable.Parameter is { } parameter)
        {
            return rewritten[variable] = Variable.Of(parameter.Value.Clone());
        }

        if (options.MergeEqualNodes && variable.Constant is { Count: 1 } constant)
        {
            var key = new ConstantKey(variable.Type, Convert.ToHexString(constant.Bytes));
            if (!constants.TryGetValue(key, out Variable? first))
            {
                constants[key] = first = variable;
            }

            return rewritten[variable] = first;
        }

        return variable;
    }

    private void Visit(Node node)
    {
        Variable[] inputs = [.. node.Inputs.Select(Map)];
        if (!node.Operation.HasKernel && node.Operation is not DimSize)
        {
            IReadOnlyList<Variable> expansion = node.Operation.Expand(new Arguments(inputs))
                ?? throw new GraphException($"{node.Operation.Name} has neither a kernel nor an expansion.");
            foreach (Node inner in TopologicalOrder.Of(expansion))
            {
                if (!inner.Outputs.Any(rewritten.ContainsKey))
                {
                    Visit(inner);
                }
            }

            Bind(node, [.. expansion.Select(Map)]);
            return;
        }

        if (Simplify(node.Operation, inputs, node) is { } simple)
        {
            Bind(node, [simple]);
            return;
        }

        var key = new NodeKey(node.Operation, inputs);
        if (options.MergeEqualNodes && merged.TryGetValue(key, out Node? equal))
        {
            Bind(node, equal.Outputs);
            return;
        }

        IReadOnlyList<Variable> outputs = inputs.AsSpan().SequenceEqual([.. node.Inputs]) ? node.Outputs : node.Operation.ApplyAll(inputs);
        if (options.FoldConstants && CanFold(node, inputs))
        {
            Bind(node, Fold(node.Operation, inputs, outputs));
            return;
        }

        if (options.MergeEqualNodes && outputs.Count > 0)
        {
            merged[key] = outputs[0].Producer!;
        }

        Bind(node, outputs);
    }

    /// <summary>Operations that change nothing give way to their input.</summary>
    private Variable? Simplify(Operation operation, Variable[] inputs, Node node)
    {
        if (!options.MergeEqualNodes)
        {
            return null;
        }

        return operation switch
        {
            Identity or StopGradient => inputs[0],
            Mul when IsScalar(inputs[1], 1) && inputs[0].Type == node.Outputs[0].Type => inputs[0],
            Mul when IsScalar(inputs[0], 1) && inputs[1].Type == node.Outputs[0].Type => inputs[1],
            Reshape when inputs[0].Shape == node.Outputs[0].Shape => inputs[0],
            Expand when inputs[0].Shape == node.Outputs[0].Shape => inputs[0],
            Reshape when inputs[0].Producer is { Operation: Reshape } first && first.Inputs[0].Shape == node.Outputs[0].Shape => first.Inputs[0],
            ElementwiseOperation when inputs.Any(IsRepeated) => WithoutExpand(operation, inputs, node),
            _ => null,
        };
    }

    /// <summary>An elementwise operation broadcasts by itself, so an Expand before it is dropped where another input has the full shape.</summary>
    private Variable? WithoutExpand(Operation operation, Variable[] inputs, Node node)
    {
        Variable[] bare = [.. inputs.Select(i => IsRepeated(i) ? i.Producer!.Inputs[0] : i)];
        TensorType[] types = [.. bare.Select(b => b.Type)];
        if (operation.Infer(new InferRequest(operation, types))[0] != node.Outputs[0].Type)
        {
            return null;
        }

        Variable result = operation.Apply(bare);
        Visit(result.Producer!);
        return Map(result);
    }

    private static bool IsRepeated(Variable variable) => variable.Producer?.Operation is Expand;

    private static bool IsScalar(Variable variable, double number) =>
        variable.Constant is { Count: 1 } constant && constant[0].Equals(number);

    private static bool CanFold(Node node, Variable[] inputs) =>
        inputs.Length > 0
        && inputs.All(i => i.Constant is not null)
        && node.Outputs.All(o => o.Shape.IsStatic && Value.CountOf(o.Shape.ToSizes()) <= LargestFoldedCount);

    private Variable[] Fold(Operation operation, Variable[] inputs, IReadOnlyList<Variable> outputs)
    {
        Value[] results = [.. outputs.Select(o => Value.Zeros(o.DType, o.Shape.ToSizes()))];
        operation.Compute(new KernelArguments([.. inputs.Select(i => i.Constant!)], results, workers));
        return [.. results.Select(r => Map(Variable.Of(r)))];
    }

    private void Bind(Node node, IReadOnlyList<Variable> results)
    {
        for (int i = 0; i < node.Outputs.Count; i++)
        {
            rewritten[node.Outputs[i]] = results[i];
        }
    }

    private readonly record struct ConstantKey(TensorType Type, string Bits);

    /// <summary>Equality of nodes: equal operations on the same variables.</summary>
    private readonly struct NodeKey(Operation operation, Variable[] inputs) : IEquatable<NodeKey>
    {
        private readonly Operation operation = operation;
        private readonly Variable[] inputs = inputs;

        public bool Equals(NodeKey other) => operation.Equals(other.operation) && inputs.AsSpan().SequenceEqual(other.inputs);

        public override bool Equals(object? obj) => obj is NodeKey other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(operation);
            foreach (Variable input in inputs)
            {
                hash.Add(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(input));
            }

            return hash.ToHashCode();
        }
    }
}
