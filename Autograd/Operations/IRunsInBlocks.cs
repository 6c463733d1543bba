using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations;

/// <summary>How the results of blocks make up the result of an operation.</summary>
internal enum BlockJoin
{
    /// <summary>Each block gives rows of it.</summary>
    Rows,

    /// <summary>It is their sum.</summary>
    Sum,

    /// <summary>It is their mean, each block counting by its rows.</summary>
    Mean,

    /// <summary>It is the greatest of them.</summary>
    Max,

    /// <summary>It is the least of them.</summary>
    Min,
}

/// <summary>How the computation of an operation is cut into blocks of rows, each computed from blocks of inputs.</summary>
/// <param name="Axes">For each input the axis along which it is cut; −1 for one that every block reads as a whole, as all those do that follow.</param>
/// <param name="Join">How results of blocks make up the result.</param>
/// <param name="Least">The fewest rows of a block, where there are as many.</param>
/// <param name="Panels">The position of an input of a half type that the kernel reads as it is stored; −1 for none.</param>
/// <param name="Results">For each result the axis along which blocks give parts of it, −1 for one that is their sum; null for <paramref name="Join"/>, where there is one result.</param>
internal sealed record Blocks(IntList Axes, BlockJoin Join = BlockJoin.Rows, int Least = 1, int Panels = -1, IntList? Results = null)
{
    /// <summary>The axis along which blocks give parts of a result; −1 where they are joined.</summary>
    /// <param name="result">The position of the result.</param>
    public int AxisOfResult(int result) => Results is not null ? Results[result] : Join == BlockJoin.Rows ? 0 : -1;

    /// <summary>How an operation is cut whose inputs are given; null where none is of a half type, or it is computed in one piece.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="inputs">Types and shapes of its inputs.</param>
    /// <param name="result">The shape of its first result.</param>
    public static Blocks? Of(Operation operation, InferRequest inputs, Shape result) =>
        operation is IRunsInBlocks cut && inputs.Present.Any(type => type.DType.IsHalf()) ? cut.BlocksOf(inputs, result) : null;
}

/// <summary>
/// An operation of which a part of the rows can be computed by itself. So its kernel for float32 serves half types as well: numbers are widened a block at a time, and memory holds
/// halves alone.
/// </summary>
internal interface IRunsInBlocks : IHasKernel
{
    /// <summary>How a computation is cut; null where it cannot be.</summary>
    /// <param name="inputs">The shapes of the inputs.</param>
    /// <param name="result">The shape of the first result.</param>
    Blocks? BlocksOf(InferRequest inputs, Shape result);
}
