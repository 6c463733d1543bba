using System.Numerics.Tensors;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Lowering;

/// <summary>
/// Runs a kernel for float32 on inputs and results of half types, a block of rows at a time: what a block reads is widened into scratch memory, and what it gives is rounded
/// into the result. Blocks follow from the sizes alone, so bits do not depend on the number of threads.
/// </summary>
internal sealed unsafe class BlockKernel : Kernel
{
    // The wide numbers of a block stay in the second-level cache.
    private const long BlockBytes = 1 << 20;

    private readonly Blocks blocks;
    private readonly BlockPart[] inputs;
    private readonly BlockPart[] results;
    private readonly int rows;
    private readonly int block;
    private readonly Kernel whole;
    private readonly Kernel? rest;
    private readonly long scratchBytes;

    /// <summary>Prepares the blocks.</summary>
    /// <param name="blocks">How the operation is cut.</param>
    /// <param name="inputs">Values of the types and sizes of the inputs, null where one is left out.</param>
    /// <param name="results">Type and sizes of each result, and whether anybody reads it.</param>
    /// <param name="lower">Makes the kernel for blocks of known sizes.</param>
    public BlockKernel(
        Blocks blocks, Value?[] inputs, (DType Type, int[] Sizes, bool IsWanted)[] results, Func<Value?[], (DType Type, int[] Sizes, bool IsWanted)[], Kernel> lower)
    {
        this.blocks = blocks;
        int first = Enumerable.Range(0, blocks.Axes.Count).First(i => blocks.Axes[i] >= 0);
        rows = inputs[first]!.Sizes[blocks.Axes[first]];
        this.inputs = [.. inputs.Select((input, i) => input is null ? BlockPart.None : new BlockPart(input.DType, input.Sizes.ToArray(), AxisOf(i), i != blocks.Panels && input.DType.IsHalf()))];
        this.results = [.. results.Select((result, i) => result.IsWanted ? new BlockPart(result.Type, result.Sizes, blocks.AxisOfResult(i), result.Type.IsHalf()) : BlockPart.None)];
        long perRow = this.inputs.Concat(this.results).Where(part => part.IsWidened && part.Axis >= 0).Sum(part => (long)part.Count / Math.Max(1, rows) * sizeof(float));

        // Other results than the first, such as places, count from the first row on.
        bool isOne = blocks.Results is null && results.Skip(1).Any(result => result.IsWanted);
        int most = isOne ? rows : (int)Math.Clamp(BlockBytes / Math.Max(1, perRow), Math.Min(blocks.Least, Math.Max(1, rows)), Math.Max(1, rows));
        int count = Math.Max(1, (rows + Math.Max(1, most) - 1) / Math.Max(1, most));
        block = (rows + count - 1) / count;
        whole = Make(block);
        int left = rows - ((count - 1) * block);
        rest = left == block ? null : Make(left);
        Flops = (whole.Flops * (count - 1)) + (rest ?? whole).Flops;
        foreach (BlockPart part in this.inputs.Concat(this.results).Where(part => part.IsWidened))
            scratchBytes = part.Place(scratchBytes, block);
        foreach (BlockPart part in this.results.Where(part => part != BlockPart.None && part.Axis < 0 && count > 1))
            scratchBytes = part.PlaceSecond(scratchBytes);

        Kernel Make(int size) => lower(
            [.. this.inputs.Select((part, i) => part == BlockPart.None ? null : part.IsWidened || part.Axis >= 0 ? new Value(part.KernelType, part.SizesOf(size), Storage.Of(0, 0), 0) : inputs[i])],
            [.. this.results.Select((part, i) => part == BlockPart.None ? results[i] : (part.KernelType, part.SizesOf(size), true))]);
    }

    /// <inheritdoc/>
    public override void Run(KernelArguments arguments)
    {
        using Scratch scratch = arguments.Workers.Rent(scratchBytes);
        var memory = Storage.Of((nint)scratch.Pointer, scratchBytes);
        var read = new Value[inputs.Length];
        var written = new Value[results.Length];
        for (int i = 0; i < read.Length; i++)
        {
            if (inputs[i].Axis < 0 && inputs[i] != BlockPart.None)
                read[i] = inputs[i].IsWidened ? inputs[i].Widened(arguments.Inputs[i], 0, block, memory, arguments.Workers) : arguments.Inputs[i];
        }

        for (int start = 0, size = block; start == 0 || start < rows; start += size)
        {
            size = Math.Min(block, rows - start);
            for (int i = 0; i < read.Length; i++)
            {
                if (inputs[i].Axis >= 0)
                    read[i] = inputs[i].IsWidened ? inputs[i].Widened(arguments.Inputs[i], start, size, memory, arguments.Workers) : inputs[i].Rows(arguments.Inputs[i], start, size);
            }

            for (int i = 0; i < written.Length; i++)
            {
                if (results[i] != BlockPart.None)
                    written[i] = results[i].Target(arguments.Outputs[i], start, size, memory);
            }

            (size == block ? whole : rest!).Run(new KernelArguments(read, written, arguments.Workers, arguments.Cancellation));
            for (int i = 0; i < written.Length; i++)
            {
                if (results[i] != BlockPart.None)
                    Finish(results[i], written[i], arguments.Outputs[i], start, size, memory, arguments.Workers);
            }

            if (size == 0)
                break;
        }
    }

    /// <summary>Takes the result of a block: into its rows, or to what blocks before it gave.</summary>
    private void Finish(BlockPart part, Value found, Value result, int start, int size, Storage memory, Workers workers)
    {
        if (part.Axis >= 0)
        {
            if (part.IsWidened)
                part.Narrow(found, result, start, size, workers);
            return;
        }

        bool isLast = start + size >= rows;
        Value total = part.Total(result, memory);
        if (size < rows)
            Join(total.Span<float>(), found.Span<float>(), start, size);
        if (isLast && part.IsWidened)
            part.Narrow(size < rows ? total : found, result, 0, 0, workers);
    }

    private void Join(Span<float> total, ReadOnlySpan<float> found, int start, int size)
    {
        if (start > 0 && blocks.Join is BlockJoin.Sum or BlockJoin.Rows)
        {
            TensorPrimitives.Add(total, found, total);
            return;
        }

        float share = blocks.Join == BlockJoin.Mean ? (float)((double)size / rows) : 1;
        for (int i = 0; i < total.Length; i++)
        {
            total[i] = blocks.Join switch
            {
                _ when start == 0 => share * found[i],
                BlockJoin.Max => MathF.Max(total[i], found[i]),
                BlockJoin.Min => MathF.Min(total[i], found[i]),
                _ => total[i] + (share * found[i]),
            };
        }
    }

    private int AxisOf(int input) => input < blocks.Axes.Count ? blocks.Axes[input] : -1;
}
