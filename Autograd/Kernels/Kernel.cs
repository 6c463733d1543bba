namespace Toolkit.Autograd.Kernels;

/// <summary>Computes results from inputs of known types and sizes.</summary>
/// <param name="arguments">Inputs, outputs and the threads to use.</param>
public delegate void KernelFunction(KernelArguments arguments);

/// <summary>
/// The code that computes an operation for inputs of given types and sizes. A plan makes it once and runs it again and again; it knows nothing of graphs.
/// </summary>
public abstract class Kernel
{
    /// <summary>The floating-point operations of one run, for profiles: a multiply-add counts as two; 0 where numbers are only moved.</summary>
    public long Flops { get; init; }

    /// <summary>Writes every element of every output that is there, and reads nothing but the inputs.</summary>
    /// <param name="arguments">Inputs, outputs and the threads to use.</param>
    public abstract void Run(KernelArguments arguments);

    /// <summary>A kernel from a function.</summary>
    /// <param name="function">What it does.</param>
    /// <param name="flops">The floating-point operations of one run.</param>
    public static Kernel Of(KernelFunction function, long flops = 0) => new FunctionKernel(function) { Flops = flops };

    private sealed class FunctionKernel(KernelFunction function) : Kernel
    {
        public override void Run(KernelArguments arguments) => function(arguments);
    }
}
