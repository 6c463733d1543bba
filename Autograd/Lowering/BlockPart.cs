using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Lowering;

/// <summary>An input or a result of a <see cref="BlockKernel"/>.</summary>
/// <param name="type">The type in which it is stored.</param>
/// <param name="sizes">Its sizes.</param>
/// <param name="axis">The axis along which it is cut; −1 where it is not.</param>
/// <param name="isWidened">Whether the kernel gets float32 numbers in scratch memory in its place.</param>
internal sealed class BlockPart(DType type, int[] sizes, int axis, bool isWidened)
{
    private long offset;
    private long second = -1;

    /// <summary>Stands for an input that is left out and a result that nobody reads.</summary>
    public static BlockPart None { get; } = new(DType.Float32, [], -1, false);

    public int Axis => axis;

    public bool IsWidened => isWidened;

    public DType KernelType => isWidened ? DType.Float32 : type;

    public int Count { get; } = Value.CountOf(sizes);

    /// <summary>The elements behind an index of the axis.</summary>
    private int Inner => Value.CountOf(sizes.AsSpan(axis + 1));

    /// <summary>The sizes of a block.</summary>
    /// <param name="size">Its size along the axis.</param>
    public int[] SizesOf(int size)
    {
        if (axis < 0)
            return sizes;
        int[] cut = [.. sizes];
        cut[axis] = size;
        return cut;
    }

    /// <summary>Takes a place in scratch memory for the largest block.</summary>
    /// <param name="offset">The first byte that is free.</param>
    /// <param name="size">The size of the block.</param>
    /// <returns>The first byte that is free then.</returns>
    public long Place(long offset, int size)
    {
        this.offset = offset;
        return Behind(offset, Value.CountOf(SizesOf(size)));
    }

    /// <summary>Takes a place for what the blocks so far give together, and one for a block where there is none yet.</summary>
    /// <param name="offset">The first byte that is free.</param>
    public long PlaceSecond(long offset)
    {
        second = offset;
        return Behind(offset, Count);
    }

    /// <summary>A block in float32.</summary>
    public Value Widened(Value whole, int start, int size, Storage memory, Workers workers)
    {
        var wide = new Value(DType.Float32, SizesOf(size), memory, offset);
        (int pieces, int length) = PiecesOf(wide, size);
        for (int i = 0; i < pieces; i++)
            HalfConversion.Run(type, Piece(whole, i, start), DType.Float32, wide.Address + ((nint)i * length * sizeof(float)), length, workers);
        return wide;
    }

    /// <summary>A block where it lies; it is cut along its first axis.</summary>
    public Value Rows(Value whole, int start, int size) => new(type, SizesOf(size), Storage.Of(At(whole, (long)start * Inner), 0), 0);

    /// <summary>Where the kernel puts the result of a block.</summary>
    public Value Target(Value whole, int start, int size, Storage memory) =>
        isWidened ? new Value(DType.Float32, SizesOf(size), memory, offset)
        : axis >= 0 ? Rows(whole, start, size)
        : second >= 0 ? new Value(DType.Float32, sizes, memory, second)
        : whole;

    /// <summary>What the blocks so far give together.</summary>
    public Value Total(Value whole, Storage memory) => isWidened && second >= 0 ? new Value(DType.Float32, sizes, memory, second) : whole;

    /// <summary>Rounds a block into the result.</summary>
    public void Narrow(Value wide, Value whole, int start, int size, Workers workers)
    {
        (int pieces, int length) = PiecesOf(wide, size);
        for (int i = 0; i < pieces; i++)
            HalfConversion.Run(DType.Float32, wide.Address + ((nint)i * length * sizeof(float)), type, Piece(whole, i, start), length, workers);
    }

    /// <summary>How many pieces of a block lie apart in the whole, and how long each is.</summary>
    private (int Pieces, int Length) PiecesOf(Value block, int size) => axis <= 0 ? (1, block.Count) : (Value.CountOf(sizes.AsSpan(0, axis)), size * Inner);

    /// <summary>Where a piece of a block lies in the whole.</summary>
    private nint Piece(Value whole, int piece, int start) => At(whole, axis < 0 ? 0 : ((piece * (long)sizes[axis]) + start) * Inner);

    private static nint At(Value whole, long element) => whole.Address + (nint)(element * whole.DType.Size());

    private static long Behind(long offset, int count) => (offset + ((long)count * sizeof(float)) + Scratch.Alignment - 1) & -Scratch.Alignment;
}
