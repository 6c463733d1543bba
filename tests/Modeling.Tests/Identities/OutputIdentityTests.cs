using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Identities;

/// <summary>Identities of output layers and hidden units in float64.</summary>
public sealed class OutputIdentityTests
{
    /// <summary>A1.1: the gradient of cross-entropy in the logits is q − p, for labels and for smoothed targets, at logits up to ±1e4.</summary>
    [Theory]
    [InlineData(1.0)]
    [InlineData(1e4)]
    public void The_gradient_of_cross_entropy_is_prediction_minus_target(double scale)
    {
        Variable z = Wide([0.3 * scale, -scale, 0.7 * scale, scale, 0, -0.2 * scale], 2, 3);
        double[] q = Run.Numbers(z.Softmax());
        double[] plain = Run.Numbers(Gradient.Of(new SoftmaxCrossEntropy().PerExample(z, Run.Labels(2, 1)).Sum(), z));
        Run.Close([.. q.Zip([0.0, 0, 1, 0, 1, 0], (a, p) => a - p)], plain, 1e-14);
        double[] smoothed = Run.Numbers(Gradient.Of(new SoftmaxCrossEntropy { Smoothing = 0.1, SmoothingForm = SmoothingForm.OtherClasses }.PerExample(z, Run.Labels(2, 1)).Sum(), z));
        Run.Close([.. q.Zip([0.05, 0.05, 0.9, 0.05, 0.9, 0.05], (a, p) => a - p)], smoothed, 1e-12);
        foreach (double[] row in new[] { plain[..3], plain[3..] })
            Assert.Equal(0.0, row.Sum(), 1e-14);
    }

    /// <summary>A1.2: hard tanh is max(−1, min(1, a)), and softplus, sigmoid and tanh have no overflow at ±1e3, nor have their gradients.</summary>
    [Fact]
    public void Nothing_overflows_at_a_thousand()
    {
        Variable x = Wide([-1e3, -1, -0.4, 0.2, 1e3], 5);
        Assert.Equal([-1, -1, -0.4, 0.2, 1], Run.Numbers(Activations.HardTanh(x)));
        foreach (Variable y in new[] { x.Softplus(), x.Sigmoid(), x.Tanh() })
            Assert.All((double[])[.. Run.Numbers(y), .. Run.Numbers(Gradient.Of(y.Sum(), x))], v => Assert.True(double.IsFinite(v)));
        Assert.Equal([0, 1e3], new[] { Run.Numbers(x.Softplus())[0], Run.Numbers(x.Softplus())[4] });
    }

    /// <summary>A1.6: for Σ = BBᵀ with a triangular B, ln det Σ = 2 Σ ln|Bᵢᵢ|: what is left of the loss at y = μ.</summary>
    [Fact]
    public void The_logarithm_of_a_determinant_is_that_of_the_diagonal()
    {
        double[] b = [2, 0, 0, -1, 3, 0, 0.5, 0.7, 0.4];
        Variable mean = Wide([1, -2, 0.5], 1, 3);
        double found = Run.Number(new CovarianceGaussian(mean, Wide(b, 1, 3, 3)).NegativeLogLikelihood(mean)) - (1.5 * Math.Log(2 * Math.PI));
        Assert.Equal(0.5 * Math.Log(Determinant(Gram(b))), found, 1e-14);
        Assert.Equal(Math.Log(2) + Math.Log(3) + Math.Log(0.4), found, 1e-14);

        static double[,] Gram(double[] b)
        {
            var gram = new double[3, 3];
            for (int i = 0; i < 9; i++)
                gram[i / 3, i % 3] = Enumerable.Range(0, 3).Sum(k => b[(i / 3 * 3) + k] * b[(i % 3 * 3) + k]);
            return gram;
        }

        static double Determinant(double[,] a) => (a[0, 0] * ((a[1, 1] * a[2, 2]) - (a[1, 2] * a[2, 1])))
            - (a[0, 1] * ((a[1, 0] * a[2, 2]) - (a[1, 2] * a[2, 0]))) + (a[0, 2] * ((a[1, 0] * a[2, 1]) - (a[1, 1] * a[2, 0])));
    }

    /// <summary>A1.8: at the stated gap every logit's gradient is 0, and the loss is convex in the logits, so no other logits give less.</summary>
    [Theory]
    [InlineData(SmoothingForm.OtherClasses, 4.394449154672439)]
    [InlineData(SmoothingForm.Uniform, 4.510859506516850)]
    public void The_smoothed_loss_is_stationary_at_its_gap(SmoothingForm form, double gap)
    {
        Variable z = Wide([gap, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1, 10);
        Variable loss = new SoftmaxCrossEntropy { Smoothing = 0.1, SmoothingForm = form }.PerExample(z, Run.Labels(0)).Sum();
        Assert.All(Run.Numbers(Gradient.Of(loss, z)), g => Assert.Equal(0.0, g, 1e-15));
    }

    /// <summary>A1.3: of equal pieces of maxout none is greatest; of others the gradient goes to the greatest only.</summary>
    [Fact]
    public void The_gradient_of_a_maximum_goes_to_its_argument()
    {
        Variable pieces = Wide([0.3, -1.2, 0.8, -0.1, -0.4, -0.2], 2, 3);
        Assert.Equal([0, 0, 1, 1, 0, 0], Run.Numbers(Gradient.Of(pieces.ReduceMax([1]).Sum(), pieces)));
        Variable z = Wide([-1.5, 0.2, 3], 3), zero = Wide([0, 0, 0], 3);
        Assert.Equal(Run.Numbers(z.Relu()), Run.Numbers(Ops.Concat(0, z.Reshape([1, 3]), zero.Reshape([1, 3])).ReduceMax([0])));
    }

    private static Variable Wide(double[] content, params int[] sizes) => Variable.Of(Value.Of(content, sizes));
}
