using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Execution;

/// <summary>One step of a plan in a <see cref="FunctionProfile"/>.</summary>
/// <param name="Name">The operation, or the operations of a fused chain joined by +.</param>
/// <param name="Shapes">The sizes of inputs and outputs.</param>
/// <param name="Calls">How often the step ran.</param>
/// <param name="Time">The time of all calls.</param>
/// <param name="Flops">Floating-point operations of one call; a multiply-add counts as two.</param>
/// <param name="Bytes">Bytes of all inputs and outputs of one call, each counted once.</param>
public sealed record ProfiledStep(string Name, string Shapes, int Calls, TimeSpan Time, long Flops, long Bytes)
{
    /// <summary>Where the step comes from, such as the layer; empty where nobody has said.</summary>
    public string Place { get; init; } = string.Empty;

    /// <summary>Billions of floating-point operations per second.</summary>
    public double GigaFlopsPerSecond => Time.Ticks == 0 ? 0 : Flops * (double)Calls / Time.TotalSeconds / 1e9;

    /// <summary>Billions of bytes per second.</summary>
    public double GigaBytesPerSecond => Time.Ticks == 0 ? 0 : Bytes * (double)Calls / Time.TotalSeconds / 1e9;

    /// <summary>The step of several runs.</summary>
    /// <param name="step">The step in one of them.</param>
    /// <param name="ticks">What it took in each, in order.</param>
    /// <param name="frequency">The ticks of a second.</param>
    internal static ProfiledStep Of(RecordedStep step, long[] ticks, long frequency) => new(
        step.Name,
        $"{Sizes(step.Inputs)} → {Sizes(step.Outputs)}",
        ticks.Length,
        TimeSpan.FromSeconds(ticks[ticks.Length / 2] * (double)ticks.Length / frequency),
        step.Flops,
        step.Inputs.Concat(step.Outputs).Sum(value => value?.ByteCount ?? 0))
    {
        Place = step.Origin?.ToString() ?? string.Empty,
    };

    private static string Sizes(IEnumerable<Value?> values) => string.Join(' ', values.OfType<Value>().Select(value => $"[{string.Join(", ", value.Sizes.ToArray())}]"));
}
