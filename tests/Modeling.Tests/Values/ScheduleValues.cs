using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Every schedule at the first 15 steps and far beyond.</summary>
internal static class ScheduleValues
{
    private static readonly Schedule Full = new FixedRate(0.5);

    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(AdjustableRate)] = [Adjusted(Full), Adjusted(new StepDecay(1, 0.5, 2))],
        [nameof(CosineDecay)] = [Cosine(1, 0.1, 10), Cosine(2, 0.1, 10), Cosine(1, 0.3, 10), Cosine(1, 0.1, 7)],
        [nameof(ExponentialDecay)] = [Exponential(1, 0.5, 4), Exponential(3, 0.5, 4), Exponential(1, 1.1, 4), Exponential(1, 0.5, 3)],
        [nameof(FixedRate)] = [.. new[] { 0, 0.25 }.Select(rate => On(new FixedRate(rate), _ => rate))],
        [nameof(LinearDecay)] = [Linear(1, 0.1, 10), Linear(2, 0.1, 10), Linear(1, 0.3, 10), Linear(1, 0.1, 7)],
        [nameof(ReduceOnPlateau)] =
        [
            Plateau(new ReduceOnPlateau(Full) { Patience = 2 }),
            Plateau(new ReduceOnPlateau(new StepDecay(2, 0.5, 2)) { Patience = 2 }),
            Plateau(new ReduceOnPlateau(Full) { Patience = 3 }),
            Plateau(new ReduceOnPlateau(Full) { Patience = 2, Factor = 0.5 }),
            Plateau(new ReduceOnPlateau(Full) { Patience = 2, Watched = "accuracy" }),
            Plateau(new ReduceOnPlateau(Full) { Patience = 2, MinimumImprovement = 0.3 }),
            Plateau(new ReduceOnPlateau(Full) { Patience = 2, LeastFactor = 0.05 }),
        ],
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

    /// <summary>The rate at step 3 after each of a script of values on the validation set; "accuracy" is better where it is higher. The loops count as PyTorch's ReduceLROnPlateau does, whose
    /// patience is smaller by one.</summary>
    private static Setting Plateau(ReduceOnPlateau schedule)
    {
        const long Step = 3;
        double[] script = [5, 4, 4, 3.8, 3.9, 3.7, 3.7, 3.75, 3.8, 3.9, 4, 4.2, 3, 3.1, 3.1, 3.2, 3.3, 6];
        bool higher = schedule.Watched != "loss";
        return new Setting(
            schedule,
            () =>
            {
                var state = new OptimizerState();
                state.StepCounter.Value = Value.Of(Step);
                Variable rate = state.RateOf(schedule);
                return [Run.Number(rate), .. script.Select(value =>
                {
                    ((Schedule)schedule).Observe(state, value, higher);
                    return Run.Number(rate);
                })];
            },
            () =>
            {
                double basis = Run.Number(schedule.Basis.Rate(Variable.Of(Value.Of(Step)))), factor = 1, best = higher ? double.NegativeInfinity : double.PositiveInfinity;
                int bad = 0;
                var rates = new List<double> { basis };
                foreach (double value in script)
                {
                    bool better = higher ? value > best + schedule.MinimumImprovement : value < best - schedule.MinimumImprovement;
                    (best, bad) = better ? (value, 0) : (best, bad + 1);
                    if (bad == schedule.Patience)
                        (factor, bad) = (Math.Max(schedule.LeastFactor, factor * schedule.Factor), 0);
                    rates.Add(basis * factor);
                }

                return [.. rates];
            });
    }

    private static Setting Adjusted(Schedule basis)
    {
        var schedule = new AdjustableRate(basis);
        double[] factors = [1, 0.5, 0.25, 3, 0];
        return new Setting(
            schedule,
            () =>
            {
                var state = new OptimizerState();
                Variable rate = state.RateOf(schedule);
                return [.. factors.Select((factor, step) =>
                {
                    state.StepCounter.Value = Value.Of((long)step);
                    state.Parameters.Single(p => p.Name == AdjustableRate.Factor).Value = Value.Of(factor);
                    return Run.Number(rate);
                })];
            },
            () => [.. factors.Select((factor, step) => factor * Run.Number(basis.Rate(Variable.Of(Value.Of((long)step)))))]);
    }

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
