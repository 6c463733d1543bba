using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Lowering;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>
/// A body as a function of its own: its program is made once with that of the graph around it, a plan for each set of input sizes when it first occurs. A branch that is
/// never taken is never planned. Several runs may use it at once.
/// </summary>
/// <param name="program">The body's program.</param>
/// <param name="outer">The sizes of the graph around it.</param>
/// <param name="kernels">The choice of kernels.</param>
internal sealed class PlannedBody(Program program, Binding outer, KernelChoice kernels) : BodyFunction
{
    // A loop whose values grow has other sizes in each turn; their plans are not worth keeping.
    private const int KeptPlans = 8;

    private readonly List<Plan> plans = [];

    internal override void Run(ReadOnlySpan<Value> inputs, Span<Value> outputs, Workers workers)
    {
        Plan plan = PlanFor(inputs, workers);
        PlanContext context = plan.Rent();
        try
        {
            context.Run(inputs, outputs, workers);
        }
        finally
        {
            plan.Return(context);
        }
    }

    private Plan PlanFor(ReadOnlySpan<Value> inputs, Workers workers)
    {
        lock (plans)
        {
            foreach (Plan known in plans)
            {
                if (known.Fits(inputs))
                    return known;
            }

            if (plans.Count == KeptPlans)
                plans.RemoveAt(0);
            var made = new Plan(program, Binding.Of(program.Signature, inputs, outer.Sizes), kernels, workers, keptContexts: 1);
            plans.Add(made);
            return made;
        }
    }
}
