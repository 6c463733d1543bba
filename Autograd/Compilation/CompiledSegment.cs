using System.Diagnostics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Lowering;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>A segment with its plans.</summary>
/// <param name="segment">The segment.</param>
/// <param name="plans">Its plans.</param>
/// <param name="kernels">The choice of kernels for bodies of operations whose results have sizes that depend on data.</param>
/// <param name="options">The switches for them.</param>
internal sealed class CompiledSegment(Segment segment, PlanCache plans, KernelChoice kernels, CompilationOptions options)
{
    private readonly Dictionary<Body, BodyProgram> bodies = segment.After.Select(node => node.Operation).OfType<IHasBodies>().SelectMany(operation => operation.Bodies)
        .Distinct<Body>(ReferenceEqualityComparer.Instance).ToDictionary<Body, Body, BodyProgram>(
            body => body, body => BodyProgram.Of(body, options, plans.Program.Limits), ReferenceEqualityComparer.Instance);

    public PlanCache Plans => plans;

    /// <summary>Runs segments one after the other.</summary>
    /// <param name="segments">The segments of a computation.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="outputs">Places for its outputs.</param>
    /// <param name="workers">The threads.</param>
    /// <param name="record">Receives the steps; null if nobody asks.</param>
    /// <param name="cancellation">Ends the run early.</param>
    public static void Run(
        ReadOnlySpan<CompiledSegment> segments, ReadOnlySpan<Value> inputs, Span<Value> outputs, Workers workers, RunRecord? record, CancellationToken cancellation)
    {
        if (segments is [var only])
        {
            only.Plans.Run(inputs, outputs, record, cancellation);
            return;
        }

        var known = new Dictionary<Variable, Value>(ReferenceEqualityComparer.Instance);
        segments[0].Begin(inputs, known);
        foreach (CompiledSegment segment in segments[..^1])
        {
            segment.Run(known, workers, record, cancellation);
        }

        CompiledSegment last = segments[^1];
        last.Plans.Run(last.Arguments(known), outputs, record, cancellation);
    }

    private void Begin(ReadOnlySpan<Value> inputs, Dictionary<Variable, Value> known)
    {
        Binding.RequireCount(segment.Signature, inputs.Length);
        for (int i = 0; i < inputs.Length; i++)
        {
            known[segment.Sources[i]] = inputs[i];
        }
    }

    private Value[] Arguments(Dictionary<Variable, Value> known) => [.. segment.Sources.Select(source => known[source])];

    private void Run(Dictionary<Variable, Value> known, Workers workers, RunRecord? record, CancellationToken cancellation)
    {
        var results = new Value[segment.Results.Count];
        Plan plan = plans.Run(Arguments(known), results, record, cancellation);
        for (int i = 0; i < results.Length; i++)
        {
            known[segment.Results[i]] = results[i];
        }

        foreach (Node node in segment.After)
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<Value?> made = Run(node, known, plan, workers, record, cancellation);
            for (int i = 0; i < made.Count; i++)
            {
                if (made[i] is not { } value || !segment.Read.Contains(node.Outputs[i]))
                    continue;
                if (value.Count > plans.Program.Limits.Elements)
                {
                    throw new SizeException($"Expected results of up to {plans.Program.Limits.Elements} elements in \"{segment.Signature.Name}\", found {value.Shape} from {node}.");
                }

                known[node.Outputs[i]] = value;
            }
        }

        foreach (Variable done in segment.Done)
        {
            known.Remove(done);
        }
    }

    private IReadOnlyList<Value?> Run(Node node, Dictionary<Variable, Value> known, Plan plan, Workers workers, RunRecord? record, CancellationToken cancellation)
    {
        Value?[] inputs = node.Inputs.ByPosition(v => v is null ? null : v.Constant ?? v.Parameter?.Value ?? known[v]);
        long begin = record is null ? 0 : Stopwatch.GetTimestamp();
        try
        {
            IReadOnlyList<Value?> results = node.Operation is IRunsBodies control
                ? DataSized.Run(control, inputs, [.. node.Outputs.Select(segment.Read.Contains)], body => plan.FunctionOf(body, Make), workers, cancellation)
                : DataSized.Run(node, inputs, workers);
            record?.Add(node.Operation.Name, node.Origin, inputs, results, 0, begin);
            return results;
        }
        catch (ToolkitException e) when (node.Origin is not null)
        {
            e.Locate(node.Origin.ToString());
            throw;
        }
    }

    private PlannedBody Make(Body body, Binding sizes) => new(bodies[body], sizes, kernels);
}
