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
    private readonly Value[] inputs = new Value[program.Chain.Leaves.Length];
    private readonly Value[] outputs = new Value[program.Chain.Stores.Length];
    private readonly Stack<Storage> scratch = new();
    private readonly Lock scratchLock = new();

    /// <summary>Takes the values to work on.</summary>
    public void Begin(ReadOnlySpan<Value> inputs, ReadOnlySpan<Value> outputs)
    {
        inputs.CopyTo(this.inputs);
        outputs.CopyTo(this.outputs);
    }

    /// <summary>Lets the values go.</summary>
    public void End()
    {
        Array.Clear(inputs);
        Array.Clear(outputs);
    }

    /// <summary>Runs one piece of the elements.</summary>
    public override void Execute(int index)
    {
        int start = index * program.PieceLength, end = start + Math.Min(program.Count - start, program.PieceLength);
        if (program.Loop is { } loop)
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
        nint* addresses = stackalloc nint[inputs.Length + outputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            addresses[i] = inputs[chain.Leaves[i].Input].Address;
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            addresses[inputs.Length + i] = outputs[chain.Stores[i].Output].Address;
        }

        loop.Run(addresses, start, length);
    }

    private void RunTiles(int first, int end)
    {
        Storage block = Rent();
        int registers = chain.Registers;
        nint* addresses = stackalloc nint[registers];
        nint* arguments = stackalloc nint[chain.Arity];
        for (int r = 0; r < registers; r++)
        {
            addresses[r] = block.Address + ((nint)r * chain.RegisterBytes);
        }

        // A number that is the same everywhere is spread once, not for each tile.
        for (int i = 0; i < inputs.Length; i++)
        {
            if (program.Readers[i] is { IsConstant: true } reader)
            {
                ElementwiseLeaf leaf = chain.Leaves[i];
                reader.Read(inputs[leaf.Input].Address, 0, Math.Min(ElementwiseProgram.TileLength, end - first), addresses[leaf.Register]);
            }
        }

        for (int done = 0; done < end - first; done += ElementwiseProgram.TileLength)
        {
            RunTile(first + done, Math.Min(ElementwiseProgram.TileLength, end - first - done), addresses, arguments);
        }

        Return(block);
    }

    private void RunTile(int start, int length, nint* addresses, nint* arguments)
    {
        ElementwiseLeaf[] leaves = chain.Leaves;
        for (int i = 0; i < leaves.Length; i++)
        {
            Value value = inputs[leaves[i].Input];
            if (program.Readers[i] is { } reader)
            {
                if (!reader.IsConstant)
                {
                    reader.Read(value.Address, start, length, addresses[leaves[i].Register]);
                }
            }
            else
            {
                int size = chain.LeafBytes(i);
                nint address = value.Address + ((nint)start * size);
                addresses[leaves[i].Register] = address;
                if (program.Prefetches)
                {
                    Prefetch(address + ((nint)length * size), length * size);
                }
            }
        }

        foreach (ElementwiseStore store in chain.Stores)
        {
            if (!store.Late)
            {
                Value value = outputs[store.Output];
                addresses[store.Register] = value.Address + ((nint)start * value.DType.Size());
            }
        }

        ElementwiseInstruction[] instructions = chain.Instructions;
        uint[] marks = program.Marks;
        for (int k = 0; k < instructions.Length; k++)
        {
            ElementwiseInstruction instruction = instructions[k];
            int[] from = instruction.Inputs;
            for (int i = 0; i < from.Length; i++)
            {
                arguments[i] = addresses[from[i]];
            }

            instruction.Kernel.Apply(new TileArguments(arguments, addresses[instruction.Output], length, instruction.InputType, marks[k]));
        }

        // Outputs that share memory with an input are stored last, when no instruction reads the old numbers any more.
        foreach (ElementwiseStore store in chain.Stores)
        {
            if (store.Late)
            {
                Value value = outputs[store.Output];
                int size = value.DType.Size();
                new ReadOnlySpan<byte>((void*)addresses[store.Register], length * size)
                    .CopyTo(new Span<byte>((void*)(value.Address + ((nint)start * size)), length * size));
            }
        }
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

        return new Storage((long)chain.Registers * chain.RegisterBytes);
    }

    private void Return(Storage block)
    {
        lock (scratchLock)
        {
            scratch.Push(block);
        }
    }
}
