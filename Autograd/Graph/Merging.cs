using System.Runtime.CompilerServices;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>
/// Nodes with equal operations on the same inputs become one, the first, as do small constants with the same type, shape and bits. Results stay the same bit for
/// bit; both the compiler and the exporter merge.
/// </summary>
public sealed class Merging : GraphTransform
{
    // Numbers, shapes, axes and pads.
    private const long LargestConstant = 512;

    private readonly Dictionary<NodeKey, IReadOnlyList<Variable>> nodes = [];
    private readonly Dictionary<ConstantKey, Variable> constants = [];

    /// <inheritdoc/>
    protected override Variable Leaf(Variable leaf)
    {
        if (leaf.Constant is not { } constant || constant.ByteCount > LargestConstant)
        {
            return leaf;
        }

        // Texts are no bytes: each stands there with its length.
        string content = constant.DType == DType.String ? string.Concat(constant.Texts.ToArray().Select(text => $"{text.Length}:{text}")) : Convert.ToHexString(constant.Bytes);
        var key = new ConstantKey(leaf.Type, content);
        return constants.TryGetValue(key, out Variable? first) ? first : constants[key] = leaf;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs)
    {
        var key = new NodeKey(node.Operation, inputs);
        return nodes.TryGetValue(key, out IReadOnlyList<Variable>? equal) ? equal : nodes[key] = Rebuild(node, inputs);
    }

    private readonly record struct ConstantKey(TensorType Type, string Content);

    /// <summary>Equality of nodes: equal operations on the same variables at the same positions.</summary>
    private readonly struct NodeKey(Operation operation, Arguments inputs) : IEquatable<NodeKey>
    {
        private readonly Operation operation = operation;
        private readonly Arguments inputs = inputs;

        public bool Equals(NodeKey other)
        {
            ReadOnlySpan<Variable?> own = inputs.AsSpan(), others = other.inputs.AsSpan();
            bool same = own.Length == others.Length && operation.Equals(other.operation);
            for (int i = 0; same && i < own.Length; i++)
            {
                same = ReferenceEquals(own[i], others[i]);
            }

            return same;
        }

        public override bool Equals(object? obj) => obj is NodeKey other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(operation);
            foreach (Variable? input in inputs.AsSpan())
            {
                hash.Add(input is null ? 0 : RuntimeHelpers.GetHashCode(input));
            }

            return hash.ToHashCode();
        }
    }
}
