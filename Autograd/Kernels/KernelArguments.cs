using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>What a kernel works on.</summary>
public readonly ref struct KernelArguments
{
    internal KernelArguments(ReadOnlySpan<Value> inputs, ReadOnlySpan<Value> outputs, Workers workers, CancellationToken cancellation = default)
    {
        Cancellation = cancellation;
        Inputs = inputs;
        Outputs = outputs;
        Workers = workers;
    }

    /// <summary>The values of the arguments by position; read only. What is left out is null.</summary>
    public ReadOnlySpan<Value> Inputs { get; }

    /// <summary>The values of the results, allocated with the inferred types; their old content is undefined. A result that nobody reads is null.</summary>
    public ReadOnlySpan<Value> Outputs { get; }

    internal Workers Workers { get; }

    /// <summary>Ends early what runs for long: kernels that run bodies ask it between their turns.</summary>
    internal CancellationToken Cancellation { get; }

    /// <summary>Calls a function for every number from 0 to <paramref name="count"/> − 1, on all threads of the function that is running; returns when all calls have
    /// ended. Results must not depend on which thread does what.</summary>
    /// <param name="count">The number of calls; choose it by the sizes alone, so that bits do not depend on the number of threads.</param>
    /// <param name="body">What to do for a number.</param>
    public void For(int count, Action<int> body) => Workers.For(count, new ActionItem(body));

    private sealed class ActionItem(Action<int> body) : WorkItem
    {
        public override void Execute(int index) => body(index);
    }
}
