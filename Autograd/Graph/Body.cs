using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>
/// A computation inside an operation: a branch of an <c>If</c>, a turn of a <c>Loop</c> or <c>Scan</c>. It is closed: all that it reads are its inputs and constants, so
/// the variables of the graph around it that it needs are inputs of the node and of the body. Order, gradients, lifetimes and merging see them as they see any input.
/// </summary>
/// <remarks>Bodies are compared by structure: equal operations on the same inputs by position, and equal constants. The symbols in the types of its inputs stand for
/// whatever sizes the node's inputs have (<see cref="Results"/>).</remarks>
public sealed class Body : IEquatable<Body>
{
    private readonly Lazy<int> hash;

    /// <summary>Creates a body.</summary>
    /// <param name="inputs">What it reads.</param>
    /// <param name="outputs">What it gives.</param>
    /// <exception cref="GraphException">An input is no input variable or occurs twice, or an output needs something that is neither input nor constant.</exception>
    public Body(IReadOnlyList<Variable> inputs, IReadOnlyList<Variable> outputs)
    {
        Inputs = [.. inputs];
        Outputs = [.. outputs];
        Nodes = TopologicalOrder.Of(outputs);
        hash = new Lazy<int>(() => new BodyComparison(this).Hash());
        Verify();
    }

    /// <summary>The inputs.</summary>
    public IReadOnlyList<Variable> Inputs { get; }

    /// <summary>The results.</summary>
    public IReadOnlyList<Variable> Outputs { get; }

    /// <summary>The nodes, each after those that it needs.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>A new input of a body.</summary>
    /// <param name="name">The name in messages.</param>
    /// <param name="type">The type; symbols and what follows from them are allowed.</param>
    /// <param name="content">What is known of its numbers, for a short vector or a scalar of integers; null for nothing.</param>
    public static Variable Input(string name, TensorType type, IReadOnlyList<Dim>? content = null) => Variable.Formal(name, type, content);

    /// <summary>The inputs that results need.</summary>
    public IReadOnlySet<Variable> Used => new HashSet<Variable>(Leaves.Where(leaf => leaf.IsInput), ReferenceEqualityComparer.Instance);

    /// <summary>The types of the results for inputs of given types.</summary>
    /// <param name="request">What the operation is asked.</param>
    /// <param name="inputs">The type of each input.</param>
    /// <exception cref="GraphException">There are too many or too few.</exception>
    /// <exception cref="ShapeException">A shape does not fit.</exception>
    /// <exception cref="DTypeException">An element type does not fit.</exception>
    public IReadOnlyList<TensorType> Results(InferRequest request, IReadOnlyList<TensorType> inputs)
    {
        var binding = new BodyBinding(this, request);
        binding.Bind(inputs);
        binding.Free([.. Outputs.Select(output => output.Shape)]);
        return [.. Outputs.Select(output => output.Type with { Shape = binding.Of(output.Shape) })];
    }

    /// <summary>The computation on other variables, as a part of the graph around it.</summary>
    /// <param name="arguments">One variable for each input.</param>
    /// <returns>One for each output.</returns>
    public IReadOnlyList<Variable> Apply(IReadOnlyList<Variable> arguments)
    {
        var inside = new Substitution(Inputs.Zip(arguments).ToDictionary(pair => pair.First, pair => pair.Second));
        return [.. Outputs.Select(inside.Map)];
    }

    /// <summary>The same inputs with other outputs; the same object if they are the same.</summary>
    /// <param name="outputs">The outputs.</param>
    public Body With(IReadOnlyList<Variable> outputs) => With(Inputs, outputs);

    /// <summary>A body of other inputs and outputs; the same object if they are the same.</summary>
    internal Body With(IReadOnlyList<Variable> inputs, IReadOnlyList<Variable> outputs) => outputs.SequenceEqual(Outputs) && inputs.SequenceEqual(Inputs) ? this : new Body(inputs, outputs);

    /// <inheritdoc/>
    public bool Equals(Body? other) => ReferenceEquals(this, other)
        || (other is not null && hash.Value == other.hash.Value && new BodyComparison(this).IsEqualTo(new BodyComparison(other)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Body);

    /// <inheritdoc/>
    public override int GetHashCode() => hash.Value;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{{{string.Join(", ", Inputs.Select(i => i.Type))} → {string.Join(", ", Outputs.Select(o => o.Type))}, {Nodes.Count} nodes}}";

    private IEnumerable<Variable> Leaves => Nodes.SelectMany(node => node.Inputs).Concat(Outputs).Where(variable => variable.Producer is null);

    private void Verify()
    {
        var known = new HashSet<Variable>(ReferenceEqualityComparer.Instance);
        foreach (Variable input in Inputs)
        {
            if (!input.IsInput || !known.Add(input))
                throw new GraphException($"Expected different input variables as inputs of a body, found {input} among {string.Join(", ", Inputs)}.");
        }

        foreach (Variable leaf in Leaves.Where(leaf => leaf.Constant is null && !known.Contains(leaf)))
        {
            throw new GraphException(
                $"A body needs {leaf}, which is neither a constant nor among its inputs: {string.Join(", ", Inputs)}. Close it with {nameof(BodyClosing)}.");
        }
    }
}
