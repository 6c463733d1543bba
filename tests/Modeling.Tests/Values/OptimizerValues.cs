using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Every optimizer against its algorithm in plain numbers: the steps with given gradients, and a training of a linear model.</summary>
internal static class OptimizerValues
{
    private static readonly Optimizer Plain = new Sgd { LearningRate = 0.1 };

    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(AdaGrad)] = [Ada(new AdaGrad(), 0.01, 1e-7), Ada(new AdaGrad { LearningRate = 0.2 }, 0.2, 1e-7), Ada(new AdaGrad { Stabilizer = 0.3 }, 0.01, 0.3)],
        [nameof(Adam)] =
        [
            .. Adams((rate, first, second, stabilizer) => new Adam { LearningRate = rate, FirstDecay = first, SecondDecay = second, Stabilizer = stabilizer }, 0),
            Moving(new Adam(), 0.001, 0.9, 0.999, 1e-8, 0),
        ],
        [nameof(AdamW)] =
        [
            .. Adams((rate, first, second, stabilizer) => new AdamW { LearningRate = rate, FirstDecay = first, SecondDecay = second, Stabilizer = stabilizer }, 0.01),
            Moving(new AdamW(), 0.001, 0.9, 0.999, 1e-8, 0.01),
            Moving(new AdamW { WeightDecay = 0.5 }, 0.001, 0.9, 0.999, 1e-8, 0.5),
            Moving(new AdamW { WeightDecay = 0 }, 0.001, 0.9, 0.999, 1e-8, 0),
        ],
        [nameof(Averaged)] = [Average(0.9, Plain, 0.1), Average(0.5, Plain, 0.1), Average(0, Plain, 0.1), Average(0.9, new Sgd { LearningRate = 0.3 }, 0.3)],
        [nameof(ClipByNorm)] =
        [
            .. new[] { 0.5, 2, 1000 }.Select(limit => Steps.Of(new ClipByNorm(limit, Plain), state =>
            {
                double norm = Math.Sqrt(state.Gradient.Sum(g => g * g));
                for (int i = 0; i < state.Count; i++)
                    state.Theta[i] -= 0.1 * state.Gradient[i] * (norm > limit ? limit / norm : 1);
            })),
            Steps.Of(new ClipByNorm(1000, new Sgd { LearningRate = 0.3 }), state => state.Each(i => state.Theta[i] -= 0.3 * state.Gradient[i])),
        ],
        [nameof(ClipByValue)] =
        [
            .. new[] { 0.5, 1000 }.Select(
                limit => Steps.Of(new ClipByValue(limit, Plain), state => state.Each(i => state.Theta[i] -= 0.1 * Math.Max(-limit, Math.Min(limit, state.Gradient[i]))))),
            Steps.Of(new ClipByValue(1000, new Sgd { LearningRate = 0.3 }), state => state.Each(i => state.Theta[i] -= 0.3 * state.Gradient[i])),
        ],
        [nameof(Momentum)] =
        [
            Heavy(new Momentum(), _ => 0.01, _ => 0.9),
            Heavy(new Momentum { LearningRate = new StepDecay(0.2, 0.5, 2) }, t => 0.2 * Math.Pow(0.5, t / 2), _ => 0.9),
            Heavy(new Momentum { Decay = 0.5 }, _ => 0.01, _ => 0.5),
            Heavy(new Momentum { Decay = new LinearDecay(0.5, 0.9, 4) }, _ => 0.01, t => 0.5 + (0.1 * Math.Min(t, 4))),
        ],
        [nameof(Nesterov)] =
        [
            Ahead(new Nesterov(), _ => 0.01, 0.9),
            Ahead(new Nesterov { LearningRate = new StepDecay(0.2, 0.5, 2) }, t => 0.2 * Math.Pow(0.5, t / 2), 0.9),
            Ahead(new Nesterov { Decay = 0.5 }, _ => 0.01, 0.5),
        ],
        [nameof(ProximalL1)] =
        [
            Proximal(new ProximalL1(0.7, Plain), 0.1, 0.7), Proximal(new ProximalL1(2, Plain), 0.1, 2), Proximal(new ProximalL1(0.7, new Sgd { LearningRate = 0.3 }), 0.3, 0.7),
        ],
        [nameof(RmsProp)] =
        [
            Root(new RmsProp(), 0.001, 0.9, 1e-6), Root(new RmsProp { LearningRate = 0.1 }, 0.1, 0.9, 1e-6), Root(new RmsProp { Decay = 0.5 }, 0.001, 0.5, 1e-6),
            Root(new RmsProp { Stabilizer = 0.3 }, 0.001, 0.9, 0.3),
        ],
        [nameof(Sgd)] =
        [
            Steps.Of(new Sgd(), state => state.Each(i => state.Theta[i] -= 0.01 * state.Gradient[i])),
            Steps.Of(new Sgd { LearningRate = new StepDecay(0.2, 0.5, 2) }, state => state.Each(i => state.Theta[i] -= 0.2 * Math.Pow(0.5, state.Step / 2) * state.Gradient[i])),
        ],
    };

    private static Setting Ada(AdaGrad optimizer, double rate, double stabilizer) => Steps.Of(optimizer, state => state.Each(i =>
    {
        double squares = state.Memory("r")[i] += state.Gradient[i] * state.Gradient[i];
        state.Theta[i] -= rate * state.Gradient[i] / (stabilizer + Math.Sqrt(squares));
    }));

    private static IEnumerable<Setting> Adams(Func<double, double, double, double, Optimizer> make, double decay)
    {
        (double Rate, double First, double Second, double Stabilizer) one = (0.1, 0.8, 0.9, 0.05);
        foreach (var s in new[] { one, one with { Rate = 0.2 }, one with { First = 0.5 }, one with { Second = 0.5 }, one with { Stabilizer = 0.5 }, one with { First = 0 } })
            yield return Moving(make(s.Rate, s.First, s.Second, s.Stabilizer), s.Rate, s.First, s.Second, s.Stabilizer, decay);
    }

    private static Setting Moving(Optimizer optimizer, double rate, double first, double second, double stabilizer, double decay) => Steps.Of(optimizer, state => state.Each(i =>
    {
        double[] s = state.Memory("s"), r = state.Memory("r");
        s[i] = (first * s[i]) + ((1 - first) * state.Gradient[i]);
        r[i] = (second * r[i]) + ((1 - second) * state.Gradient[i] * state.Gradient[i]);
        double mean = s[i] / (1 - Math.Pow(first, state.Step + 1)), square = r[i] / (1 - Math.Pow(second, state.Step + 1));
        state.Theta[i] -= rate * ((mean / (Math.Sqrt(square) + stabilizer)) + (state.IsWeight(i) ? decay * state.Theta[i] : 0));
    }));

    private static Setting Average(double decay, Optimizer inner, double rate) => Steps.Of(
        new Averaged(decay, inner),
        state => state.Each(i =>
        {
            state.Theta[i] -= rate * state.Gradient[i];
            state.Memory("average")[i] = state.Step == 0 ? state.Theta[i] : (decay * state.Memory("average")[i]) + ((1 - decay) * state.Theta[i]);
        }),
        "average");

    private static Setting Heavy(Momentum optimizer, Func<int, double> rate, Func<int, double> decay) => Steps.Of(optimizer, state => state.Each(i =>
        state.Theta[i] += state.Memory("v")[i] = (decay(state.Step) * state.Memory("v")[i]) - (rate(state.Step) * state.Gradient[i])));

    /// <summary>Algorithm 8.3 moves θ, and takes the gradient at θ + αv, which is what is stored.</summary>
    private static Setting Ahead(Nesterov optimizer, Func<int, double> rate, double decay) => Steps.Of(optimizer, state => state.Each(i =>
    {
        double[] v = state.Memory("v");
        double theta = state.Theta[i] - (decay * v[i]);
        v[i] = (decay * v[i]) - (rate(state.Step) * state.Gradient[i]);
        state.Theta[i] = theta + v[i] + (decay * v[i]);
    }));

    private static Setting Proximal(ProximalL1 optimizer, double rate, double strength) => Steps.Of(optimizer, state => state.Each(i =>
    {
        double moved = state.Theta[i] - (rate * state.Gradient[i]), threshold = state.IsWeight(i) ? rate * strength : 0;
        state.Theta[i] = moved > threshold ? moved - threshold : moved < -threshold ? moved + threshold : 0;
    }));

    private static Setting Root(RmsProp optimizer, double rate, double decay, double stabilizer) => Steps.Of(optimizer, state => state.Each(i =>
    {
        double[] r = state.Memory("r");
        r[i] = (decay * r[i]) + ((1 - decay) * state.Gradient[i] * state.Gradient[i]);
        state.Theta[i] -= rate * state.Gradient[i] / Math.Sqrt(stabilizer + r[i]);
    }));
}
