using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>What an operation is asked to write itself as.</summary>
/// <param name="Opset">The version of the default ONNX operator set, 13 to 21.</param>
/// <param name="Inputs">The types of the arguments by position.</param>
/// <param name="Outputs">The types of the results.</param>
public sealed record OnnxRequest(int Opset, InferRequest Inputs, IReadOnlyList<TensorType> Outputs)
{
    /// <summary>An argument that holds sizes, axes or counts: where its numbers are known they are written, so that equal ones are equal in the file however they
    /// were computed; otherwise the argument is.</summary>
    /// <param name="position">Its position.</param>
    public OnnxInput Sizes(int position) => Inputs.Content(position) is { } known && !known.Any(dim => dim.DependsOnData)
        ? new OnnxInput.Dimensions([.. known])
        : new OnnxInput.Argument(position);
}

/// <summary>
/// An ONNX node as plain data, free of protocol-buffer types: operator, attributes and inputs. An input may itself be the result of a node
/// (<see cref="OnnxInput.Computed"/>), so an operation that is no single ONNX operator is a small graph of them.
/// </summary>
/// <param name="Operator">The operator type, for example <c>MatMul</c>.</param>
public sealed record OnnxForm(string Operator)
{
    /// <summary>The domain of operators on features, which ONNX standardizes beside its own.</summary>
    public const string Features = "ai.onnx.ml";

    /// <summary>The domain of the operator: empty (the default) for the standard one, or <see cref="Features"/>, in version 2; others are in version 1.</summary>
    public string Domain { get; init; } = string.Empty;

    /// <summary>The attributes, in the order in which they are written.</summary>
    public IReadOnlyList<OnnxAttribute> Attributes { get; init; } = [];

    /// <summary>The attributes that hold computations, written after the others.</summary>
    public IReadOnlyList<OnnxBody> Bodies { get; init; } = [];

    /// <summary>The inputs; null means the operation's arguments in their order.</summary>
    public IReadOnlyList<OnnxInput>? Inputs { get; init; }

    /// <summary>The number of results that the node has; null for all of the operation's.</summary>
    public int? Results { get; init; }

    /// <summary>The types of the first argument for which ONNX Runtime has a CPU kernel; null means all that the operation takes. The model is
    /// valid ONNX for the others too, and other runtimes may run it.</summary>
    public IReadOnlyList<DType>? RuntimeTypes { get; init; }

    /// <summary>What reads the node as a file's, to know the type of what it gives; null (the default) for a small operator that every program that writes files carries. An operator with large kernels is named here, by
    /// the operation that is written with it, so that other programs do without.</summary>
    public Func<OnnxNode, IReadOnlyList<Variable>>? Read { get; init; }
}

/// <summary>An attribute that holds a computation. Captured variables are read there by the names that they have in the graph around.</summary>
/// <param name="Name">The attribute's name.</param>
/// <param name="Body">The computation.</param>
/// <param name="Own">How many inputs of the body are inputs of the graph in the attribute; those after them are captured.</param>
/// <param name="Captured">The position of the first captured variable among the arguments of the operation.</param>
public sealed record OnnxBody(string Name, Body Body, int Own, int Captured);

/// <summary>An attribute of an ONNX node.</summary>
/// <param name="Name">The attribute's name.</param>
/// <param name="Value">A <see cref="long"/> (INT), <see cref="float"/> (FLOAT), <see cref="string"/> (STRING),
/// <see cref="IReadOnlyList{T}"/> of long (INTS), of float (FLOATS) or of string (STRINGS).</param>
public sealed record OnnxAttribute(string Name, object Value);

/// <summary>An input of an ONNX node.</summary>
public abstract record OnnxInput
{
    private OnnxInput()
    {
    }

    /// <summary>An argument of the operation; where it is left out there, it is left out of the file.</summary>
    /// <param name="Index">Its position.</param>
    public sealed record Argument(int Index) : OnnxInput;

    /// <summary>A constant, written as an initializer.</summary>
    /// <param name="Value">The numbers.</param>
    public sealed record Constant(Value Value) : OnnxInput;

    /// <summary>A shape as an int64 vector; symbols are read from the graph input that carries them.</summary>
    /// <param name="Shape">The shape.</param>
    public sealed record Dimensions(Shape Shape) : OnnxInput;

    /// <summary>The first result of another node. A form that is an input at several places, the same instance, is written once.</summary>
    /// <param name="Form">The node; its inputs are given.</param>
    public sealed record Computed(OnnxForm Form) : OnnxInput;

    /// <summary>The first result of another node.</summary>
    /// <param name="op">The operator type.</param>
    /// <param name="inputs">Its inputs.</param>
    public static OnnxInput Of(string op, params ReadOnlySpan<OnnxInput> inputs) => Of(op, [], inputs);

    /// <summary>The first result of another node.</summary>
    /// <param name="op">The operator type.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <param name="inputs">Its inputs.</param>
    public static OnnxInput Of(string op, IReadOnlyList<OnnxAttribute> attributes, params ReadOnlySpan<OnnxInput> inputs) =>
        new Computed(new OnnxForm(op) { Attributes = attributes, Inputs = inputs.ToArray() });

    /// <summary>An int64 vector constant, as axes and sizes are written.</summary>
    /// <param name="numbers">The elements.</param>
    public static OnnxInput Integers(params ReadOnlySpan<long> numbers) => new Constant(Value.Of(numbers, numbers.Length));
}
