using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>One step of an <see cref="ElementwiseChain"/>: registers in, register out.</summary>
internal sealed record ElementwiseInstruction(ITileKernel Kernel, int[] Inputs, int Output, DType InputType);

/// <summary>A value that a chain reads, broadcast to its shape, and the register that holds it.</summary>
internal readonly record struct ElementwiseLeaf(int Input, int Register);

/// <summary>A register that a chain stores, and the output that receives it; late if the output has the memory of an input that is still read
/// when the result is known.</summary>
internal readonly record struct ElementwiseStore(int Register, int Output, bool Late);

/// <summary>A chain of elementwise operations over one shape, whatever its sizes; <see cref="ElementwiseProgram"/> is the chain for some sizes.</summary>
/// <param name="instructions">The instructions in order.</param>
/// <param name="leaves">What is read.</param>
/// <param name="stores">What is stored.</param>
/// <param name="registers">The number of registers.</param>
/// <param name="types">The element types of the leaves, then of the stores.</param>
/// <param name="loops">The loops that are generated for large sizes; null for none.</param>
internal sealed class ElementwiseChain(
    ElementwiseInstruction[] instructions, ElementwiseLeaf[] leaves, ElementwiseStore[] stores, int registers, DType[] types, VectorLoops? loops)
{
    // How many inputs of an instruction can be marked as one number that repeats; a mark saves time and changes nothing else.
    private const int MarkedInputs = 32;

    // Registers lie a little more than their size apart, so that equal places of different registers fall into different cache sets.
    private const int RegisterGap = 192;

    private readonly List<(bool[] Constant, VectorLoop? Loop)> known = [];
    private readonly bool canLoop = loops is not null && VectorLoop.Handles(instructions, types);

    public ElementwiseInstruction[] Instructions { get; } = instructions;

    public ElementwiseLeaf[] Leaves { get; } = leaves;

    public ElementwiseStore[] Stores { get; } = stores;

    public int Registers { get; } = registers;

    /// <summary>The most inputs of an instruction.</summary>
    public int Arity { get; } = instructions.Max(i => i.Inputs.Length);

    /// <summary>The distance of two registers in bytes. An element takes up to eight, but for complex numbers, which are only moved: what is stored has the type of
    /// what is read.</summary>
    public int RegisterBytes { get; } = (ElementwiseProgram.TileLength * Math.Max(sizeof(double), types.Max(t => t.Size()))) + RegisterGap;

    /// <summary>The size of an element of a leaf.</summary>
    /// <param name="leaf">The leaf.</param>
    public int LeafBytes(int leaf) => types[leaf].Size();

    /// <summary>The size of an element of a store.</summary>
    /// <param name="store">The store.</param>
    public int StoreBytes(int store) => types[Leaves.Length + store].Size();

    /// <summary>The generated loop over a run in which each leaf is a row of neighbours or one number; null where there is none.</summary>
    /// <param name="constant">For each leaf whether it is one number.</param>
    public VectorLoop? Loop(bool[] constant)
    {
        if (!canLoop)
        {
            return null;
        }

        lock (known)
        {
            foreach ((bool[] marks, VectorLoop? loop) in known)
            {
                if (marks.AsSpan().SequenceEqual(constant))
                {
                    return loop;
                }
            }

            VectorLoop? made = loops!.Get(Instructions, Leaves, constant, Stores, Registers, types);
            known.Add((constant, made));
            return made;
        }
    }

    /// <summary>For each instruction which of its inputs are one number, as bits.</summary>
    /// <param name="constant">For each leaf whether it is one number.</param>
    public uint[] Marks(bool[] constant)
    {
        var marks = new uint[Instructions.Length];
        for (int leaf = 0; leaf < Leaves.Length; leaf++)
        {
            for (int k = 0; constant[leaf] && k < marks.Length; k++)
            {
                int[] from = Instructions[k].Inputs;
                for (int i = 0; i < from.Length && i < MarkedInputs; i++)
                {
                    marks[k] |= from[i] == Leaves[leaf].Register ? 1u << i : 0;
                }
            }
        }

        return marks;
    }
}
