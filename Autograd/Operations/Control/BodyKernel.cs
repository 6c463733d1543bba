using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>The kernel of an operation with bodies: each body is compiled once, the operation decides which of them runs.</summary>
internal static class BodyKernel
{
    /// <summary>The kernel of an operation.</summary>
    public static Kernel Of(IRunsBodies operation, LowerRequest request)
    {
        IReadOnlyList<Body> bodies = operation.Bodies;
        BodyFunction[] functions = [.. bodies.Select(request.Compile)];
        return Kernel.Of(arguments =>
        {
            Workers workers = arguments.Workers;
            CancellationToken cancellation = arguments.Cancellation;
            operation.Run(new BodyRun(arguments.Inputs, arguments.Outputs, isWanted: null, functions[0].Limits, functions[0].SizeOf, (body, inputs, outputs) =>
            {
                for (int i = 0; i < functions.Length; i++)
                {
                    if (ReferenceEquals(bodies[i], body))
                    {
                        functions[i].Run(inputs, outputs, workers, cancellation);
                        return;
                    }
                }

                throw new GraphException($"Expected one of the {functions.Length} bodies of the operation, found {body}.");
            }));
        });
    }
}
