using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Schedules;
using static Toolkit.Modeling.Tests.Values.Loops;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Every regularizer on a small classifier (<see cref="PlainNetwork"/>) against its formula; random numbers are those of the stream that it should draw from.</summary>
internal static class RegularizerValues
{
    private const string Code = "code";

    private static readonly PlainNetwork Net = new();

    private static readonly Loss Unlabelled = new LabelledOnly(new SoftmaxCrossEntropy());

    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(AdversarialTraining)] =
        [
            .. new (double, double)[] { (0.1, 0.5), (0.3, 0.5), (0.1, 0.8) }.Select(s => On(
                new AdversarialTraining(s.Item1) { Share = s.Item2 }, () => s.Item2 * (Net.Loss(Net.Against(PlainNetwork.X, PlainNetwork.X, s.Item1, s.Item1)) - Net.Loss(PlainNetwork.X)))),
        ],
        [nameof(ConfidencePenalty)] = [.. new[] { 0.3, 2 }.Select(s => On(new ConfidencePenalty(s), () => s * -Net.Entropy()))],
        [nameof(Contractive)] =
        [
            On(new Contractive(0.3, Code), () => 0.3 * Net.CodeSlopes()),
            On(new Contractive(2, Code), () => 2 * Net.CodeSlopes()),
            On(new Contractive(0.3, "double"), () => 0.3 * 4 * Net.CodeSlopes()),
            .. new (int, ulong)[] { (2, 0), (3, 0), (2, 5) }.Select(s => On(
                new Contractive(0.3, Code) { Projections = s.Item1, Seed = s.Item2 },
                () => 0.3 * Enumerable.Range(0, s.Item1).Average(k => Net.ProjectedSlopes(Uniforms(nameof(Contractive), s.Item2, k, 12))))),
        ],
        [nameof(DoubleBackprop)] = [.. new[] { 0.3, 2 }.Select(s => On(new DoubleBackprop(s), () => s * Net.InputGradient(PlainNetwork.X).Sum(Square)))],
        [nameof(DropoutBoosting)] = [Boosting()],
        [nameof(EntropyMinimization)] = [.. new[] { 0.3, 2 }.Select(s => On(new EntropyMinimization(s), () => s * Net.Entropy()))],
        [nameof(FastDropoutPenalty)] =
        [
            On(new FastDropoutPenalty("logits"), () => Net.MaskedLogPartition(0.2)),
            On(new FastDropoutPenalty("certain"), () => Net.MaskedLogPartition(0)),
        ],
        [nameof(HiddenKl)] =
        [
            .. new (double, string, double)[] { (0.3, Code, 0.1), (2, Code, 0.1), (0.3, "shifted", 0.1), (0.3, Code, 0.7) }.Select(s => On(
                new HiddenKl(s.Item1, s.Item2, s.Item3),
                () => s.Item1 * Net.MeanCode(s.Item2).Sum(h => (s.Item3 * Math.Log(s.Item3 / h)) + ((1 - s.Item3) * Math.Log((1 - s.Item3) / (1 - h)))))),
        ],
        [nameof(HiddenL1)] = [.. Codes((strength, name) => new HiddenL1(strength, name), (strength, h) => strength * h.Sum(Math.Abs) / 4)],
        [nameof(HiddenMean)] =
        [
            .. new (double, string, double)[] { (0.3, Code, 0.1), (2, Code, 0.1), (0.3, "double", 0.1), (0.3, Code, -0.7) }.Select(s => On(
                new HiddenMean(s.Item1, s.Item2, s.Item3), () => s.Item1 * Net.MeanCode(s.Item2).Sum(h => Square(h - s.Item3)))),
        ],
        [nameof(HiddenStudentT)] = [.. Codes((strength, name) => new HiddenStudentT(strength, name), (strength, h) => strength * h.Sum(x => Math.Log(1 + (x * x))) / 4)],
        [nameof(IteratedAdversarial)] =
        [
            // So great that the moves do not all end in a corner; no step is greater than ε.
            .. new (double, int, double?, double)[] { (2, 3, null, 0.5), (3, 3, null, 0.5), (2, 5, null, 0.5), (2, 2, null, 0.5), (2, 1, null, 0.5), (2, 3, 0.02, 0.5), (2, 3, null, 0.9) }
                .Select(s => Attacked(new IteratedAdversarial(s.Item1, s.Item2) { StepSize = s.Item3, Share = s.Item4 }, s.Item1, s.Item2, s.Item3 ?? Math.Min(s.Item1, 2.5 * s.Item1 / s.Item2), s.Item4)),
        ],
        [nameof(L1)] = [.. Layers((strength, layer) => new L1(strength) { Layer = layer }, (strength, w) => strength * w.Sum(Math.Abs))],
        [nameof(L2)] = [.. Layers((strength, layer) => new L2(strength) { Layer = layer }, (strength, w) => 0.5 * strength * w.Sum(Square))],
        [nameof(L2Toward)] =
        [
            .. new[] { 0.3, 2 }.Select(s => Moved(new L2Toward(s), () => 0.5 * s * (Net.Hidden.Sum(w => Square(0.5 * w)) + Net.Top.Sum(w => Square(0.5 * w))))),
            Moved(
                new L2Toward(0.3) { Points = new Dictionary<string, Value> { ["top.weight"] = Value.Full(0.2, DType.Float64, 3, 3) } },
                () => 0.5 * 0.3 * (Net.Hidden.Sum(w => Square(0.5 * w)) + Net.Top.Sum(w => Square((1.5 * w) - 0.2)))),
        ],
        [nameof(LabelNoise)] =
        [
            .. new (double, double, ulong)[] { (0.6, 1, 0), (0.2, 1, 0), (0.6, 0.5, 0), (0.6, 1, 3) }.Select(s => On(
                new LabelNoise(s.Item1) { Share = s.Item2, Seed = s.Item3 }, () => s.Item2 * (Net.Loss(PlainNetwork.X, Relabelled(s.Item1, s.Item3)) - Net.Loss(PlainNetwork.X)))),
        ],
        [nameof(Mixup)] =
        [
            .. new (double, double, ulong)[] { (0.4, 1, 0), (1, 1, 0), (0.4, 0.5, 0), (0.4, 1, 3) }.Select(s => On(new Mixup(s.Item1) { Share = s.Item2, Seed = s.Item3 }, () => Mixed(s.Item1, s.Item2, s.Item3))),
        ],
        [nameof(NormMultiplier)] = [Multiplier(0.3, 0.01, "multiplier"), Multiplier(1, 0.01, "multiplier"), Multiplier(0.3, 0.5, "multiplier"), Multiplier(0.3, 0.01, "other")],
        [nameof(PseudoLabels)] =
        [
            .. new (double, double)[] { (0.3, 0), (2, 0), (0.3, 0.5) }.Select(s => On(new PseudoLabels(s.Item1) { Confidence = s.Item2 }, () => s.Item1 * Net.Guessed(s.Item2), PlainNetwork.Some, Unlabelled)),
            On(new PseudoLabels(new WarmUp(5, 3.0)), () => 3.0 / 5 * Net.Guessed(0), PlainNetwork.Some, Unlabelled),
        ],
        [nameof(TangentProp)] = Tangents(),
        [nameof(TargetNoise)] = [.. new (double, double, ulong)[] { (0.4, 1, 0), (1, 1, 0), (0.4, 0.5, 0), (0.4, 1, 3) }.Select(Noisy)],
        [nameof(TiedParameters)] =
        [
            Tied(0.3, "hidden.weight", "twin.weight"), Tied(2, "hidden.weight", "twin.weight"), Tied(0.3, "other.weight", "twin.weight"), Tied(0.3, "hidden.weight", "other.weight"),
        ],
        [nameof(VirtualAdversarial)] = Virtual(),
        [nameof(WeightNoise)] =
        [
            .. new (double, bool, ulong, double)[] { (0.2, false, 0, 1), (0.5, false, 0, 1), (0.2, true, 0, 1), (0.2, false, 3, 1), (0.2, false, 0, 0.5) }.Select(s => On(
                new WeightNoise(s.Item1) { Multiplicative = s.Item2, Seed = s.Item3, Share = s.Item4 },
                () => s.Item4 * (Net.With(w => Disturbed(w, s.Item1, s.Item2, s.Item3)).Loss(PlainNetwork.X) - Net.Loss(PlainNetwork.X)))),
        ],
    };

    /// <summary>The numbers of a stream of a regularizer at the first step, or of one that forks from it.</summary>
    public static double[] Uniforms(string name, ulong seed, int? fork, int count) => Run.Numbers(Stream(name, seed, fork).Uniform([count], DType.Float64));

    public static double[] Normals(string name, ulong seed, int? fork, int count) => Run.Numbers(Stream(name, seed, fork).Normal([count], DType.Float64));

    public static Setting On(Regularizer regularizer, Func<double> expected, long[]? labels = null, Loss? loss = null) => Setting.Of(
        regularizer, () => regularizer.Penalty(Net.Model(labels ?? PlainNetwork.Y, loss).Objective), () => [expected()], 1e-10);

    private static Distributions.RandomStream Stream(string name, ulong seed, int? fork)
    {
        var stream = Distributions.RandomStream.Of(new RandomSource(seed).Fork(name).NextUInt64());
        return fork is { } index ? stream.Fork(index) : stream;
    }

    private static IEnumerable<Setting> Codes(Func<double, string, Regularizer> make, Func<double, double[], double> formula) =>
        new (double, string)[] { (0.3, Code), (2, Code), (0.3, "double") }.Select(s => On(make(s.Item1, s.Item2), () => formula(s.Item1, Net.CodeNamed(s.Item2))));

    private static IEnumerable<Setting> Layers(Func<double, string?, Regularizer> make, Func<double, double[], double> formula) =>
        new (double, string?)[] { (0.3, null), (2, null), (0.3, "top") }.Select(
            s => On(make(s.Item1, s.Item2), () => formula(s.Item1, s.Item2 is null ? [.. Net.Hidden, .. Net.Top] : Net.Top)));

    private static Setting Attacked(IteratedAdversarial regularizer, double epsilon, int steps, double size, double share) => On(regularizer, () =>
    {
        double[] x = PlainNetwork.X;
        for (int step = 0; step < steps; step++)
            x = Net.Against(x, PlainNetwork.X, size, epsilon);
        return share * (Net.Loss(x) - Net.Loss(PlainNetwork.X));
    });

    /// <summary>With weights that have moved from where they began to one and a half times that.</summary>
    private static Setting Moved(L2Toward regularizer, Func<double> expected) => Setting.Of(
        regularizer,
        () => regularizer.Penalty(Net.Model(PlainNetwork.Y, moved: 1.5).Objective), () => [expected()]);

    private static long[] Relabelled(double rate, ulong seed)
    {
        double[] replace = Uniforms(nameof(LabelNoise), seed, null, 4), which = Uniforms(nameof(LabelNoise), seed, 1, 4);
        long[] labels = [.. PlainNetwork.Y];
        for (int i = 0; i < 4; i++)
        {
            long[] others = [(labels[i] + 1) % 3, (labels[i] + 2) % 3];
            labels[i] = replace[i] < rate ? others[which[i] < 0.5 ? 0 : 1] : labels[i];
        }

        return labels;
    }

    private static double Mixed(double alpha, double share, ulong seed)
    {
        int[] partners = [.. Uniforms(nameof(Mixup), seed, null, 4).Select(u => (int)(4 * u))];
        var stream = Stream(nameof(Mixup), seed, 1);
        double[] u = Run.Numbers(stream.Uniform([64], DType.Float64)), v = Run.Numbers(stream.Fork(1).Uniform([64], DType.Float64));
        (double a, double b) = u.Zip(v, (x, y) => (Math.Pow(1 - x, 1 / alpha), Math.Pow(1 - y, 1 / alpha))).First(pair => pair.Item1 + pair.Item2 <= 1);
        double part = a / (a + b);
        double[] x = [.. PlainNetwork.X.Select((value, i) => (part * value) + ((1 - part) * PlainNetwork.X[(2 * partners[i / 2]) + (i % 2)]))];
        double loss = (part * Net.Loss(x)) + ((1 - part) * Net.Loss(x, [.. partners.Select(p => PlainNetwork.Y[p])]));
        return share * (loss - Net.Loss(PlainNetwork.X));
    }

    private static double[][] Disturbed(double[][] weights, double deviation, bool multiplicative, ulong seed) =>
    [
        .. weights.Select((w, k) => w.Zip(
            Normals(nameof(WeightNoise), seed, k, w.Length), (value, noise) => multiplicative ? value * (1 + (deviation * noise)) : value + (deviation * noise)).ToArray()),
    ];

    private static Setting Noisy((double Deviation, double Share, ulong Seed) s)
    {
        double[] targets = [.. Enumerable.Range(0, 12).Select(i => Math.Cos(2.0 * i))];
        var regularizer = new TargetNoise(s.Deviation) { Share = s.Share, Seed = s.Seed };
        return Setting.Of(
            regularizer,
            () => regularizer.Penalty(Net.Model(Variable.Of(Value.Of(targets, 4, 3)), new MeanSquaredError()).Objective),
            () =>
            {
                double[] noise = Normals(nameof(TargetNoise), s.Seed, null, 12), z = Net.Logits(PlainNetwork.X);
                return [s.Share * z.Select((value, i) => (Square(value - targets[i] - (s.Deviation * noise[i])) - Square(value - targets[i])) / 12).Sum()];
            },
            1e-10);
    }

    /// <summary>The multiplier climbs by the rate times the excess with each step, and the penalty follows it.</summary>
    private static Setting Multiplier(double limit, double rate, string name)
    {
        var regularizer = new NormMultiplier(limit) { Rate = rate, Name = name };
        double excess = (0.5 * (Net.Hidden.Sum(Square) + Net.Top.Sum(Square))) - limit;
        return new(
            regularizer,
            () =>
            {
                var memory = new OptimizerState();
                (Objective objective, ForwardContext context) = Net.Model(PlainNetwork.Y, memory: memory);
                Variable penalty = regularizer.Penalty(objective);
                Parameter multiplier = memory.Parameters.Single(p => p.Name.StartsWith("regularizer.", StringComparison.Ordinal));
                double first = Run.Number(penalty);
                multiplier.Value = Value.Of(0.7);
                Variable next = context.Updates.Single(u => ReferenceEquals(u.Parameter, multiplier)).NewValue;
                double climbed = Run.Number(next);
                multiplier.Value = Value.Of(-1000.0);
                return [first, climbed, Run.Number(next), multiplier.Name.Length];
            },
            () => [0, 0.7 + (rate * excess), 0, "regularizer.".Length + name.Length]);
    }

    private static Setting[] Tangents()
    {
        Func<Variable, IReadOnlyList<Variable>> one = x => [0.5 + (0.0 * x)], two = x => [0.5 + (0.0 * x), -x];
        double Along(Func<int, double> v) => Net.Directional([.. Enumerable.Range(0, 8).Select(v)]).Sum(Square) / 4;
        return
        [
            On(new TangentProp(0.3, one), () => 0.3 * Along(_ => 0.5)),
            On(new TangentProp(2, one), () => 2 * Along(_ => 0.5)),
            On(new TangentProp(0.3, two), () => 0.3 * (Along(_ => 0.5) + Along(i => -PlainNetwork.X[i]))) with { Argument = "tangents" },
            OnField(new TangentProp(0.3, "tangents")) with { Argument = "field" },
        ];

        // Two tangents of each example, which are other ones for each.
        Setting OnField(TangentProp prop)
        {
            double[] own = [.. Enumerable.Range(0, 4 * 2 * 2).Select(i => Math.Cos(1.3 * i))];
            Variable tangents = Variable.Of(Value.Of(own, 4, 2, 2));
            return Setting.Of(
                prop,
                () => prop.Penalty(Net.Model(Run.Labels(PlainNetwork.Y), new SoftmaxCrossEntropy(), more: ("tangents", tangents)).Objective),
                () => [0.3 * (Along(i => own[(4 * (i / 2)) + (i % 2)]) + Along(i => own[(4 * (i / 2)) + 2 + (i % 2)]))],
                1e-10);
        }
    }

    /// <summary>The twin is the hidden weights plus ½, the other is between the two.</summary>
    private static Setting Tied(double strength, string first, string second)
    {
        var regularizer = new TiedParameters(strength, first, second);
        static double Offset(string name) => name switch { "hidden.weight" => 0, "twin.weight" => 0.5, _ => 0.2 };
        return Setting.Of(
            regularizer,
            () => regularizer.Penalty(Net.Model(PlainNetwork.Y).Objective),
            () => [strength * Square(Offset(first) - Offset(second)) * Net.Hidden.Length]);
    }

    private static Setting[] Virtual()
    {
        (double Epsilon, double Strength, int Steps, double Probe, ulong Seed) one = (0.5, 1, 1, 1e-3, 0);
        return
        [
            .. new[] { one, one with { Epsilon = 2 }, one with { Strength = 0.3 }, one with { Steps = 0 }, one with { Steps = 3 }, one with { Probe = 2 }, one with { Seed = 4 } }.Select(s => On(
                new VirtualAdversarial(s.Epsilon) { Strength = s.Strength, PowerSteps = s.Steps, ProbeLength = s.Probe, Seed = s.Seed },
                () =>
                {
                    double[] direction = Unit(Normals(nameof(VirtualAdversarial), s.Seed, null, 8));
                    for (int step = 0; step < s.Steps; step++)
                        direction = Unit(Net.DivergenceGradient(Moved(s.Probe * s.Epsilon)));
                    return s.Strength * Net.Divergence(Moved(s.Epsilon)).Average();

                    double[] Moved(double length) => [.. PlainNetwork.X.Select((x, i) => x + (length * direction[i]))];
                })),
        ];

        static double[] Unit(double[] v) => [.. v.Select((x, i) => x / Math.Sqrt(Square(v[i / 2 * 2]) + Square(v[(i / 2 * 2) + 1])))];
    }

    /// <summary>The loss of the whole network less that of the masked one.</summary>
    private static Setting Boosting() => Setting.Of(
        new DropoutBoosting(),
        () =>
        {
            Objective objective = Net.Model(PlainNetwork.Y, dropout: new Dropout(0.5, new RandomSource(2))).Objective;
            return Ops.Concat(0, new DropoutBoosting().Penalty(objective).Reshape([1]), objective.Loss.Reshape([1]));
        },
        () =>
        {
            double masked = Net.Loss(Run.Numbers(new Dropout(0.5, new RandomSource(2)).Forward(Variable.Of(Value.Of(PlainNetwork.X, 4, 2)), new ForwardContext(Mode.Training))));
            return [Net.Loss(PlainNetwork.X) - masked, masked];
        });
}
