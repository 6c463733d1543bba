using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Lowering;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>
/// A program made ready for one set of input sizes: kernels, and where each result lies in an arena. It holds no numbers but those that follow from the
/// sizes; a <see cref="PlanContext"/> has the memory of one run.
/// </summary>
internal sealed class Plan
{
    private readonly Stack<PlanContext> idle = new();
    private readonly int keptContexts;
    private readonly Func<long, Storage> memory;
    private readonly Dictionary<Body, BodyFunction> functions = new(ReferenceEqualityComparer.Instance);
    private readonly Binding binding;
    private int contexts;

    /// <summary>Makes a program ready.</summary>
    /// <param name="program">The program.</param>
    /// <param name="binding">The sizes.</param>
    /// <param name="kernels">The kernels to choose from.</param>
    /// <param name="workers">The threads on which values are computed that follow from the sizes.</param>
    /// <param name="keptContexts">How many contexts are kept while no run uses them.</param>
    /// <param name="memory">Gives an arena of at least so many bytes.</param>
    /// <exception cref="SizeException">A run would take more than the limits.</exception>
    public Plan(Program program, Binding binding, KernelChoice kernels, Workers workers, int keptContexts, Func<long, Storage> memory)
    {
        Program = program;
        this.binding = binding;
        this.keptContexts = keptContexts;
        this.memory = memory;
        Sizes = Array.ConvertAll(program.Shapes, shape => shape.Evaluate(binding.Sizes));
        Early = new Value?[program.Places.Length];
        foreach (EarlyNode early in program.Early)
        {
            Compute(early, binding, workers);
        }

        Buffer[] buffers = program.Buffers;
        var bytes = new long[buffers.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            Place place = program.Places[buffers[i].Place];
            int count = Value.CountOf(Sizes[place.Shape]);
            if (count > program.Limits.Elements)
            {
                ProgramStep step = program.Steps.First(s => s.Outputs.Contains(buffers[i].Place));
                throw new SizeException(
                    $"Expected results of up to {program.Limits.Elements} elements in \"{program.Signature.Name}\", found {Shape.OfSizes(Sizes[place.Shape])} with {count} from {step.Name}" +
                    $"{(step.Origin?.ToString() is { Length: > 0 } origin ? $" of \"{origin}\"" : string.Empty)}.");
            }

            bytes[i] = (long)count * place.Type.Size();
        }

        Offsets = new long[buffers.Length];
        ArenaBytes = MemoryPlan.Place(buffers, bytes, Offsets, program.ReuseMemory);
        if (ArenaBytes > program.Limits.Bytes)
        {
            throw new SizeException($"Expected up to {program.Limits.Bytes} bytes of working memory for a run of \"{program.Signature.Name}\", found {ArenaBytes}: use smaller batches.");
        }

        PlanContext first = Rent();
        Kernels = new Kernel[program.Steps.Length];
        for (int i = 0; i < Kernels.Length; i++)
        {
            Kernels[i] = program.SharedKernels[i] ?? program.Steps[i].Lower(kernels, first.Inputs[i], first.Outputs[i], Sizes, binding);
            if (program.Steps[i].IsSized)
            {
                program.SharedKernels[i] = Kernels[i];
            }
        }

        Return(first);
    }

    public Program Program { get; }

    /// <summary>The sizes of each shape of the program.</summary>
    public int[][] Sizes { get; }

    /// <summary>The values that follow from the sizes, by place.</summary>
    public Value?[] Early { get; }

    /// <summary>Where each buffer begins in the arena.</summary>
    public long[] Offsets { get; }

    /// <summary>The kernel of each step.</summary>
    public Kernel[] Kernels { get; }

    /// <summary>The bytes of one arena.</summary>
    public long ArenaBytes { get; }

    /// <summary>The bytes of all arenas, those of runs that have not ended included.</summary>
    public long WorkingMemory
    {
        get
        {
            lock (idle)
            {
                return ArenaBytes * contexts;
            }
        }
    }

    /// <summary>Whether the plan was made for values of these sizes; element types are checked as well.</summary>
    public bool Fits(ReadOnlySpan<Value> inputs)
    {
        if (inputs.Length != Program.Signature.Inputs.Count)
        {
            return false;
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            Place place = Program.Places[i];
            if (inputs[i].DType != place.Type || !inputs[i].Sizes.SequenceEqual(Sizes[place.Shape]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A body of a node that runs after the plan, ready to run with the sizes of the plan.</summary>
    /// <param name="body">The body.</param>
    /// <param name="make">Makes it ready.</param>
    public BodyFunction FunctionOf(Body body, Func<Body, Binding, BodyFunction> make)
    {
        lock (functions)
        {
            return functions.TryGetValue(body, out BodyFunction? known) ? known : functions[body] = make(body, binding);
        }
    }

    /// <summary>Memory for a run, which nobody else uses until it is returned.</summary>
    public PlanContext Rent()
    {
        lock (idle)
        {
            if (idle.TryPop(out PlanContext? context))
            {
                return context;
            }

            contexts++;
        }

        return new PlanContext(this, memory(ArenaBytes));
    }

    /// <summary>Gives up the memory that no run uses.</summary>
    public void Forget()
    {
        lock (idle)
        {
            contexts -= idle.Count;
            idle.Clear();
        }
    }

    /// <summary>Takes memory back.</summary>
    /// <param name="context">What <see cref="Rent"/> gave.</param>
    public void Return(PlanContext context)
    {
        lock (idle)
        {
            if (idle.Count < keptContexts)
            {
                idle.Push(context);
            }
            else
            {
                contexts--;
            }
        }
    }

    private void Compute(EarlyNode early, Binding binding, Workers workers)
    {
        if (early.Inputs.Length == 0)
        {
            for (int i = 0; i < early.Outputs.Length; i++)
            {
                Early[early.Outputs[i]] = early.Node.Outputs[i].ValueFor(symbol => binding.Sizes[symbol]);
            }

            return;
        }

        Place[] places = Program.Places;
        Value[] inputs = Array.ConvertAll(early.Inputs, place => place < 0 ? null! : places[place].Value ?? Early[place]!);
        Value[] results = Array.ConvertAll(early.Outputs, place => Value.Zeros(places[place].Type, Sizes[places[place].Shape]));
        KernelChoice.Run(early.Node.Operation, inputs, results, workers);
        for (int i = 0; i < results.Length; i++)
        {
            Early[early.Outputs[i]] = results[i];
        }
    }
}
