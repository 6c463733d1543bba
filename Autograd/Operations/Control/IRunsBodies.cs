using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>An operation that decides which of its bodies run, how often, and on what. How a body runs is the business of the interpreter or of a plan.</summary>
public interface IRunsBodies : IHasBodies, IHasKernel
{
    /// <summary>Computes the results.</summary>
    /// <param name="run">Inputs, places for the results, and what runs a body.</param>
    void Run(BodyRun run);

    /// <summary>Bodies have the types that they have; what is inside them is widened there.</summary>
    /// <param name="stored">The type of an input or a result.</param>
    DType IHasKernel.ComputeType(DType stored) => stored;

    /// <inheritdoc/>
    Kernel IHasKernel.Lower(LowerRequest request)
    {
        IReadOnlyList<Body> bodies = Bodies;
        BodyFunction[] functions = [.. bodies.Select(request.Compile)];
        return Kernel.Of(arguments =>
        {
            Workers workers = arguments.Workers;
            var run = new BodyRun(arguments.Inputs, arguments.Outputs, isWanted: null, (body, inputs, outputs) =>
            {
                for (int i = 0; i < functions.Length; i++)
                {
                    if (ReferenceEquals(bodies[i], body))
                    {
                        functions[i].Run(inputs, outputs, workers);
                        return;
                    }
                }

                throw new GraphException($"Expected one of the {functions.Length} bodies of the operation, found {body}.");
            });
            Run(run);
        });
    }
}
