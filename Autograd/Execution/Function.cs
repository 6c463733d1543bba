using System.Diagnostics;
using System.Runtime.CompilerServices;
using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Lowering;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Execution;

/// <summary>
/// A compiled signature: numbers in, numbers out, updates stored. A plan is made for each set of input sizes when it first occurs (a full batch, the
/// last batch); the <see cref="ExecutionOptions.KeptPlans"/> used last are kept. All new values of parameters are computed from the old ones before any is stored.
/// </summary>
/// <remarks>
/// Several threads may run a function at once: each run has working memory of its own, parameters and packed weights are shared, and the bits are those of a run alone. They do
/// not wait for each other unless the function updates parameters; then one run follows the other. Nobody else may change a parameter during a run.
/// </remarks>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001", Justification = "A function needs no disposal: its threads are those of the process's pool, its memory the garbage collector's.")]
public sealed class Function
{
    private readonly CompiledSegment[] segments;
    private readonly Workers workers;

    // Runs that change parameters follow each other; others share the parameters and do not wait.
    private readonly Lock updating = new();

    private Function(Signature signature, ExecutionOptions options, CancellationToken cancellation)
    {
        if (options.FixedParameters && signature.Updates.Count > 0)
        {
            throw new GraphException(
                $"Expected a function without updates for fixed parameters; \"{signature.Name}\" updates \"{signature.Updates[0].Parameter.Name}\".");
        }

        Signature = signature;
        CompilationOptions switches = options.Compilation;
        var kernels = new KernelChoice(switches.Winograd, switches.PackConstants);
        workers = new Workers(options.Threads);
        Signature rewritten = Rewriting.Apply(signature, switches, workers, options.FixedParameters, cancellation);
        segments =
        [
            .. Segment.Cut(rewritten).Select(segment => new CompiledSegment(
                segment,
                new PlanCache(
                    ProgramBuilder.Build(segment.Signature, switches, options.Limits), kernels, workers, options.KeptPlans, options.KeptArenas, runsAlone: signature.Updates.Count > 0),
                kernels,
                switches)),
        ];
    }

    /// <summary>The signature as it was given.</summary>
    public Signature Signature { get; }

    /// <summary>Compiles a signature.</summary>
    /// <param name="signature">The computation.</param>
    /// <param name="options">Threads and compiler switches; null for the defaults.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="GraphException">Parameters are to be fixed, and the signature updates one.</exception>
    /// <exception cref="OperationCanceledException">The work has been ended early.</exception>
    public static Function Compile(Signature signature, ExecutionOptions? options = null, CancellationToken cancellation = default) =>
        new(signature, options ?? new ExecutionOptions(), cancellation);

    /// <summary>Compiles inputs, outputs and updates.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="outputs">The outputs, which are called "output0" and so on.</param>
    /// <param name="updates">The updates of parameters.</param>
    /// <param name="options">Threads and compiler switches; null for the defaults.</param>
    [OverloadResolutionPriority(1)]
    public static Function Compile(
        IReadOnlyList<Variable> inputs, IReadOnlyList<Variable> outputs, IReadOnlyList<Update>? updates = null, ExecutionOptions? options = null) =>
        Compile(inputs, [.. outputs.Select((o, i) => new Output($"output{i}", o))], updates, options);

    /// <summary>Compiles inputs, outputs with names of their own, and updates.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="outputs">The outputs with their names.</param>
    /// <param name="updates">The updates of parameters.</param>
    /// <param name="options">Threads and compiler switches; null for the defaults.</param>
    public static Function Compile(
        IReadOnlyList<Variable> inputs, IReadOnlyList<Output> outputs, IReadOnlyList<Update>? updates = null, ExecutionOptions? options = null) =>
        Compile(new Signature(inputs, outputs, updates), options);

    /// <summary>Runs the function.</summary>
    /// <param name="inputs">One value for each input, in the order of the signature.</param>
    /// <returns>One new value for each output.</returns>
    /// <exception cref="ShapeException">A value does not fit its input.</exception>
    /// <exception cref="DTypeException">A value has another element type than its input.</exception>
    /// <exception cref="SizeException">The run would take more than its limits (<see cref="ExecutionOptions.Limits"/>).</exception>
    public Value[] Run(params ReadOnlySpan<Value> inputs) => Run(inputs, CancellationToken.None);

    /// <summary>Runs the function.</summary>
    /// <param name="inputs">One value for each input, in the order of the signature.</param>
    /// <param name="cancellation">Ends the run between two steps; then nothing has changed. A run that has begun to change parameters goes on to its end.</param>
    /// <returns>One new value for each output.</returns>
    /// <exception cref="ShapeException">A value does not fit its input.</exception>
    /// <exception cref="DTypeException">A value has another element type than its input.</exception>
    /// <exception cref="SizeException">The run would take more than its limits (<see cref="ExecutionOptions.Limits"/>).</exception>
    /// <exception cref="OperationCanceledException">The run has been ended early.</exception>
    public Value[] Run(ReadOnlySpan<Value> inputs, CancellationToken cancellation)
    {
        var outputs = new Value[Signature.Outputs.Count];
        RunInto(inputs, outputs, cancellation);
        return outputs;
    }

    /// <summary>Runs the function and writes the outputs into given values: after the first call with given sizes nothing is allocated.</summary>
    /// <param name="inputs">One value for each input, in the order of the signature.</param>
    /// <param name="outputs">One place for each output; a value of the right type and sizes is overwritten, anything else (null too) replaced.</param>
    /// <exception cref="ShapeException">A value does not fit its input.</exception>
    /// <param name="cancellation">Ends the run between two steps; then no parameter has changed, and outputs may hold anything. A run that has begun to change parameters goes on to its end.</param>
    /// <exception cref="DTypeException">A value has another element type than its input.</exception>
    /// <exception cref="SizeException">The run would take more than its limits (<see cref="ExecutionOptions.Limits"/>).</exception>
    /// <exception cref="OperationCanceledException">The run has been ended early.</exception>
    public void RunInto(ReadOnlySpan<Value> inputs, Span<Value> outputs, CancellationToken cancellation = default)
    {
        if (outputs.Length != Signature.Outputs.Count)
        {
            throw new GraphException($"Expected places for {Signature.Outputs.Count} outputs of \"{Signature.Name}\", found {outputs.Length}.");
        }

        foreach (Value input in inputs)
        {
            // Users may have written other bytes than 0 and 1, and kernels rely on these.
            if (input?.DType == DType.Bool)
            {
                input.NormalizeTruth();
            }
        }

        if (Signature.Updates.Count == 0)
        {
            CompiledSegment.Run(segments, inputs, outputs, workers, null, cancellation);
            return;
        }

        lock (updating)
        {
            CompiledSegment.Run(segments, inputs, outputs, workers, null, cancellation);
        }
    }

    /// <summary>Runs the function several times and measures each step of its plans; the time of a step is its median. Updates are stored as in any run. Where sizes depend on
    /// data, each part has a plan of its own, and the operations between them are steps as well.</summary>
    /// <param name="inputs">One value for each input, in the order of the signature.</param>
    /// <param name="runs">The number of measured runs, at least 1; one more run before them is not measured.</param>
    /// <exception cref="ShapeException">A value does not fit its input.</exception>
    /// <exception cref="DTypeException">A value has another element type than its input.</exception>
    public FunctionProfile Profile(ReadOnlySpan<Value> inputs, int runs = 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        lock (updating)
        {
            var outputs = new Value[Signature.Outputs.Count];
            CompiledSegment.Run(segments, inputs, outputs, workers, null, CancellationToken.None);
            double peak = MultiplyAddPeak.GigaFlopsPerSecond(workers);
            var records = new RunRecord[runs];
            for (int run = 0; run < runs; run++)
            {
                records[run] = new RunRecord();
                CompiledSegment.Run(segments, inputs, outputs, workers, records[run], CancellationToken.None);
            }

            return new FunctionProfile(records, Stopwatch.Frequency, peak, workers.Threads);
        }
    }

    /// <summary>The bytes of working memory that the plans kept now hold, parameters and inputs not counted. The plans of a function with updates, whose runs follow each other, hold one
    /// block together.</summary>
    public long WorkingMemory => segments.Sum(s => s.Plans.WorkingMemory);

    internal Plan PlanFor(ReadOnlySpan<Value> inputs) => segments is [var only]
        ? only.Plans.For(inputs)
        : throw new GraphException($"Expected a function whose sizes follow from those of its inputs, found \"{Signature.Name}\", which has {segments.Length} plans for each run.");
}
