using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Tests.Schedules;

public sealed class ScheduleTests
{
    [Fact]
    public void A_number_is_a_schedule()
    {
        Schedule schedule = 0.25;
        Assert.Equal([0.25, 0.25], Rates(schedule, 0, 1_000_000));
        Assert.Equal((Schedule)0.25, schedule);
    }

    [Fact]
    public void Stairs_fall_at_their_edges() =>
        Assert.Equal([8.0, 8.0, 4.0, 4.0, 2.0], Rates(new StepDecay(8, 0.5, 3), 0, 2, 3, 5, 6));

    [Fact]
    public void Exponential_decay_halves_over_its_stretch() =>
        Run.Close([8.0, 8 / Math.Sqrt(2), 4.0, 1.0], Rates(new ExponentialDecay(8, 0.5, 10), 0, 5, 10, 30), 1e-12);

    [Fact]
    public void Linear_decay_stays_at_its_end() =>
        Run.Close([1.0, 0.55, 0.1, 0.1], Rates(new LinearDecay(1, 0.1, 100), 0, 50, 100, 1000), 1e-12);

    [Fact]
    public void Cosine_decay_is_flat_at_both_ends() =>
        Run.Close([1.0, 0.55, 0.1, 0.1], Rates(new CosineDecay(1, 0.1, 100), 0, 50, 100, 1000), 1e-12);

    [Fact]
    public void Warming_up_reaches_the_full_rate_at_its_last_step() =>
        Run.Close([0.25, 0.5, 1.0, 1.0, 0.5], Rates(new WarmUp(4, new StepDecay(1, 0.5, 6)), 0, 1, 3, 4, 6), 1e-12);

    [Fact]
    public void A_schedule_over_no_steps_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Rates(new LinearDecay(1, 0, 0), 0));

    private static double[] Rates(Schedule schedule, params long[] steps) =>
        [.. steps.Select(step => Run.Number(schedule.Rate(Variable.Of(Value.Of(step)))))];
}
