using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Tests.Identities;

/// <summary>Derivatives along directions, directions of greatest curvature, and the spread of predictions.</summary>
public sealed class DirectionTests
{
    private static readonly double[] At = [0.5, -1.2, 0.8, 0.3, 1.5, -0.7, 2.1, -0.4, 0.9];

    public static TheoryData<string> Functions =>
    [
        "sigmoid", "tanh", "softplus", "erf", "sin", "exp", "log", "sqrt", "power", "quotient", "relu", "abs", "clip", "softmax", "logsoftmax",
        "matmul", "transpose", "concat", "slice", "pad", "gather", "max", "mean", "conv", "maxpool", "averagepool", "crossentropy",
    ];

    /// <summary>A2.1: forward mode, Jv, and reverse mode, J'u, give the same u'Jv.</summary>
    [Theory]
    [MemberData(nameof(Functions))]
    public void Forward_and_reverse_mode_agree(string name)
    {
        Variable x = DoubleModel.Tensor(At, 3, 3), y = Function(name, x);
        Variable v = DoubleModel.Tensor([.. At.Select((_, i) => Math.Cos(1.3 * i))], 3, 3);
        int count = Run.Numbers(y).Length;
        Variable u = DoubleModel.Tensor([.. Enumerable.Range(0, count).Select(i => Math.Sin(0.7 + i))], count).Reshape(y.Shape);
        double forward = Run.Number((Gradient.PushForward(y, x, v) * u).Sum());
        double reverse = Run.Number((Gradient.Of((y * u).Sum(), x) * v).Sum());
        Run.Close([reverse], [forward], 1e-12);
        Assert.True(Math.Abs(reverse) > 1e-6, "The function does not depend on x: nothing is shown.");
    }

    /// <summary>A2.6: the error of the direction of power iteration falls by |λ₂/λ₁| with each step.</summary>
    [Fact]
    public void Power_iteration_converges_at_the_ratio_of_the_eigenvalues()
    {
        // For softmax regression the divergence is ½r'Ar up to r³: its gradient at a short probe is one product with A.
        (Objective o, double[,] a) = SoftmaxRegression();
        (double[] values, double[,] vectors) = Eigen(a);
        double[] errors = [.. Enumerable.Range(1, 4).Select(steps => Math.Abs(Tangent(o, steps, vectors)))];
        for (int i = 1; i < errors.Length; i++)
            Assert.Equal(values[0] / values[1], errors[i] / errors[i - 1], 1e-4);
    }

    /// <summary>A6.3: power iteration finds A's greatest eigenvector, and the divergence has no gradient at r = 0.</summary>
    [Fact]
    public void Virtual_adversarial_directions_are_the_greatest_eigenvector()
    {
        (Objective o, double[,] a) = SoftmaxRegression();
        double tangent = Tangent(o, 30, Eigen(a).Vectors);
        double cosine = 1 / Math.Sqrt(1 + (tangent * tangent));
        Assert.True(cosine > 1 - 1e-6, $"cosine {cosine}");
        Variable r = DoubleModel.Tensor([0, 0], 1, 2);
        Variable divergence = VirtualAdversarial.Divergence(o.Output.StopGradient(), o.Apply(o.Input + r)).Sum();
        Run.Close([0, 0], Run.Numbers(Gradient.Of(divergence, r)), 1e-15);
    }

    /// <summary>A5.8: the variance of a prediction is τ⁻¹, the noise of the target, plus the variance over masks; here against targets that are drawn.</summary>
    [Fact]
    public void The_variance_of_a_prediction_is_the_noise_and_the_variance_over_masks()
    {
        const int Units = 40_000, Samples = 20;
        const double Rate = 0.4, Noise = 0.25;
        var x = new float[Units];
        Array.Fill(x, 1.5f);
        double[] both = Run.Numbers(Run.Forward(new MonteCarlo(new Dropout(Rate, new RandomSource(3)), Samples) { WithVariance = true }, Mode.Inference, x, 1, Units));
        // The variance of k runs about their own mean is (k − 1)/k of what it estimates.
        double stated = Noise + (both[Units..].Average() * Samples / (Samples - 1));
        Assert.Equal(Noise + (1.5 * 1.5 * Rate / (1 - Rate)), stated, 0.01);
        var random = new RandomSource(4);
        double[] drawn = [.. Run.Numbers(Run.Forward(new Dropout(Rate, new RandomSource(5)), Mode.Training, x, 1, Units))];
        double mean = drawn.Average();
        Assert.Equal(stated, drawn.Average(f => Math.Pow(f + (Math.Sqrt(Noise) * random.NextNormal()) - mean, 2)), 4 * stated * Math.Sqrt(2.0 / Units));
    }

    private static Variable Function(string name, Variable x) => name switch
    {
        "sigmoid" => x.Sigmoid(),
        "tanh" => x.Tanh(),
        "softplus" => x.Softplus(),
        "erf" => x.Erf(),
        "sin" => x.Sin(),
        "exp" => x.Exp(),
        "log" => (3.0 + x).Log(),
        "sqrt" => (3.0 + x).Sqrt(),
        "power" => Ops.Pow(3.0 + x, x),
        "quotient" => x / (3.0 + x.Square()),
        "relu" => x.Relu(),
        "abs" => x.Abs(),
        "clip" => Ops.Clip(x, -1, 1),
        "softmax" => x.Softmax(),
        "logsoftmax" => x.LogSoftmax(),
        "matmul" => x.MatMul(x),
        "transpose" => x.Transpose() * x,
        "concat" => Ops.Concat(1, x, x.Square()),
        "slice" => x.Slice(1, 1, 3).Square(),
        "pad" => x.Square().Pad([0, 1], [1, 0]),
        "gather" => x.Square().Gather(Run.Labels(2, 0, 2)),
        "max" => x.ReduceMax([1]).Square(),
        "mean" => x.Square().Mean([0]),
        "conv" => x.Reshape([1, 1, 3, 3]).Conv(x.Slice(0, 0, 2).Slice(1, 0, 2).Reshape([1, 1, 2, 2])),
        "maxpool" => x.Reshape([1, 1, 3, 3]).MaxPool(new() { Kernel = [2, 2] }).Square(),
        "averagepool" => x.Reshape([1, 1, 3, 3]).AveragePool(new() { Kernel = [2, 2] }).Square(),
        _ => Ops.SoftmaxCrossEntropyLoss(x, Run.Labels(0, 2, 1)),
    };

    /// <summary>The tangent of the angle between the direction found and the greatest eigenvector.</summary>
    private static double Tangent(Objective o, int steps, double[,] vectors)
    {
        double[] d = Run.Numbers(new VirtualAdversarial(1) { PowerSteps = steps, ProbeLength = 1e-6 }.Direction(o));
        double Along(int column) => (d[0] * vectors[0, column]) + (d[1] * vectors[1, column]);
        return Along(0) / Along(1);
    }

    private static (Objective Objective, double[,] Curvature) SoftmaxRegression()
    {
        double[] w = [1.0, -0.5, 0.2, 0.3, 0.8, -1.1];
        var model = new DoubleModel((x, p, _) => x.MatMul(p[0]), DoubleModel.Weight("w", w, 2, 3));
        Objective o = DoubleModel.Objective(model, new SoftmaxCrossEntropy(), DoubleModel.Tensor([0.3, -0.2], 1, 2), Run.Labels(0));
        double[] p = Run.Numbers(o.Output.Softmax());
        double Mean(int row) => Enumerable.Range(0, 3).Sum(c => p[c] * w[(row * 3) + c]);
        var a = new double[2, 2];
        for (int i = 0; i < 4; i++)
            a[i / 2, i % 2] = Enumerable.Range(0, 3).Sum(c => p[c] * w[(i / 2 * 3) + c] * w[(i % 2 * 3) + c]) - (Mean(i / 2) * Mean(i % 2));
        return (o, a);
    }

    /// <summary>Eigenvalues of a symmetric 2 × 2 matrix in ascending order, with their vectors as columns.</summary>
    private static (double[] Values, double[,] Vectors) Eigen(double[,] a)
    {
        double angle = 0.5 * Math.Atan2(2 * a[0, 1], a[0, 0] - a[1, 1]), sin = Math.Sin(angle), cos = Math.Cos(angle);
        double middle = (a[0, 0] + a[1, 1]) / 2, apart = Math.Sqrt(Math.Pow((a[0, 0] - a[1, 1]) / 2, 2) + (a[0, 1] * a[0, 1]));
        return ([middle - apart, middle + apart], new[,] { { -sin, cos }, { cos, sin } });
    }
}
