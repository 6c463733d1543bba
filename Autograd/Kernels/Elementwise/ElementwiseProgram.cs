using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// A chain of elementwise operations over one shape, run tile by tile: each tile goes through all instructions while it is in cache. It holds no numbers,
/// so several threads may run it at once.
/// </summary>
internal sealed unsafe class ElementwiseProgram : Kernel
{
    /// <summary>Elements per tile: a dozen registers of 4-byte elements fit into a first-level cache of 32 KiB.</summary>
    public const int TileLength = 512;

    // From this many elements on, the operands of an update do not stay in the second-level cache between two passes.
    private const int PrefetchCount = 64 * 1024;

    // From this many elements on, a loop is generated at once; for fewer it pays after this many runs.
    private const int GenerateCount = 1024, GenerateRuns = 500;

    // Below this many elements per piece, handing over to another thread costs more than it saves.
    private const int MinimumPiece = 16 * TileLength;

    // Shorter tiles than this cost more than the copies of numbers that are broadcast, and shorter runs of a loop more than tiles.
    private const int ShortestTile = 128, ShortestRun = 32;

    private readonly Spare<ElementwiseRun> runs;
    private readonly int longest;
    private readonly int tile;
    private readonly bool isFull;
    private readonly bool[] constant;
    private readonly bool canLoop;
    private int done;

    /// <summary>Prepares a chain for values of known sizes.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="sizes">The sizes of the results.</param>
    /// <param name="leafSizes">The sizes of each leaf.</param>
    public ElementwiseProgram(ElementwiseChain chain, ReadOnlySpan<int> sizes, int[][] leafSizes)
    {
        Chain = chain;
        runs = new(() => new ElementwiseRun(this));
        Count = Value.CountOf(sizes);
        Readers = new BroadcastReader?[leafSizes.Length];
        constant = new bool[leafSizes.Length];
        for (int i = 0; i < Readers.Length; i++)
        {
            BroadcastReader.Require(leafSizes[i], sizes);
            if (Value.CountOf(leafSizes[i]) != Count)
            {
                Readers[i] = new BroadcastReader(leafSizes[i], sizes, chain.LeafBytes(i));
                constant[i] = Readers[i]!.Repeats;
            }
        }

        RunLength = Readers.Where(reader => reader is { IsConstant: false }).Select(reader => reader!.Run).Append(int.MaxValue).Min();
        isFull = RunLength == int.MaxValue;
        tile = RunLength < ShortestTile ? int.MaxValue : RunLength;

        // What goes through no register need not be cut into tiles.
        bool isDirect = chain.Instructions.Length == 1 && Array.TrueForAll(Readers, reader => reader is null || (!reader.Repeats && reader.Run == tile));
        longest = isDirect ? MinimumPiece : TileLength;
        canLoop = Count >= VectorLoop.Width && (isFull ? chain.Instructions.Length > 1 : RunLength >= ShortestRun && !isDirect);
        Loop = canLoop && Count >= GenerateCount ? chain.Loop(constant) : null;
        Marks = chain.Marks([.. Readers.Select(reader => reader is { Repeats: true } && (reader.IsConstant || reader.Run == tile))]);

        // Pieces are whole tiles, and their length depends on the count alone, not on the number of threads.
        PieceLength = Math.Max(MinimumPiece, (int)((((Count + 63L) / 64) + TileLength - 1) / TileLength * TileLength));
        Flops = (long)Count * chain.Instructions.Length;
    }

    public ElementwiseChain Chain { get; }

    /// <summary>The number of elements of each result.</summary>
    public int Count { get; }

    public int PieceLength { get; }

    /// <summary>How each leaf is read that is not as large as the results.</summary>
    public BroadcastReader?[] Readers { get; }

    /// <summary>The elements after which numbers that are broadcast change or begin again.</summary>
    public int RunLength { get; }

    /// <summary>For each instruction which of its inputs are one number, as bits.</summary>
    public uint[] Marks { get; }

    /// <summary>The generated loop; null where the chain runs tile by tile.</summary>
    public VectorLoop? Loop { get; private set; }

    /// <summary>Whether the next tile's numbers are asked for while one is computed.</summary>
    public bool Prefetches => Count >= PrefetchCount;

    /// <summary>The elements of the tile that begins at an element: a tile ends where numbers that are broadcast do, which are then read where they lie.</summary>
    public int Tile(int start) => Math.Min(longest, tile - (start % tile));

    /// <summary>The program of a single operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="types">The element types of its inputs.</param>
    /// <param name="inputs">Their sizes.</param>
    /// <param name="resultType">The element type of the result.</param>
    /// <param name="result">The sizes of the result.</param>
    public static ElementwiseProgram Of(ITileKernel operation, DType[] types, int[][] inputs, DType resultType, ReadOnlySpan<int> result)
    {
        int arity = types.Length;
        int[] registers = [.. Enumerable.Range(0, arity)];
        return new ElementwiseProgram(
            new ElementwiseChain(
                [new ElementwiseInstruction(operation, registers, arity, types[^1])],
                [.. registers.Select(i => new ElementwiseLeaf(i, i))],
                [new ElementwiseStore(arity, 0, false)],
                arity + 1,
                [.. types, resultType],
                loops: null),
            result,
            inputs);
    }

    /// <inheritdoc/>
    public override void Run(KernelArguments arguments)
    {
        if (Count == 0)
        {
            return;
        }

        // The bits are the same either way, so it does not matter which of several threads counts.
        if (canLoop && Loop is null && done < GenerateRuns && ++done == GenerateRuns)
        {
            Loop = Chain.Loop(constant);
        }

        if (Loop is { } loop && isFull && Count <= PieceLength && Count % VectorLoop.Width == 0)
        {
            RunWhole(loop, arguments);
            return;
        }

        ElementwiseRun run = runs.Rent();
        run.Begin(arguments.Inputs, arguments.Outputs);
        arguments.Workers.For(((Count - 1) / PieceLength) + 1, run);
        runs.Return(run);
    }

    /// <summary>Runs the loop over all elements on this thread, which takes nothing but the addresses.</summary>
    private void RunWhole(VectorLoop loop, KernelArguments arguments)
    {
        ElementwiseLeaf[] leaves = Chain.Leaves;
        ElementwiseStore[] stores = Chain.Stores;
        nint* addresses = stackalloc nint[leaves.Length + stores.Length];
        for (int i = 0; i < leaves.Length; i++)
            addresses[i] = arguments.Inputs[leaves[i].Input].Address;
        for (int i = 0; i < stores.Length; i++)
            addresses[leaves.Length + i] = arguments.Outputs[stores[i].Output].Address;
        loop.Run(addresses, Count);
    }
}
