using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations;

/// <summary>An operation whose results hold elements of its inputs as they are: it needs no arithmetic, and so takes elements of every type.</summary>
public interface IMovesElements : IHasKernel
{
    /// <inheritdoc/>
    DType IHasKernel.ComputeType(DType stored) => stored;
}
