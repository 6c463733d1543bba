using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Lowering;

/// <summary>
/// Chooses the kernel of an operation for given types and sizes: fast alternatives first, then the operation's own. An object serves all plans of a function,
/// which share packed constants.
/// </summary>
/// <param name="winograd">Whether Winograd's filtering may be chosen.</param>
/// <param name="packConstants">Whether constants are packed.</param>
internal sealed class KernelChoice(bool winograd, bool packConstants)
{
    private readonly PackedConstants? packed = packConstants ? new PackedConstants() : null;

    /// <summary>Runs an operation's own kernel once.</summary>
    public static void Run(Operation operation, Value[] inputs, Value[] outputs, Workers workers) =>
        ((HasTexts(inputs, []) || HasTexts(outputs, []) ? TextKernels.For(operation) : null) ?? Own(operation, inputs, outputs))
            .Run(new KernelArguments(inputs, outputs, workers));

    /// <summary>The kernel of an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="epilogue">What is done to each result on the way out.</param>
    /// <param name="inputs">Values of the types and sizes of the inputs, null where one is left out.</param>
    /// <param name="results">Type and sizes of each result, and whether anybody reads it.</param>
    /// <param name="constants">For each input whether it never changes.</param>
    /// <param name="indices">For each input what is known of the indices that it holds.</param>
    /// <param name="blocks">How the computation is cut; null where it is not.</param>
    /// <param name="compile">Makes a body of the operation ready to run; null where it has none.</param>
    public Kernel For(
        Operation operation,
        Epilogue epilogue,
        Value?[] inputs,
        (DType Type, int[] Sizes, bool IsWanted)[] results,
        bool[] constants,
        KnownIndices?[] indices,
        Blocks? blocks,
        Func<Body, BodyFunction>? compile)
    {
        if (blocks is not null)
            return new BlockKernel(blocks, inputs, results, (parts, partResults) => For(operation, epilogue, parts, partResults, [], [], null, compile));
        var request = new LowerRequest(operation, inputs, results, constants, indices, packed, compile);
        return (HasTexts(inputs, results) ? TextKernels.For(operation) : null)
            ?? (winograd ? WinogradKernels.For(operation, request, epilogue) : null)
            ?? (epilogue != Epilogue.None ? ((IProduct)operation).Lower(request, epilogue) : Own(operation, request));
    }

    private static bool HasTexts(Value?[] values, (DType Type, int[] Sizes, bool IsWanted)[] results)
    {
        foreach (Value? value in values)
        {
            if (value?.DType == DType.String)
                return true;
        }

        foreach ((DType type, _, _) in results)
        {
            if (type == DType.String)
                return true;
        }

        return false;
    }

    private static Kernel Own(Operation operation, Value[] inputs, Value[] outputs)
    {
        (DType, int[], bool)[] results = [.. outputs.Select(o => (o.DType, o.Sizes.ToArray(), true))];
        return Blocks.Of(operation, InferRequest.Of(operation, inputs), Shape.OfSizes(outputs[0].Sizes)) is { } blocks
            ? new BlockKernel(blocks, inputs, results, (parts, partResults) => Own(operation, new LowerRequest(operation, parts, partResults, [], [], null, null)))
            : Own(operation, new LowerRequest(operation, inputs, results, [], [], null, null));
    }

    private static Kernel Own(Operation operation, LowerRequest request) => operation is IHasKernel has
        ? has.Lower(request)
        : throw new GraphException($"{operation.Name} has neither a kernel nor an expansion into operations that have one.");
}
