using System.Diagnostics;
using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Lowering;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Execution;

/// <summary>
/// A compiled signature: numbers in, numbers out, updates stored. A plan is made for each set of input sizes when it first occurs (a full batch, the
/// last batch); the <see cref="ExecutionOptions.KeptPlans"/> used last are kept. All new values of parameters are computed from the old ones before any is stored. Calls from several threads wait for each other.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001", Justification = "A function needs no disposal: its threads are those of the process's pool, its memory the garbage collector's.")]
public sealed class Function
{
    private readonly Signature rewritten;
    private readonly CompilationOptions options;
    private readonly Workers workers;
    private readonly int keptPlans;
    private readonly List<Plan> plans = [];
    private readonly Lock running = new();

    private readonly KernelChoice kernels;

    private Function(Signature signature, ExecutionOptions options)
    {
        if (options.FixedParameters && signature.Updates.Count > 0)
        {
            throw new GraphException(
                $"Expected a function without updates for fixed parameters; \"{signature.Name}\" updates \"{signature.Updates[0].Parameter.Name}\".");
        }

        Signature = signature;
        this.options = options.Compilation;
        keptPlans = options.KeptPlans;
        kernels = new KernelChoice(this.options.Winograd, this.options.PackConstants);
        workers = new Workers(options.Threads);
        rewritten = Rewriting.Apply(signature, this.options, workers, options.FixedParameters);
        RequireKnownSizes(rewritten);
    }

    /// <summary>The signature as it was given.</summary>
    public Signature Signature { get; }

    /// <summary>Compiles a signature.</summary>
    /// <param name="signature">The computation.</param>
    /// <param name="options">Threads and compiler switches; null for the defaults.</param>
    /// <exception cref="GraphException">Parameters are to be fixed, and the signature updates one; or a result has sizes that depend on data.</exception>
    public static Function Compile(Signature signature, ExecutionOptions? options = null) => new(signature, options ?? new ExecutionOptions());

    /// <summary>Compiles inputs, outputs and updates.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="updates">The updates of parameters.</param>
    /// <param name="options">Threads and compiler switches; null for the defaults.</param>
    public static Function Compile(
        IReadOnlyList<Variable> inputs, IReadOnlyList<Variable> outputs, IReadOnlyList<Update>? updates = null, ExecutionOptions? options = null) =>
        Compile(new Signature(inputs, [.. outputs.Select((o, i) => new Output($"output{i}", o))], updates), options);

    /// <summary>Runs the function.</summary>
    /// <param name="inputs">One value for each input, in the order of the signature.</param>
    /// <returns>One new value for each output.</returns>
    /// <exception cref="ShapeException">A value does not fit its input.</exception>
    /// <exception cref="DTypeException">A value has another element type than its input.</exception>
    public Value[] Run(params ReadOnlySpan<Value> inputs)
    {
        var outputs = new Value[Signature.Outputs.Count];
        RunInto(inputs, outputs);
        return outputs;
    }

    /// <summary>Runs the function and writes the outputs into given values: after the first call with given sizes nothing is allocated.</summary>
    /// <param name="inputs">One value for each input, in the order of the signature.</param>
    /// <param name="outputs">One place for each output; a value of the right type and sizes is overwritten, anything else (null too) replaced.</param>
    /// <exception cref="ShapeException">A value does not fit its input.</exception>
    /// <exception cref="DTypeException">A value has another element type than its input.</exception>
    public void RunInto(ReadOnlySpan<Value> inputs, Span<Value> outputs)
    {
        if (outputs.Length != Signature.Outputs.Count)
        {
            throw new GraphException($"Expected places for {Signature.Outputs.Count} outputs of \"{Signature.Name}\", found {outputs.Length}.");
        }

        lock (running)
        {
            PlanFor(inputs).Run(inputs, outputs, workers);
        }
    }

    /// <summary>Runs the function several times and measures each step of its plan; the time of a step is its median. Updates are stored as in any run.</summary>
    /// <param name="inputs">One value for each input, in the order of the signature.</param>
    /// <param name="runs">The number of measured runs, at least 1; one more run before them is not measured.</param>
    /// <exception cref="ShapeException">A value does not fit its input.</exception>
    /// <exception cref="DTypeException">A value has another element type than its input.</exception>
    public FunctionProfile Profile(ReadOnlySpan<Value> inputs, int runs = 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        lock (running)
        {
            Plan plan = PlanFor(inputs);
            var outputs = new Value[Signature.Outputs.Count];
            plan.Run(inputs, outputs, workers);
            double peak = MultiplyAddPeak.GigaFlopsPerSecond(workers);
            var marks = new long[runs][];
            for (int run = 0; run < runs; run++)
            {
                marks[run] = new long[plan.Steps.Length + 1];
                plan.Run(inputs, outputs, workers, marks[run]);
            }

            var steps = new ProfiledStep[plan.Steps.Length];
            for (int i = 0; i < steps.Length; i++)
            {
                PlanStep step = plan.Steps[i];
                long[] ticks = [.. marks.Select(m => m[i + 1] - m[i]).Order()];
                steps[i] = new ProfiledStep(
                    step.Name,
                    $"{string.Join(' ', step.Inputs.Where(v => v is not null).Select(Sizes))} → {string.Join(' ', step.Outputs.Where(v => v is not null).Select(Sizes))}",
                    runs,
                    TimeSpan.FromSeconds(ticks[runs / 2] * (double)runs / Stopwatch.Frequency),
                    step.Flops,
                    step.Inputs.Concat(step.Outputs).Sum(v => v is null ? 0 : (long)v.Count * v.DType.Size()))
                {
                    Place = step.Origin?.ToString() ?? string.Empty,
                };
            }

            return new FunctionProfile(steps, marks, Stopwatch.Frequency, peak, workers.Threads);
        }

        static string Sizes(Value value) => $"[{string.Join(", ", value.Sizes.ToArray())}]";
    }

    /// <summary>The bytes of working memory that the plans kept now hold, parameters and inputs not counted.</summary>
    public long WorkingMemory
    {
        get
        {
            lock (running)
            {
                return plans.Sum(p => p.ArenaBytes);
            }
        }
    }

    /// <summary>Nodes and those in their bodies.</summary>
    private static IEnumerable<Node> AllNodes(IReadOnlyList<Node> nodes) => nodes.SelectMany(node =>
        node.Operation is IHasBodies { Bodies: var bodies } ? bodies.SelectMany(body => AllNodes(body.Nodes)).Prepend(node) : [node]);

    private static void RequireKnownSizes(Signature signature)
    {
        if (AllNodes(signature.Nodes).FirstOrDefault(node => node.Symbols.Count > 0) is { } node)
        {
            throw new GraphException(
                $"Expected results whose sizes follow from those of the inputs of \"{signature.Name}\", found {node}, whose results have sizes that depend on data " +
                $"({string.Join(", ", node.Outputs.Select(o => o.Type))}): such a computation can be run by Interpreter.Run, not compiled.");
        }
    }

    internal Plan PlanFor(ReadOnlySpan<Value> inputs)
    {
        // The plan used last is the first.
        for (int i = 0; i < plans.Count; i++)
        {
            Plan plan = plans[i];
            if (plan.Fits(inputs, Signature.Inputs))
            {
                if (i > 0)
                {
                    plans.RemoveAt(i);
                    plans.Insert(0, plan);
                }

                return plan;
            }
        }

        // The sizes are checked before a plan is given up for them, and its memory is free before the new plan takes its own.
        var binding = Binding.Of(Signature, inputs);
        if (plans.Count >= keptPlans)
        {
            plans.RemoveRange(keptPlans - 1, plans.Count - keptPlans + 1);
        }

        Plan made = Planner.Build(rewritten, binding, inputs, options, workers, kernels);
        plans.Insert(0, made);
        return made;
    }
}
