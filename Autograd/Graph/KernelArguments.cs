using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>What a kernel works on.</summary>
public readonly ref struct KernelArguments
{
    internal KernelArguments(ReadOnlySpan<Value> inputs, ReadOnlySpan<Value> outputs, Workers workers)
    {
        Inputs = inputs;
        Outputs = outputs;
        Workers = workers;
    }

    /// <summary>The values of the arguments; read only.</summary>
    public ReadOnlySpan<Value> Inputs { get; }

    /// <summary>The values of the results, allocated with the inferred types; their old content is undefined.</summary>
    public ReadOnlySpan<Value> Outputs { get; }

    internal Workers Workers { get; }
}
