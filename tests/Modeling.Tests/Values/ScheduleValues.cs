using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Every schedule at the first 15 steps and far beyond.</summary>
internal static class ScheduleValues
{
    private static readonly Schedule Full = new FixedRate(0.5);

    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(CosineDecay)] = [Cosine(1, 0.1, 10), Cosine(2, 0.1, 10), Cosine(1, 0.3, 10), Cosine(1, 0.1, 7)],
        [nameof(ExponentialDecay)] = [Exponential(1, 0.5, 4), Exponential(3, 0.5, 4), Exponential(1, 1.1, 4), Exponential(1, 0.5, 3)],
        [nameof(FixedRate)] = [.. new[] { 0, 0.25 }.Select(rate => On(new FixedRate(rate), _ => rate))],
        [nameof(LinearDecay)] = [Linear(1, 0.1, 10), Linear(2, 0.1, 10), Linear(1, 0.3, 10), Linear(1, 0.1, 7)],
        [nameof(StepDecay)] = [Stairs(1, 0.5, 4), Stairs(3, 0.5, 4), Stairs(1, 1.1, 4), Stairs(1, 0.5, 3)],
        [nameof(WarmUp)] =
        [
            On(new WarmUp(5, Full), step => 0.5 * Math.Min(1, (step + 1) / 5.0)),
            On(new WarmUp(3, Full), step => 0.5 * Math.Min(1, (step + 1) / 3.0)),
            On(new WarmUp(5, new StepDecay(1, 0.5, 2)), step => Halved(step / 2) * Math.Min(1, (step + 1) / 5.0)),
        ],
    };

    private static Setting Cosine(double initial, double final, int steps) => On(
        new CosineDecay(initial, final, steps), step => step >= steps ? final : final + ((initial - final) * Math.Pow(Math.Cos(Math.PI * step / steps / 2), 2)));

    private static Setting Exponential(double initial, double factor, int every) =>
        On(new ExponentialDecay(initial, factor, every), step => initial * Math.Exp(Math.Log(factor) * step / every));

    private static Setting Linear(double initial, double final, int steps) =>
        On(new LinearDecay(initial, final, steps), step => step >= steps ? final : initial + ((final - initial) * step / steps));

    private static Setting Stairs(double initial, double factor, int every) => On(new StepDecay(initial, factor, every), step =>
    {
        double rate = initial;
        for (long stair = every; stair <= step; stair += every)
            rate *= factor;
        return rate;
    });

    private static double Halved(long times) => times == 0 ? 1 : 0.5 * Halved(times - 1);

    private static Setting On(Schedule schedule, Func<long, double> rate)
    {
        long[] steps = [.. Enumerable.Range(0, 15), 200];
        return Setting.Of(
            schedule,
            () => Ops.Concat(0, [.. steps.Select(step => schedule.Rate(Variable.Of(Value.Of(step))).Reshape([1]))]),
            () => [.. steps.Select(rate)],
            1e-11);
    }
}
