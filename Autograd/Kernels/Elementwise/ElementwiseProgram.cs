using System.Runtime.Intrinsics.X86;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>One step of an <see cref="ElementwiseProgram"/>: registers in, register out.</summary>
internal sealed record ElementwiseInstruction(ITileKernel Kernel, int[] Inputs, int Output, DType InputType);

/// <summary>A value that a program reads, broadcast to its shape, and the register that holds it.</summary>
internal readonly record struct ElementwiseLeaf(int Input, int Register);

/// <summary>A register that a program stores, and the output that receives it; in place if the output has the memory of an input that is still read
/// when the result is known.</summary>
internal readonly record struct ElementwiseStore(int Register, int Output, bool InPlace);

/// <summary>
/// A chain of elementwise operations over one shape, run tile by tile: each tile goes through all instructions while it is in cache.
/// Registers are rows of a scratch block, one block per thread; a leaf or store that needs no broadcasting is used in place.
/// </summary>
internal sealed unsafe class ElementwiseProgram : WorkItem
{
    // Elements per tile: a dozen registers of 4-byte elements fit into a first-level cache of 32 KiB.
    private const int TileLength = 512;

    // Registers lie a little more than their size apart, so that equal places of different registers fall into different cache sets.
    private const int RegisterGap = 192;

    // From this many elements on, the operands of an update do not stay in the second-level cache between two passes.
    private const int PrefetchCount = 64 * 1024;

    // From this many elements on, generating a loop pays after some runs.
    private const int GenerateCount = 1024;

    // Below this many elements per piece, handing over to another thread costs more than it saves.
    private const int MinimumPiece = 16 * TileLength;

    // How many inputs of an instruction can be marked as one number that repeats; a mark saves time and changes nothing else.
    private const int MarkedInputs = 32;

    private readonly ElementwiseInstruction[] instructions;
    private readonly ElementwiseLeaf[] leaves;
    private readonly ElementwiseStore[] stores;
    private readonly Value[] inputs;
    private readonly Value[] outputs;
    private readonly BroadcastReader?[] readers;
    private readonly uint[] constants;
    private readonly int registers;
    private readonly int registerBytes;
    private readonly int arity;
    private readonly int count;
    private readonly int pieceLength;
    private readonly VectorLoop? loop;
    private readonly Stack<Storage> scratch = new();
    private readonly Lock scratchLock = new();

    /// <summary>Prepares a program for values of known sizes. <paramref name="inputs"/> and <paramref name="outputs"/> may be replaced
    /// by others of the same sizes between runs. With <paramref name="loops"/> a large chain becomes a generated loop where it can.</summary>
    public ElementwiseProgram(
        ElementwiseInstruction[] instructions,
        ElementwiseLeaf[] leaves,
        ElementwiseStore[] stores,
        int registers,
        ReadOnlySpan<int> sizes,
        Value[] inputs,
        Value[] outputs,
        VectorLoops? loops = null)
    {
        this.instructions = instructions;
        this.leaves = leaves;
        this.stores = [.. stores.Select(s => s with { InPlace = s.InPlace && IsReadLater(s, instructions, leaves, inputs, outputs) })];
        this.registers = registers;

        // An element takes up to eight bytes but for complex numbers, which are only moved: what is stored has the type of what is read.
        registerBytes = (TileLength * Math.Max(sizeof(double), inputs.Concat(outputs).Max(value => value.DType.Size()))) + RegisterGap;
        arity = instructions.Max(i => i.Inputs.Length);
        this.inputs = inputs;
        this.outputs = outputs;
        count = Value.CountOf(sizes);
        readers = new BroadcastReader?[leaves.Length];
        for (int i = 0; i < leaves.Length; i++)
        {
            Value value = inputs[leaves[i].Input];
            if (value.Count != count)
            {
                readers[i] = new BroadcastReader(value.Sizes, sizes, value.DType.Size());
            }
        }

        bool[] constant = [.. readers.Select(r => r is { IsConstant: true })];
        DType[] types = [.. leaves.Select(l => inputs[l.Input].DType), .. stores.Select(s => outputs[s.Output].DType)];
        if (loops is not null && count >= GenerateCount && instructions.Length > 1
            && readers.All(r => r is null || r.IsConstant) && VectorLoop.Handles(instructions, types))
        {
            loop = loops.Get(instructions, leaves, constant, stores, registers, types);
        }

        bool IsConstant(int register) => Enumerable.Range(0, leaves.Length).Any(l => leaves[l].Register == register && constant[l]);
        constants = [.. instructions.Select(i => i.Inputs.Take(MarkedInputs).Select((r, at) => IsConstant(r) ? 1u << at : 0).Aggregate(0u, (marks, mark) => marks | mark))];

        // Pieces are whole tiles, and their length depends on the count alone, not on the number of threads.
        pieceLength = Math.Max(MinimumPiece, (((count + 63) / 64) + TileLength - 1) / TileLength * TileLength);
    }

    /// <summary>Floating-point operations of one run: one per instruction and element.</summary>
    public long Flops => (long)count * instructions.Length;

    /// <summary>The program of a single operation.</summary>
    public static ElementwiseProgram Of(ITileKernel operation, KernelArguments arguments)
    {
        int arity = arguments.Inputs.Length;
        var leaves = new ElementwiseLeaf[arity];
        var registers = new int[arity];
        for (int i = 0; i < arity; i++)
        {
            leaves[i] = new ElementwiseLeaf(i, i);
            registers[i] = i;
        }

        return new ElementwiseProgram(
            [new ElementwiseInstruction(operation, registers, arity, arguments.Inputs[^1].DType)],
            leaves,
            [new ElementwiseStore(arity, 0, false)],
            arity + 1,
            arguments.Outputs[0].Sizes,
            arguments.Inputs.ToArray(),
            arguments.Outputs.ToArray());
    }

    public void Run(Workers workers)
    {
        if (count > 0)
        {
            workers.For((count + pieceLength - 1) / pieceLength, this);
        }
    }

    /// <summary>Runs one piece of the elements.</summary>
    public override void Execute(int index)
    {
        int start = index * pieceLength, end = Math.Min(count, start + pieceLength);
        if (loop is not null)
        {
            int whole = (end - start) / VectorLoop.Width * VectorLoop.Width;
            RunLoop(loop, start, whole);
            start += whole;
        }

        if (start < end)
        {
            RunTiles(start, end);
        }
    }

    private void RunLoop(VectorLoop loop, int start, int length)
    {
        nint* addresses = stackalloc nint[leaves.Length + stores.Length];
        for (int i = 0; i < leaves.Length; i++)
        {
            addresses[i] = inputs[leaves[i].Input].Address;
        }

        for (int i = 0; i < stores.Length; i++)
        {
            addresses[leaves.Length + i] = outputs[stores[i].Output].Address;
        }

        loop.Run(addresses, start, length);
    }

    private void RunTiles(int first, int end)
    {
        Storage block = Rent();
        nint* addresses = stackalloc nint[registers];
        nint* arguments = stackalloc nint[arity];
        for (int r = 0; r < registers; r++)
        {
            addresses[r] = block.Address + ((nint)r * registerBytes);
        }

        // A number that is the same everywhere is spread once, not for each tile.
        for (int i = 0; i < leaves.Length; i++)
        {
            if (readers[i] is { IsConstant: true } reader)
            {
                reader.Read(inputs[leaves[i].Input].Address, 0, Math.Min(TileLength, end - first), addresses[leaves[i].Register]);
            }
        }

        for (int start = first; start < end; start += TileLength)
        {
            RunTile(start, Math.Min(TileLength, end - start), addresses, arguments);
        }

        Return(block);
    }

    private void RunTile(int start, int length, nint* addresses, nint* arguments)
    {
        for (int i = 0; i < leaves.Length; i++)
        {
            Value value = inputs[leaves[i].Input];
            if (readers[i] is { } reader)
            {
                if (!reader.IsConstant)
                {
                    reader.Read(value.Address, start, length, addresses[leaves[i].Register]);
                }
            }
            else
            {
                int size = value.DType.Size();
                nint address = value.Address + ((nint)start * size);
                addresses[leaves[i].Register] = address;
                if (count >= PrefetchCount)
                {
                    Prefetch(address + ((nint)length * size), length * size);
                }
            }
        }

        foreach (ElementwiseStore store in stores)
        {
            if (!store.InPlace)
            {
                Value value = outputs[store.Output];
                addresses[store.Register] = value.Address + ((nint)start * value.DType.Size());
            }
        }

        for (int k = 0; k < instructions.Length; k++)
        {
            ElementwiseInstruction instruction = instructions[k];
            int[] from = instruction.Inputs;
            for (int i = 0; i < from.Length; i++)
            {
                arguments[i] = addresses[from[i]];
            }

            instruction.Kernel.Apply(new TileArguments(arguments, addresses[instruction.Output], length, instruction.InputType, constants[k]));
        }

        // Outputs that share memory with an input are stored last, when no instruction reads the old numbers any more.
        foreach (ElementwiseStore store in stores)
        {
            if (store.InPlace)
            {
                Value value = outputs[store.Output];
                int size = value.DType.Size();
                new ReadOnlySpan<byte>((void*)addresses[store.Register], length * size)
                    .CopyTo(new Span<byte>((void*)(value.Address + ((nint)start * size)), length * size));
            }
        }
    }

    /// <summary>Whether an instruction after the one that computes a stored result still reads the old numbers in its memory.</summary>
    private static bool IsReadLater(
        ElementwiseStore store, ElementwiseInstruction[] instructions, ElementwiseLeaf[] leaves, Value[] inputs, Value[] outputs)
    {
        int computed = Array.FindLastIndex(instructions, i => i.Output == store.Register);
        return instructions.Skip(computed + 1).Any(
            i => leaves.Any(l => i.Inputs.Contains(l.Register) && inputs[l.Input].Address == outputs[store.Output].Address));
    }

    /// <summary>Asks for the next tile's numbers while this one is computed: tiles come in bursts that hardware does not foresee.</summary>
    private static void Prefetch(nint address, int bytes)
    {
        if (Sse.IsSupported)
        {
            for (int i = 0; i < bytes; i += 64)
            {
                Sse.Prefetch1((void*)(address + i));
            }
        }
    }

    private Storage Rent()
    {
        lock (scratchLock)
        {
            if (scratch.TryPop(out Storage? block))
            {
                return block;
            }
        }

        return new Storage((long)registers * registerBytes);
    }

    private void Return(Storage block)
    {
        lock (scratchLock)
        {
            scratch.Push(block);
        }
    }
}
