using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Lowering;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>A program and its plans: one for each set of input sizes, made when it first occurs; those used last are kept. Several threads may use it at once.</summary>
/// <param name="program">The program.</param>
/// <param name="kernels">The kernels to choose from.</param>
/// <param name="workers">The threads on which values are computed that follow from the sizes.</param>
/// <param name="keptPlans">How many plans are kept.</param>
/// <param name="keptArenas">How many blocks of working memory a plan keeps.</param>
/// <param name="runsAlone">Whether runs follow each other: then one block of working memory, as large as the largest plan needs, is enough for all.</param>
/// <param name="outer">For a body the sizes of the graph around it; null for none.</param>
internal sealed class PlanCache(Program program, KernelChoice kernels, Workers workers, int keptPlans, int keptArenas, bool runsAlone = false, Binding? outer = null)
{
    private readonly List<Plan> plans = [];
    private readonly Lock planning = new();
    private Storage? block;

    public Program Program => program;

    /// <summary>The bytes of working memory of the plans that are kept.</summary>
    public long WorkingMemory
    {
        get
        {
            lock (plans)
            {
                return block?.ByteCount ?? plans.Sum(p => p.WorkingMemory);
            }
        }
    }

    /// <summary>The plan for some inputs.</summary>
    /// <exception cref="ShapeException">A value does not fit its input.</exception>
    /// <exception cref="DTypeException">A value has another element type than its input.</exception>
    public Plan For(ReadOnlySpan<Value> inputs)
    {
        if (Find(inputs) is { } known)
        {
            return known;
        }

        // One plan is made at a time; runs that have one do not wait.
        lock (planning)
        {
            if (Find(inputs) is { } made)
            {
                return made;
            }

            // The sizes are checked before a plan is given up for them, and its memory is free before the new plan takes its own.
            var binding = Binding.Of(program.Signature, inputs, outer?.Sizes);
            lock (plans)
            {
                if (plans.Count >= keptPlans)
                {
                    plans.RemoveRange(keptPlans - 1, plans.Count - keptPlans + 1);
                }
            }

            var plan = new Plan(program, binding, kernels, workers, keptArenas, runsAlone ? OneBlock : bytes => new Storage(bytes, isCleared: false));
            lock (plans)
            {
                plans.Insert(0, plan);
            }

            return plan;
        }
    }

    /// <summary>Runs the plan for some inputs.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="outputs">Places for the outputs.</param>
    /// <param name="cancellation">Ends the run early.</param>
    /// <param name="record">Receives the steps; null if nobody asks.</param>
    /// <returns>The plan.</returns>
    public Plan Run(ReadOnlySpan<Value> inputs, Span<Value> outputs, RunRecord? record, CancellationToken cancellation)
    {
        Plan plan = For(inputs);
        PlanContext context = plan.Rent();
        try
        {
            context.Run(inputs, outputs, workers, record, cancellation);
            return plan;
        }
        finally
        {
            plan.Return(context);
        }
    }

    private Storage OneBlock(long bytes)
    {
        lock (plans)
        {
            if (block is null || block.ByteCount < bytes)
            {
                // The smaller one is given up first.
                block = null;
                plans.ForEach(plan => plan.Forget());
                block = new Storage(bytes, isCleared: false);
            }

            return block;
        }
    }

    /// <summary>The plan for some sizes, which becomes the first: the one used last.</summary>
    private Plan? Find(ReadOnlySpan<Value> inputs)
    {
        lock (plans)
        {
            for (int i = 0; i < plans.Count; i++)
            {
                Plan plan = plans[i];
                if (plan.Fits(inputs))
                {
                    if (i > 0)
                    {
                        plans.RemoveAt(i);
                        plans.Insert(0, plan);
                    }

                    return plan;
                }
            }

            return null;
        }
    }
}
