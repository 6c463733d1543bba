using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations;

/// <summary>An operation that can be computed by itself; others are expanded (<see cref="Operation.Expand"/>).</summary>
public interface IHasKernel
{
    /// <summary>The kernel for inputs of known types and sizes.</summary>
    /// <param name="request">The types and sizes of inputs and results, and which results are read.</param>
    Kernel Lower(LowerRequest request);

    /// <summary>Whether the kernel computes a node with these inputs: yes, unless the operation has attributes or inputs that its kernel does not know; then it is expanded.</summary>
    /// <param name="inputs">The inputs.</param>
    bool Computes(Arguments inputs) => true;

    /// <summary>The type in which the kernel computes elements of a type, to which it holds them without loss: by default float32 for float16 and bfloat16, and
    /// the type itself for all others. Inputs are cast to it before the kernel runs, and its results back.</summary>
    /// <param name="stored">The type of an input or a result.</param>
    DType ComputeType(DType stored) => ElementType.Of(stored).IsHalf ? DType.Float32 : stored;
}

/// <summary>What an operation is told when its kernel is made.</summary>
public sealed class LowerRequest
{
    private readonly Operation operation;
    private readonly Value?[] inputs;
    private readonly (DType Type, int[] Sizes, bool IsWanted)[] results;
    private readonly bool[] constants;
    private readonly KnownIndices?[] indices;
    private readonly PackedConstants? packed;
    private readonly Func<Body, BodyFunction>? compile;

    /// <summary>Asks for a kernel.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="inputs">A value of the type and sizes of each input; null where one is left out.</param>
    /// <param name="results">Type and sizes of each result, and whether anybody reads it.</param>
    /// <param name="constants">For each input whether its numbers are known and never change; empty for none.</param>
    /// <param name="indices">For each input what is known of the indices that it holds; empty for nothing.</param>
    /// <param name="packed">The constants that have been packed; null if none is to be packed.</param>
    /// <param name="compile">Makes a body of the operation ready to run; null where bodies do not occur.</param>
    internal LowerRequest(
        Operation operation,
        Value?[] inputs,
        (DType Type, int[] Sizes, bool IsWanted)[] results,
        bool[] constants,
        KnownIndices?[] indices,
        PackedConstants? packed,
        Func<Body, BodyFunction>? compile)
    {
        this.compile = compile;
        this.operation = operation;
        this.inputs = inputs;
        this.results = results;
        this.constants = constants;
        this.indices = indices;
        this.packed = packed;
    }

    /// <summary>The number of positions of inputs.</summary>
    public int Length => inputs.Length;

    /// <summary>Whether there is an input at a position.</summary>
    /// <param name="position">The position.</param>
    public bool Has(int position) => position < inputs.Length && inputs[position] is not null;

    /// <summary>The element type of an input.</summary>
    /// <param name="position">Its position.</param>
    public DType Type(int position) => Input(position).DType;

    /// <summary>The sizes of an input.</summary>
    /// <param name="position">Its position.</param>
    public ReadOnlySpan<int> Sizes(int position) => Input(position).Sizes;

    /// <summary>The number of results.</summary>
    public int Results => results.Length;

    /// <summary>The element type of a result.</summary>
    /// <param name="output">Its position.</param>
    public DType ResultType(int output) => results[output].Type;

    /// <summary>The sizes of a result.</summary>
    /// <param name="output">Its position.</param>
    public ReadOnlySpan<int> ResultSizes(int output) => results[output].Sizes;

    /// <summary>Whether anybody reads a result; the kernel gets no memory for one that is not read.</summary>
    /// <param name="output">Its position.</param>
    public bool Wants(int output) => results[output].IsWanted;

    /// <summary>The kernel for one of the two types that are differentiated.</summary>
    /// <param name="type">The type.</param>
    /// <param name="single">The function for <see cref="DType.Float32"/>.</param>
    /// <param name="binary64">The function for <see cref="DType.Float64"/>.</param>
    /// <param name="flops">The floating-point operations of one run.</param>
    /// <exception cref="DTypeException">The type is another one.</exception>
    public Kernel Floating(DType type, KernelFunction single, KernelFunction binary64, long flops = 0) => type switch
    {
        DType.Float32 => Kernel.Of(single, flops),
        DType.Float64 => Kernel.Of(binary64, flops),
        _ => throw NoKernel(type),
    };

    /// <summary>A body of the operation, made ready to run.</summary>
    /// <param name="body">The body.</param>
    public BodyFunction Compile(Body body) =>
        compile?.Invoke(body) ?? throw new GraphException($"{operation.Name} runs bodies, which this place does not expect.");

    /// <summary>The error that there is no kernel for a type.</summary>
    /// <param name="type">The type.</param>
    public DTypeException NoKernel(DType type) => new($"{operation.Name} has no kernel for elements of type {type}.");

    /// <summary>What is known of the indices in an input; null where nothing is.</summary>
    internal KnownIndices? Indices(int position) => position < indices.Length ? indices[position] : null;

    /// <summary>An input whose numbers are known and never change; null for others.</summary>
    internal Value? Constant(int position) => position < constants.Length && constants[position] && Has(position) ? Input(position) : null;

    /// <summary>A constant input as a kernel prefers it; null if the input is no constant or is not to be packed.</summary>
    internal Storage? Packed(int position, string form, Func<Value, Storage?> pack) =>
        packed is not null && position < constants.Length && constants[position] && Input(position).Count > 0
            ? packed.Get(Input(position), form, pack)
            : null;

    private Value Input(int position) => Has(position)
        ? inputs[position]!
        : throw new GraphException($"{operation.Name} expects an input at position {position} (counted from 0), found none.");
}
