using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// One run of an <see cref="ElementwiseProgram"/>. Registers are rows of a scratch block, one block per thread; a leaf or store that needs no broadcasting is
/// used where it lies.
/// </summary>
internal sealed unsafe class ElementwiseRun(ElementwiseProgram program) : WorkItem
{
    private readonly ElementwiseChain chain = program.Chain;
    private readonly nint[] from = new nint[program.Chain.Leaves.Length];
    private readonly nint[] to = new nint[program.Chain.Stores.Length];
    private readonly Spare<Storage> others = new(() => NewBlock(program.Chain));
    private Storage? first;

    /// <summary>Takes the addresses of the values to work on, which the caller of the kernel holds.</summary>
    public void Begin(ReadOnlySpan<Value> inputs, ReadOnlySpan<Value> outputs)
    {
        for (int i = 0; i < from.Length; i++)
            from[i] = inputs[chain.Leaves[i].Input].Address;
        for (int i = 0; i < to.Length; i++)
            to[i] = outputs[chain.Stores[i].Output].Address;
    }

    /// <summary>Runs one piece of the elements.</summary>
    public override void Execute(int index)
    {
        int start = index * program.PieceLength, end = start + Math.Min(program.Count - start, program.PieceLength);
        if (program.Loop is { } loop)
            RunLoop(loop, start, end);
        else
            RunTiles(index == 0, start, end);
    }

    // Run by run: within one, each leaf is a row of neighbours or one number.
    private void RunLoop(VectorLoop loop, int start, int end)
    {
        int run = program.RunLength;
        nint* addresses = stackalloc nint[from.Length + to.Length];
        for (int length; start < end; start += length)
        {
            length = Math.Min(run - (start % run), end - start);
            for (int i = 0; i < from.Length; i++)
                addresses[i] = program.Readers[i] is { } reader ? reader.Place(from[i], start) : from[i] + ((nint)start * chain.LeafBytes(i));
            for (int i = 0; i < to.Length; i++)
                addresses[from.Length + i] = to[i] + ((nint)start * chain.StoreBytes(i));
            int whole = length / VectorLoop.Width * VectorLoop.Width;
            loop.Run(addresses, whole);
            if (whole < length)
                RunRest(loop, addresses, whole, length - whole);
        }
    }

    // The last few elements of a run go through a whole vector of copies.
    private void RunRest(VectorLoop loop, nint* addresses, int done, int count)
    {
        const int Slot = VectorLoop.Width * sizeof(float);
        int slots = from.Length + to.Length;
        byte* copies = stackalloc byte[slots * Slot];
        nint* places = stackalloc nint[slots];
        new Span<byte>(copies, slots * Slot).Clear();
        for (int i = 0; i < slots; i++)
        {
            places[i] = (nint)(copies + (i * Slot));
            if (i < from.Length && program.Readers[i] is { Repeats: true })
                places[i] = addresses[i];
            else if (i < from.Length)
                Buffer.MemoryCopy((void*)(addresses[i] + ((nint)done * chain.LeafBytes(i))), (void*)places[i], Slot, count * chain.LeafBytes(i));
        }

        loop.Run(places, VectorLoop.Width);
        for (int i = 0; i < to.Length; i++)
        {
            int size = chain.StoreBytes(i);
            Buffer.MemoryCopy((void*)places[from.Length + i], (void*)(addresses[from.Length + i] + ((nint)done * size)), count * size, count * size);
        }
    }

    private static Storage NewBlock(ElementwiseChain chain) => new((long)chain.Registers * chain.RegisterBytes);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunTiles(bool isFirst, int start, int end)
    {
        // One thread alone has the first piece; small results have no other.
        Storage block = isFirst ? first ??= NewBlock(chain) : others.Rent();
        int registers = chain.Registers;
        nint* addresses = stackalloc nint[registers];
        nint* spread = stackalloc nint[from.Length];
        new Span<nint>(spread, from.Length).Clear();
        nint* arguments = stackalloc nint[chain.Arity];
        for (int r = 0; r < registers; r++)
        {
            addresses[r] = block.Address + ((nint)r * chain.RegisterBytes);
        }

        // A number that is the same everywhere is spread once, not for each tile.
        for (int i = 0; i < from.Length; i++)
        {
            if (program.Readers[i] is { IsConstant: true } reader)
            {
                reader.Read(from[i], 0, Math.Min(ElementwiseProgram.TileLength, end - start), addresses[chain.Leaves[i].Register]);
            }
        }

        for (int length; start < end; start += length)
        {
            length = Math.Min(program.Tile(start), end - start);
            RunTile(start, length, block.Address, addresses, spread, arguments);
        }

        if (!isFirst)
            others.Return(block);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunTile(int start, int length, nint block, nint* addresses, nint* spread, nint* arguments)
    {
        ElementwiseLeaf[] leaves = chain.Leaves;
        for (int i = 0; i < leaves.Length; i++)
        {
            if (program.Readers[i] is { } reader)
            {
                if (!reader.IsConstant)
                    addresses[leaves[i].Register] = Broadcast(i, reader, start, length, block + ((nint)leaves[i].Register * chain.RegisterBytes), ref spread[i]);
            }
            else
            {
                int size = chain.LeafBytes(i);
                nint address = from[i] + ((nint)start * size);
                addresses[leaves[i].Register] = address;
                if (program.Prefetches)
                {
                    Prefetch(address + ((nint)length * size), length * size);
                }
            }
        }

        ElementwiseStore[] stores = chain.Stores;
        for (int i = 0; i < stores.Length; i++)
        {
            if (!stores[i].Late)
                addresses[stores[i].Register] = to[i] + ((nint)start * chain.StoreBytes(i));
        }

        ElementwiseInstruction[] instructions = chain.Instructions;
        uint[] marks = program.Marks;
        for (int k = 0; k < instructions.Length; k++)
        {
            ElementwiseInstruction instruction = instructions[k];
            int[] registers = instruction.Inputs;
            for (int i = 0; i < registers.Length; i++)
            {
                arguments[i] = addresses[registers[i]];
            }

            instruction.Kernel.Apply(new TileArguments(arguments, addresses[instruction.Output], length, instruction.InputType, marks[k]));
        }

        // Outputs that share memory with an input are stored last, when no instruction reads the old numbers any more.
        for (int i = 0; i < stores.Length; i++)
        {
            if (stores[i].Late)
            {
                int size = chain.StoreBytes(i);
                new ReadOnlySpan<byte>((void*)addresses[stores[i].Register], length * size).CopyTo(new Span<byte>((void*)(to[i] + ((nint)start * size)), length * size));
            }
        }
    }

    /// <summary>Where a tile's numbers of a leaf lie that is broadcast: in the value itself, or in the leaf's register, over which the number that was spread last may lie still.</summary>
    private nint Broadcast(int leaf, BroadcastReader reader, int start, int length, nint register, ref nint spread)
    {
        if (!reader.IsRun(start, length))
        {
            reader.Read(from[leaf], start, length, register);
            spread = 0;
            return register;
        }

        nint run = reader.Place(from[leaf], start);
        if (!reader.Repeats)
            return run;
        if (spread != run)
        {
            // To the end of the register, which later tiles may use up to there.
            reader.Repeat(run, ElementwiseProgram.TileLength, register);
            spread = run;
        }

        return register;
    }

    /// <summary>Asks for the next tile's numbers while this one is computed: tiles come in bursts that hardware does not foresee.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
}
