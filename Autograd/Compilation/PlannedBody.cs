using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Lowering;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>The programs of a body, made once with that of the graph around it.</summary>
/// <param name="Body">The body.</param>
/// <param name="Segments">Its segments, each with its program.</param>
/// <param name="Options">The switches.</param>
/// <param name="Limits">What one run of it may take.</param>
internal sealed record BodyProgram(Body Body, IReadOnlyList<(Segment Segment, Program Program)> Segments, CompilationOptions Options, Limits Limits)
{
    /// <summary>Makes the programs of a body.</summary>
    public static BodyProgram Of(Body body, CompilationOptions options, Limits limits)
    {
        // Only a body that is cut into segments needs names, one for each input.
        Body named = body.Nodes.All(node => node.Symbols.Count == 0) ? body : Named(body);
        return new BodyProgram(
            body, [.. Segment.Cut(Signature.Of(named)).Select(segment => (segment, ProgramBuilder.Build(segment.Signature, options, limits)))], options, limits);
    }

    private static Body Named(Body body)
    {
        Variable[] inputs = [.. body.Inputs.Select((input, i) => Variable.Formal($"input {i}", input.Type, input.Content))];
        return new Body(inputs, body.Apply(inputs));
    }
}

/// <summary>
/// A body as a function of its own, with a plan for each set of input sizes, made when it first occurs. A branch that is never taken is never planned. Several runs may use it
/// at once.
/// </summary>
/// <param name="program">The body's programs.</param>
/// <param name="outer">The sizes of the graph around it; null where they are not known.</param>
/// <param name="kernels">The choice of kernels.</param>
internal sealed class PlannedBody(BodyProgram program, Binding? outer, KernelChoice kernels) : BodyFunction
{
    // A loop whose values grow has other sizes in each turn; their plans are not worth keeping.
    private const int KeptPlans = 8;

    private readonly Lock making = new();
    private CompiledSegment[]? segments;

    internal override LoopLimits Limits { get; } = new(program.Limits.Turns, program.Limits.Elements);

    internal override int? SizeOf(Symbol symbol) => outer is not null && outer.Sizes.TryGetValue(symbol, out int size) ? size : null;

    internal override void Run(ReadOnlySpan<Value> inputs, Span<Value> outputs, Workers workers, CancellationToken cancellation) =>
        CompiledSegment.Run(SegmentsOn(workers), inputs, outputs, workers, null, cancellation);

    private CompiledSegment[] SegmentsOn(Workers workers)
    {
        lock (making)
        {
            return segments ??=
            [
                .. program.Segments.Select(part => new CompiledSegment(
                    part.Segment,
                    new PlanCache(part.Program, kernels, workers, KeptPlans, keptArenas: 1, outer: outer),
                    kernels,
                    program.Options)),
            ];
        }
    }
}
