using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Lowering;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;
using Gemm = Toolkit.Autograd.Operations.LinearAlgebra.Gemm;

namespace Toolkit.Autograd.Compilation;

/// <summary>One step of a program, whatever the sizes.</summary>
internal abstract class ProgramStep
{
    /// <summary>What the step does, for profiles and messages.</summary>
    public required string Name { get; init; }

    /// <summary>Where the step comes from; null where nobody has said.</summary>
    public Origin? Origin { get; init; }

    /// <summary>The places that the step reads, −1 where an input is left out.</summary>
    public required int[] Inputs { get; init; }

    /// <summary>The places that the step writes; −1 where nobody reads a result.</summary>
    public required int[] Outputs { get; init; }

    /// <summary>Whether all sizes of the step are known without a plan, and nothing of it but they decides the kernel.</summary>
    public required bool IsSized { get; init; }

    /// <summary>Chooses the kernel for known sizes.</summary>
    /// <param name="kernels">What there is to choose from.</param>
    /// <param name="inputs">Values of the types and sizes of the inputs.</param>
    /// <param name="outputs">Values of the types and sizes of the results that are read.</param>
    /// <param name="sizes">The sizes of each shape of the program.</param>
    /// <param name="binding">The sizes of symbols.</param>
    public abstract Kernel Lower(KernelChoice kernels, Value[] inputs, Value[] outputs, int[][] sizes, Binding binding);
}

/// <summary>Indices that an operation of the program makes.</summary>
/// <param name="Maker">The operation.</param>
/// <param name="Output">The position of the result.</param>
/// <param name="Shape">The position of the shape of its first input.</param>
internal sealed record MadeIndices(IMakesIndices Maker, int Output, int Shape)
{
    /// <summary>What is known of them.</summary>
    /// <param name="sizes">The sizes of each shape of the program.</param>
    public KnownIndices? For(int[][] sizes) => Maker.IndicesOf(Output, sizes[Shape]);
}

/// <summary>The kernel of one operation.</summary>
/// <param name="node">The operation.</param>
/// <param name="epilogue">What is done on the way out.</param>
/// <param name="constants">For each input whether its numbers are known and never change.</param>
/// <param name="indices">For each input who makes the indices that it holds; empty where nobody is known.</param>
/// <param name="results">The type of each result, the position of its shape, and whether anybody reads it.</param>
/// <param name="blocks">How the computation is cut; null where it is not.</param>
/// <param name="bodies">The programs of the operation's bodies.</param>
internal sealed class OperationStep(
    Node node, Epilogue epilogue, bool[] constants, MadeIndices?[] indices, (DType Type, int Shape, bool IsWanted)[] results, Blocks? blocks, IReadOnlyList<BodyProgram> bodies) : ProgramStep
{
    public override Kernel Lower(KernelChoice kernels, Value[] inputs, Value[] outputs, int[][] sizes, Binding binding)
    {
        var wanted = new (DType, int[], bool)[results.Length];
        for (int i = 0; i < wanted.Length; i++)
        {
            wanted[i] = (results[i].Type, sizes[results[i].Shape], results[i].IsWanted);
        }

        KnownIndices?[] known = indices.Length == 0 ? [] : Array.ConvertAll(indices, made => made?.For(sizes));
        return kernels.For(node.Operation, epilogue, inputs, wanted, constants, known, blocks, bodies.Count == 0 ? null : Compiler(kernels, binding));
    }

    private Func<Body, BodyFunction> Compiler(KernelChoice kernels, Binding binding) => body => new PlannedBody(ProgramOf(body), binding, kernels);

    private BodyProgram ProgramOf(Body body) => bodies.First(known => ReferenceEquals(known.Body, body));
}

/// <summary>The sum of two products, added up where it lies.</summary>
/// <param name="first">The first product.</param>
/// <param name="second">The second product.</param>
internal sealed class SumStep(Gemm first, Gemm second) : ProgramStep
{
    public override Kernel Lower(KernelChoice kernels, Value[] inputs, Value[] outputs, int[][] sizes, Binding binding) => ProductSum.Lower(first, second, inputs, outputs[0]);
}

/// <summary>A chain of elementwise operations.</summary>
/// <param name="chain">The chain.</param>
/// <param name="shape">The position of its shape.</param>
/// <param name="leaves">The position of each leaf's shape.</param>
internal sealed class ChainStep(ElementwiseChain chain, int shape, int[] leaves) : ProgramStep
{
    public override Kernel Lower(KernelChoice kernels, Value[] inputs, Value[] outputs, int[][] sizes, Binding binding) =>
        new ElementwiseProgram(chain, sizes[shape], SizesOf(leaves, sizes));

    private static int[][] SizesOf(int[] leaves, int[][] sizes)
    {
        var found = new int[leaves.Length][];
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = sizes[leaves[i]];
        }

        return found;
    }
}

/// <summary>The copy of a value.</summary>
internal sealed class CopyStep : ProgramStep
{
    private static readonly Kernel Copy = Kernel.Of(a => a.Outputs[0].CopyFrom(a.Inputs[0]));

    public override Kernel Lower(KernelChoice kernels, Value[] inputs, Value[] outputs, int[][] sizes, Binding binding) => Copy;
}
