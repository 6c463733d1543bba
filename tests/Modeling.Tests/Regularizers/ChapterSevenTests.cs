using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Tests.Regularizers;

/// <summary>Each term on a float64 model: its value by hand, its gradient against differences.</summary>
public sealed class ChapterSevenTests
{
    private static readonly double[] X = [0.5, -1.2, 0.8, 0.3, 1.5, -0.7];
    private readonly Parameter first = DoubleModel.Weight("hidden.weight", [0.4, -0.3, 0.8, 0.2, 0.9, -0.5], 2, 3);
    private readonly Parameter second = DoubleModel.Weight("top.weight", [0.7, -1.1, 0.3, 0.5, -0.2, 0.6], 3, 2);

    public static TheoryData<string> Smooth =>
    [
        "L2Toward", "HiddenStudentT", "HiddenKl", "HiddenMean", "WeightNoise", "Multiplicative", "ConfidencePenalty",
        "EntropyMinimization", "TangentProp", "Contractive", "ContractiveEstimate", "DoubleBackprop", "NormMultiplier",
    ];

    /// <summary>Data in another unit, with ε and the weights in that unit, have the same direction.</summary>
    [Theory]
    [InlineData(1e-6)]
    [InlineData(1e6)]
    public void A_virtual_adversarial_direction_has_no_unit(double unit)
    {
        double[] expected = Of(1), found = Of(unit);
        Run.Close(expected, found, 1e-6);

        double[] Of(double scale)
        {
            Parameter weight = DoubleModel.Weight("weight", [.. new[] { 0.4, -0.3, 0.8, 0.2, 0.9, -0.5 }.Select(w => w / scale)], 2, 3);
            var model = new DoubleModel((x, p, _) => x.MatMul(p[0]), weight);
            Objective objective = DoubleModel.Objective(model, new SoftmaxCrossEntropy(), DoubleModel.Tensor([.. X.Select(v => v * scale)], 3, 2), Run.Labels(0, 2, 1));
            return Run.Numbers(new VirtualAdversarial(0.5 * scale) { PowerSteps = 3 }.Direction(objective));
        }
    }

    /// <summary>The graph of the penalty does not grow with the units.</summary>
    [Fact]
    public void A_contractive_penalty_has_as_many_nodes_for_many_units()
    {
        Assert.Equal(Nodes(3), Nodes(60));

        static int Nodes(int units)
        {
            var model = new Sequential(new Dense(4, units, new RandomSource(1)) { Name = "code", Activation = Ops.Sigmoid }, new Dense(units, 2, new RandomSource(2)));
            var objective = new Objective(model, new SoftmaxCrossEntropy(), Variable.Input("input", DType.Float32, ["batch", 4]), Variable.Input("target", DType.Int64, ["batch"]), new ForwardContext(Mode.Training));
            var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
            var pending = new Stack<Variable>([new Contractive(0.1, "code").Penalty(objective)]);
            while (pending.TryPop(out Variable? variable))
            {
                if (variable.Producer is not { } node || !seen.Add(node))
                    continue;
                foreach (Variable input in node.Inputs)
                    pending.Push(input);
            }

            return seen.Count;
        }
    }

    [Theory]
    [MemberData(nameof(Smooth))]
    public void Gradients_agree_with_differences(string name)
    {
        Variable penalty = Make(name).Penalty(Classifier());
        Assert.Equal(0, penalty.Shape.Rank);
        foreach (Parameter parameter in new[] { first, second })
            Run.Close(DoubleModel.Differences(penalty, parameter), DoubleModel.GradientOf(penalty, parameter), 1e-6);
    }

    [Fact]
    public void Weights_are_drawn_to_a_point()
    {
        Objective objective = Classifier();
        second.Value.Span<double>()[0] += 2;
        Assert.Equal(0.5 * 0.1 * 4, Run.Number(new L2Toward(0.1).Penalty(objective)), 1e-14);
        var point = new Dictionary<string, Value> { ["top.weight"] = Value.Zeros(DType.Float64, 3, 2) };
        double squares = Run.Numbers(second.Value).Sum(w => w * w);
        Assert.Equal(0.05 * squares, Run.Number(new L2Toward(0.1) { Points = point }.Penalty(objective)), 1e-14);
        point["other"] = Value.Zeros(DType.Float64, 1);
        Assert.Contains("other", Assert.Throws<GraphException>(() => new L2Toward(0.1) { Points = point }.Penalty(objective)).Message);
    }

    [Fact]
    public void One_layer_can_be_penalized_by_itself()
    {
        Objective objective = Classifier();
        double sum = Run.Numbers(second.Value).Sum(Math.Abs);
        Assert.Equal(0.5 * sum, Run.Number(new L1(0.5) { Layer = "top" }.Penalty(objective)), 1e-14);
        Assert.Contains("hidden.weight", Assert.Throws<GraphException>(() => new L2(0.5) { Layer = "dense1" }.Penalty(objective)).Message);
    }

    [Fact]
    public void Negative_strengths_are_refused()
    {
        Objective o = Classifier();
        Func<Regularizer>[] bad =
        [
            () => new L1(-1), () => new L2(-1), () => new L2Toward(-1), () => new HiddenL1(-1, "h"), () => new HiddenStudentT(-1, "h"),
            () => new HiddenKl(1, "h", 1), () => new HiddenMean(-1, "h", 0), () => new WeightNoise(-1), () => new ConfidencePenalty(-1),
            () => new EntropyMinimization(-1), () => new IteratedAdversarial(0.1, 0), () => new VirtualAdversarial(0), () => new AdversarialTraining(-1),
            () => new TangentProp(-1, x => [x]), () => new Contractive(-1, "h"), () => new DoubleBackprop(double.NaN), () => new NormMultiplier(0),
            () => new VirtualAdversarial(1) { PowerSteps = -1 }, () => new Contractive(1, "h") { Projections = -1 },
            () => new TiedParameters(-1, "hidden.weight", "hidden.weight"),
        ];
        Assert.All(bad, make => Assert.Contains("Expected", Assert.Throws<ArgumentOutOfRangeException>(() => make().Penalty(o)).Message));
    }

    /// <summary>A4.6: zero exactly where the mean is the target.</summary>
    [Fact]
    public void The_divergence_to_a_target_activation_is_zero_there_only()
    {
        double[] h = [0.2, 0.1, 0.4, 0.3];
        Parameter hidden = DoubleModel.Weight("h", h, 2, 2);
        var model = new DoubleModel((x, p, c) => { c.Register("code", p[0]); return x + p[0].Variable; }, hidden);
        Objective o = DoubleModel.Objective(model, new MeanSquaredError(), DoubleModel.Tensor(new double[4], 2, 2), DoubleModel.Tensor(h, 2, 2));
        double[] mean = [0.3, 0.2];
        Variable penalty = new HiddenKl(2, "code", 0.3).Penalty(o);
        Assert.Equal(2 * ((0.3 * Math.Log(0.3 / 0.2)) + (0.7 * Math.Log(0.7 / 0.8))), Run.Number(penalty), 1e-14);
        Run.Close([.. Enumerable.Range(0, 4).Select(i => (-0.3 / mean[i % 2]) + (0.7 / (1 - mean[i % 2])))], DoubleModel.GradientOf(penalty, hidden), 1e-13);
    }

    /// <summary>A4.7: for sigmoid units ‖J‖² is Σ (h(1 − h))²‖W‖²; the estimate agrees on average.</summary>
    [Fact]
    public void The_contractive_penalty_of_sigmoid_units_is_its_closed_form()
    {
        Objective o = Classifier();
        double[] h = Run.Numbers(o.HiddenOf("code")), w = Run.Numbers(first.Value);
        double expected = 0;
        for (int i = 0; i < 9; i++)
            expected += Math.Pow(h[i] * (1 - h[i]), 2) * ((w[i % 3] * w[i % 3]) + (w[3 + (i % 3)] * w[3 + (i % 3)]));
        Assert.Equal(expected / 3, Run.Number(new Contractive(1, "code").Penalty(o)), 1e-14);
        Assert.Equal(expected / 3, Run.Number(new Contractive(1, "code") { Projections = 400 }.Penalty(o)), 0.1 * expected / 3);
    }

    /// <summary>A6.4 for values: the derivative of a linear f along v is v'w, whatever x is.</summary>
    [Fact]
    public void Tangent_prop_of_a_linear_model_is_the_square_of_the_weights_along_the_tangent()
    {
        Parameter w = DoubleModel.Weight("w", [1, 2], 2, 1);
        var model = new DoubleModel((x, p, _) => x.MatMul(p[0]), w);
        Objective o = DoubleModel.Objective(model, new MeanSquaredError(), DoubleModel.Tensor(X, 3, 2), DoubleModel.Tensor([1, 2, 3], 3, 1));
        Variable tangent = DoubleModel.Tensor([0.5, -1], 2);
        Assert.Equal(0.1 * Math.Pow(0.5 - 2, 2), Run.Number(new TangentProp(0.1, _ => [tangent + (0.0 * o.Input)]).Penalty(o)), 1e-14);
        Assert.Equal(0.0, Run.Number(new TangentProp(0.1, _ => [DoubleModel.Tensor([2, -1], 2) + (0.0 * o.Input)]).Penalty(o)), 1e-15);
        Assert.Throws<ArgumentException>(() => new TangentProp(0.1, _ => []).Penalty(o));
    }

    /// <summary>A6.1: on a linear score the fast gradient sign is the worst case: ζ(ε‖w‖₁ − y(w'x + b)).</summary>
    [Fact]
    public void The_adversarial_loss_of_logistic_regression_is_its_closed_form()
    {
        double[] weights = [1.5, -0.7];
        Parameter w = DoubleModel.Weight("w", weights, 2, 1);
        var model = new DoubleModel((x, p, _) => x.MatMul(p[0]) + 0.3, w);
        Objective o = DoubleModel.Objective(model, new BinaryCrossEntropy(), DoubleModel.Tensor(X, 3, 2), Run.Labels(1, 0, 1));
        double[] y = [1, -1, 1];
        double worst = 0;
        for (int i = 0; i < 3; i++)
        {
            double margin = y[i] * ((weights[0] * X[2 * i]) + (weights[1] * X[(2 * i) + 1]) + 0.3);
            worst += Math.Log(1 + Math.Exp((0.25 * 2.2) - margin)) / 3;
        }

        double clean = Run.Number(o.Loss);
        Assert.Equal(worst - clean, Run.Number(new AdversarialTraining(0.25) { Share = 1 }.Penalty(o)), 1e-14);
        Assert.Equal(worst - clean, Run.Number(new IteratedAdversarial(0.25, 4) { Share = 1 }.Penalty(o)), 1e-14);
        Assert.Equal(0.0, Run.Number(new AdversarialTraining(0).Penalty(o)));
    }

    /// <summary>A6.2: ‖∇ₓJ‖² of logistic regression is (σ(z) − y)²‖w‖².</summary>
    [Fact]
    public void Double_backpropagation_of_logistic_regression_is_its_closed_form()
    {
        Parameter w = DoubleModel.Weight("w", [1.5, -0.7], 2, 1);
        var model = new DoubleModel((x, p, _) => x.MatMul(p[0]), w);
        Objective o = DoubleModel.Objective(model, new BinaryCrossEntropy(), DoubleModel.Tensor([0.4, 0.9], 1, 2), Run.Labels(1));
        double z = (1.5 * 0.4) - (0.7 * 0.9), sigma = 1 / (1 + Math.Exp(-z));
        Variable penalty = new DoubleBackprop(1).Penalty(o);
        Assert.Equal((sigma - 1) * (sigma - 1) * ((1.5 * 1.5) + (0.7 * 0.7)), Run.Number(penalty), 1e-14);
        Run.Close(DoubleModel.Differences(penalty, w), DoubleModel.GradientOf(penalty, w), 1e-8);
    }

    /// <summary>A6.3: for softmax regression KL(p(x) ‖ p(x + r)) is r'Ar/2 with A = W(diag p − pp')W', so with power steps the term reaches ½ε²λ.</summary>
    [Fact]
    public void Virtual_adversarial_directions_find_the_greatest_curvature()
    {
        double[] w = [1.0, -0.5, 0.2, 0.3, 0.8, -1.1];
        Parameter weight = DoubleModel.Weight("w", w, 2, 3);
        var model = new DoubleModel((x, p, _) => x.MatMul(p[0]), weight);
        Objective o = DoubleModel.Objective(model, new SoftmaxCrossEntropy(), DoubleModel.Tensor([0.3, -0.2], 1, 2), Run.Labels(0));
        double[] p = Run.Numbers(o.Output.Softmax());
        double[] a = new double[4];
        for (int i = 0; i < 4; i++)
        {
            (int row, int column) = (i / 2, i % 2);
            double first = 0, rowMean = 0, columnMean = 0;
            for (int c = 0; c < 3; c++)
            {
                first += p[c] * w[(row * 3) + c] * w[(column * 3) + c];
                rowMean += p[c] * w[(row * 3) + c];
                columnMean += p[c] * w[(column * 3) + c];
            }

            a[i] = first - (rowMean * columnMean);
        }

        double middle = (a[0] + a[3]) / 2, greatest = middle + Math.Sqrt(Math.Pow((a[0] - a[3]) / 2, 2) + (a[1] * a[2]));
        const double Epsilon = 1e-4;
        var regularizer = new VirtualAdversarial(Epsilon) { PowerSteps = 30, ProbeLength = 1e-5 };
        double found = Run.Number(regularizer.Penalty(o)) / (0.5 * Epsilon * Epsilon);
        Assert.Equal(greatest, found, 1e-3 * greatest);
        double random = Run.Number((regularizer with { PowerSteps = 0 }).Penalty(o)) / (0.5 * Epsilon * Epsilon);
        Assert.True(random < greatest * 1.001);
    }

    [Fact]
    public void Tied_parameters_must_exist_and_fit()
    {
        Objective o = Classifier();
        Assert.Contains("nothing", Assert.Throws<GraphException>(() => new TiedParameters(1, "hidden.weight", "nothing").Penalty(o)).Message);
        Assert.Contains("one shape", Assert.Throws<ShapeException>(() => new TiedParameters(1, "hidden.weight", "top.weight").Penalty(o)).Message);
    }

    private Regularizer Make(string name) => name switch
    {
        "L2Toward" => new L2Toward(0.3) { Points = new Dictionary<string, Value> { ["hidden.weight"] = Value.Full(0.2, DType.Float64, 2, 3) } },
        "HiddenStudentT" => new HiddenStudentT(0.3, "code"),
        "HiddenKl" => new HiddenKl(0.3, "code", 0.1),
        "HiddenMean" => new HiddenMean(0.3, "code", 0.1),
        "WeightNoise" => new WeightNoise(0.2),
        "Multiplicative" => new WeightNoise(0.2) { Multiplicative = true },
        "ConfidencePenalty" => new ConfidencePenalty(0.3),
        "EntropyMinimization" => new EntropyMinimization(0.3),
        "TangentProp" => new TangentProp(0.3, x => [0.5 + (0.0 * x), -x]),
        "Contractive" => new Contractive(0.3, "code"),
        "ContractiveEstimate" => new Contractive(0.3, "code") { Projections = 3 },
        "DoubleBackprop" => new DoubleBackprop(0.3),
        _ => new NormMultiplier(0.3),
    };

    private Objective Classifier()
    {
        var model = new DoubleModel(
            (x, p, context) =>
            {
                Variable code = x.MatMul(p[0]).Sigmoid();
                context.Register("code", code);
                context.Register("h", code);
                return code.MatMul(p[1]);
            },
            first,
            second);
        return DoubleModel.Objective(model, new SoftmaxCrossEntropy(), DoubleModel.Tensor(X, 3, 2), Run.Labels(0, 1, 1));
    }
}
