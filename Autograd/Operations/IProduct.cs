using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Operations;

/// <summary>What a product's kernel does to each result while it is in a register.</summary>
/// <param name="Bias">The position among the kernel's inputs of one number per column or channel that is added; −1 for none.</param>
/// <param name="Relu">Whether negative results become 0.</param>
internal readonly record struct Epilogue(int Bias, bool Relu)
{
    public static Epilogue None { get; } = new(-1, false);
}

/// <summary>A matrix product or convolution: an operation whose kernel can add a bias and rectify on the way out.</summary>
internal interface IProduct : IHasKernel
{
    /// <summary>The position of a bias among the inputs that are given; −1 if there is none.</summary>
    int BiasOf(Arguments inputs);

    /// <summary>Whether the kernel for these inputs can have an epilogue.</summary>
    bool TakesEpilogue(Arguments inputs);

    /// <summary>The axis of the result along which a bias runs, counted from the end.</summary>
    int BiasAxis(int rank);

    /// <summary>The kernel with an epilogue.</summary>
    Kernel Lower(LowerRequest request, Epilogue epilogue);
}
