using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>
/// An operation of the graph language: an ONNX operator with its shape rule and its back-propagation rule, free of kernels. Operations are
/// records: their attributes decide equality, so equal sub-graphs merge. Derive from it to add an operation; see CONTRIBUTING.
/// </summary>
/// <remarks>An operation needs a kernel (<c>Operations.IHasKernel</c>) or an expansion into other operations (<see cref="Expand"/>), or both; then the
/// kernel runs and the expansion is what is exported or differentiated where no rule is given.</remarks>
public abstract record Operation
{
    /// <summary>The name in messages: the record's name.</summary>
    public virtual string Name => EqualityContract.Name;

    /// <summary>The operator of the ONNX standard whose element types the operation takes, in its newest version; null where it is none. An operator of another domain that
    /// has the name of a standard one gives null.</summary>
    public virtual OperatorSchema? StandardSchema() => this is IOperator && StandardOperators.History(string.Empty, Name) is [.., var newest] ? newest : null;

    /// <summary>What comes out: the type of each result.</summary>
    /// <param name="inputs">The types of the arguments.</param>
    /// <exception cref="GraphException">An input is missing or one too many.</exception>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    public abstract IReadOnlyList<TensorType> Infer(InferRequest inputs);

    /// <summary>The content of an integer result where that of the arguments is known when the graph is built: how shapes are computed.</summary>
    /// <param name="node">The node; ask its inputs for their <see cref="Variable.Content"/>.</param>
    /// <param name="output">The position of the result.</param>
    /// <returns>The elements in row-major order: numbers, and sizes of symbolic dimensions; null where they are not known.</returns>
    public virtual IReadOnlyList<Dim>? Content(Node node, int output) => null;

    /// <summary>The same results written in other operations, or null if the operation is primitive.</summary>
    /// <param name="inputs">The arguments.</param>
    public virtual IReadOnlyList<Variable>? Expand(Arguments inputs) => null;

    /// <summary>
    /// Which gradient: <c>op.bprop(inputs, X, G)</c> of the book (section 6.5.6): the contributions of a node to the gradients with respect to its inputs,
    /// written in operations. It is asked once for all inputs that are wanted. Without a rule of its own an operation is differentiated through its expansion.
    /// </summary>
    /// <param name="request">The node's inputs and results, the gradients that come in at the results, and the inputs that are wanted.</param>
    /// <returns>One contribution for each position of the inputs, of its type; null for zero and for inputs that are not wanted.</returns>
    /// <exception cref="GradientException">The derivative is not defined (<see cref="BpropRequest.NotDefined"/>).</exception>
    public virtual IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        Expand(request.Arguments) is { } same ? request.Through(same) : throw request.NotDefined("it has neither a rule nor an expansion");

    /// <summary>Which ONNX: the node that computes the same, or null if only the expansion can be exported.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public virtual OnnxForm? ToOnnx(OnnxRequest request) => null;

    /// <summary>Applies the operation.</summary>
    /// <param name="inputs">The arguments by position, null where an optional one is left out.</param>
    /// <returns>The first result.</returns>
    public Variable Apply(params ReadOnlySpan<Variable?> inputs) => ApplyAll(inputs)[0];

    /// <summary>Applies the operation.</summary>
    /// <param name="inputs">The arguments by position, null where an optional one is left out.</param>
    /// <returns>All results.</returns>
    public IReadOnlyList<Variable> ApplyAll(params ReadOnlySpan<Variable?> inputs) => ApplyAll(new Arguments(inputs));

    /// <summary>Applies the operation.</summary>
    /// <param name="inputs">The arguments.</param>
    /// <returns>All results.</returns>
    public virtual IReadOnlyList<Variable> ApplyAll(Arguments inputs) => new Node(this, inputs).Outputs;
}
