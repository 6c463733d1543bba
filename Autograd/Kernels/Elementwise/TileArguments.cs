using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// A stretch of elements that an elementwise kernel works on. Broadcasting is already done: all inputs and the output have the same length.
/// A tile is small enough to stay in cache, so that chains of operations run tile by tile.
/// </summary>
public readonly unsafe ref struct TileArguments
{
    private readonly nint* inputs;
    private readonly nint output;
    private readonly uint constants;

    internal TileArguments(nint* inputs, nint output, int length, DType inputType, uint constants)
    {
        this.inputs = inputs;
        this.output = output;
        this.constants = constants;
        Length = length;
        InputType = inputType;
    }

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>The element type of the last input, which decides the kernel.</summary>
    public DType InputType { get; }

    /// <summary>An input.</summary>
    /// <typeparam name="T">Its C# element type; not checked.</typeparam>
    /// <param name="index">Its position.</param>
    public ReadOnlySpan<T> Input<T>(int index)
        where T : unmanaged => new((void*)inputs[index], Length);

    /// <summary>Whether an input is one number, repeated: a kernel may then read the first elements again and again, which stay in cache.</summary>
    /// <param name="index">Its position.</param>
    public bool IsConstant(int index) => index < 32 && ((constants >> index) & 1) != 0;

    /// <summary>The output.</summary>
    /// <typeparam name="T">Its C# element type; not checked.</typeparam>
    public Span<T> Output<T>()
        where T : unmanaged => new((void*)output, Length);

    /// <summary>Where an input lies.</summary>
    internal nint InputAddress(int index) => inputs[index];

    /// <summary>Where the output lies.</summary>
    internal nint OutputAddress => output;
}
