using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Lowering;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>A body as a function of its own: a plan for each set of input sizes, made when it first occurs. A branch that is never taken is never planned.</summary>
/// <param name="body">The body, rewritten already with the graph around it.</param>
/// <param name="outer">The sizes of the symbols of the graph around it.</param>
/// <param name="options">The switches.</param>
/// <param name="kernels">The choice of kernels.</param>
internal sealed class PlannedBody(Body body, IReadOnlyDictionary<Symbol, int> outer, CompilationOptions options, KernelChoice kernels) : BodyFunction
{
    // A loop whose values grow has other sizes in each turn; their plans are not worth keeping.
    private const int KeptPlans = 8;

    private readonly Signature signature = Signature.Of(body);
    private readonly List<Plan> plans = [];

    internal override void Run(ReadOnlySpan<Value> inputs, Span<Value> outputs, Workers workers)
    {
        Plan plan = Take(inputs) ?? Planner.Build(signature, Binding.Of(signature, inputs, outer), inputs, options, workers, kernels);
        plan.Run(inputs, outputs, workers);
        lock (plans)
        {
            plans.Insert(0, plan);
            if (plans.Count > KeptPlans)
                plans.RemoveAt(KeptPlans);
        }
    }

    /// <summary>A plan belongs to one run at a time.</summary>
    private Plan? Take(ReadOnlySpan<Value> inputs)
    {
        lock (plans)
        {
            for (int i = 0; i < plans.Count; i++)
            {
                Plan plan = plans[i];
                if (plan.Fits(inputs, signature.Inputs))
                {
                    plans.RemoveAt(i);
                    return plan;
                }
            }
        }

        return null;
    }
}
