using System.Diagnostics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>One step of a run.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Origin">Where it comes from; null where nobody has said.</param>
/// <param name="Inputs">What it read, null where an input is left out.</param>
/// <param name="Outputs">What it wrote, null where nobody reads a result.</param>
/// <param name="Flops">Its floating-point operations.</param>
/// <param name="Begin">When it began, in ticks of <see cref="Stopwatch"/>.</param>
/// <param name="End">When it had ended.</param>
internal readonly record struct RecordedStep(string Name, Origin? Origin, IReadOnlyList<Value?> Inputs, IReadOnlyList<Value?> Outputs, long Flops, long Begin, long End)
{
    public long Ticks => End - Begin;
}

/// <summary>The steps of one run of a function, in all its segments. Those of bodies are part of the step that runs them.</summary>
internal sealed class RunRecord
{
    private readonly List<RecordedStep> steps = [];

    public IReadOnlyList<RecordedStep> Steps => steps;

    /// <summary>Notes a step that has ended just now.</summary>
    public void Add(string name, Origin? origin, IReadOnlyList<Value?> inputs, IReadOnlyList<Value?> outputs, long flops, long begin) =>
        steps.Add(new RecordedStep(name, origin, inputs, outputs, flops, begin, Stopwatch.GetTimestamp()));
}
