using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Tests.Modules;

public sealed class FastDropoutTests
{
    private readonly RandomSource random = new(3);

    /// <summary>A5.7: exact for a rectifier.</summary>
    [Theory]
    [InlineData(0.3, 1.2)]
    [InlineData(-2.0, 0.7)]
    [InlineData(5.0, 0.1)]
    public void The_mean_of_a_rectified_normal_number_is_its_closed_form(double mean, double deviation) => Assert.Equal(
        Expectation(mean, deviation, u => Math.Max(u, 0)),
        Run.Number(FastDropout.MeanOfRectifier(Double(mean), Double(deviation))),
        1e-8);

    /// <summary>A5.7: the greatest error of the sigmoid's is 0.0150 over μ in [−8, 8] and s in [0.1, 8].</summary>
    [Fact]
    public void The_mean_of_a_sigmoid_of_a_normal_number_is_near_its_closed_form()
    {
        double worst = 0;
        for (double mean = -8; mean <= 8; mean += 1)
        {
            foreach (double deviation in new[] { 0.1, 0.5, 1.0, 2.0, 4.0, 8.0 })
            {
                double found = Run.Number(FastDropout.ModeratedLogit(Double(mean), Double(deviation * deviation)).Sigmoid());
                worst = Math.Max(worst, Math.Abs(found - Expectation(mean, deviation, u => 1 / (1 + Math.Exp(-u)))));
            }
        }

        Assert.InRange(worst, 0.01, 0.0151);
    }

    /// <summary>With many inputs the layer gives in training what sampled dropout gives on average.</summary>
    [Fact]
    public void The_layer_gives_the_mean_over_dropout_masks()
    {
        const int Inputs = 200, Draws = 4000;
        var x = new float[Inputs];
        random.FillUniform(x, 0, 1);
        var layer = new FastDropout(Inputs, 3, 0.5, FastDropoutUnit.Rectifier, random);
        double[] fast = Run.Numbers(Run.Forward(layer, Mode.Training, x, 1, Inputs));
        Value[] many = Run.Values(new Dropout(0.5, random)
            .Forward(Run.Tensor(x, 1, Inputs).Expand([Draws, Inputs]), new ForwardContext(Mode.Training)).MatMul(layer.Weight).Relu().Mean([0]));
        Run.Close(Run.Numbers(many[0]), fast, 0.02);
        double[] plain = Run.Numbers(Run.Forward(layer, Mode.Inference, x, 1, Inputs));
        Assert.True(plain.Zip(fast, (a, b) => Math.Abs(a - b)).Max() > 0.05, "The expectation must differ from the function of the mean.");
    }

    /// <summary>One logit: E ζ(z), with an error that grows with s but stays under a few hundredths of s.</summary>
    [Fact]
    public void The_mean_log_partition_of_one_logit_is_near_the_integral()
    {
        for (double mean = -8; mean <= 8; mean += 1)
        {
            foreach (double deviation in new[] { 0.1, 0.5, 1.0, 2.0, 4.0, 8.0 })
            {
                double found = Run.Number(FastDropoutPenalty.MeanLogPartition(Logits(mean), Logits(deviation * deviation)));
                Assert.Equal(Expectation(mean, deviation, u => Math.Max(u, 0) + Math.Log(1 + Math.Exp(-Math.Abs(u)))), found, 0.035 * deviation);
            }
        }
    }

    /// <summary>Ten logits with spreads as dropout gives them, against a mean of 100,000 draws; log Σ exp of the means is far off.</summary>
    [Fact]
    public void The_mean_log_partition_of_many_logits_is_near_the_mean_of_draws()
    {
        double[] mean = [4, 1, 0.5, 0, 0, -0.5, -1, -1.5, -2, -3], deviation = [1.5, 1, 2, 1, 1.5, 1, 1, 2, 1.5, 1];
        static double Log(IEnumerable<double> z) => Math.Log(z.Sum(Math.Exp));
        double drawn = Enumerable.Range(0, 100_000).Average(_ => Log(mean.Zip(deviation, (m, s) => m + (s * random.NextNormal())))), plain = Log(mean);
        double found = Run.Number(FastDropoutPenalty.MeanLogPartition(Logits(mean), Logits([.. deviation.Select(s => s * s)])));
        Assert.Equal(drawn, found, 0.25 * (drawn - plain));
        Assert.True(drawn - plain > 0.2);
        Assert.Equal(plain, Run.Number(FastDropoutPenalty.MeanLogPartition(Logits(mean), Logits(new double[10]))), 1e-12);
    }

    /// <summary>The objective of a last layer is the mean of the cross-entropy over masks.</summary>
    [Fact]
    public void The_penalty_gives_the_mean_loss_over_masks()
    {
        const int Inputs = 100, Draws = 4000;
        var x = new float[Inputs];
        random.FillUniform(x, 0, 1);
        var layer = new FastDropout(Inputs, 4, 0.5, FastDropoutUnit.Logit, random) { WeightInitializer = new Normal(0.3) };
        var objective = new Objective(layer, new SoftmaxCrossEntropy(), Run.Tensor(x, 1, Inputs), Run.Labels(2), new ForwardContext(Mode.Training));
        double penalty = Run.Number(new FastDropoutPenalty("").Penalty(objective)), mean = Run.Number(objective.Loss);
        Variable masked = new Dropout(0.5, random).Forward(Run.Tensor(x, 1, Inputs).Expand([Draws, Inputs]), new ForwardContext(Mode.Training)).MatMul(layer.Weight);
        double sampled = Run.Number(new SoftmaxCrossEntropy().Mean(masked, Run.Labels([.. Enumerable.Repeat(2L, Draws)])));
        Assert.Equal(sampled, mean + penalty, 0.25 * penalty);
        Assert.True(penalty > 0.1);
    }

    [Fact]
    public void Gradients_agree_with_differences_to_order_two()
    {
        double[] at = [0.4, -0.9, 1.7];
        Run.CheckGradients(u => FastDropout.MeanOfRectifier(u, 0.5 + u.Square()), at, 3);
        Run.CheckGradients(u => FastDropout.ModeratedLogit(u, 0.5 + u.Square()), at, 3);
    }

    [Fact]
    public void Rate_zero_is_nothing_and_bad_settings_are_refused()
    {
        foreach (FastDropoutUnit unit in Enum.GetValues<FastDropoutUnit>())
        {
            var layer = new FastDropout(2, 2, 0, unit, random);
            Assert.True(Run.Forward(layer, Mode.Training, [1, -2], 1, 2).BitEquals(Run.Forward(layer, Mode.Inference, [1, -2], 1, 2)));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new FastDropout(2, 2, 1, FastDropoutUnit.Logit, random));
        Assert.Throws<ShapeException>(() => Run.Forward(new FastDropout(2, 2, 0.5, FastDropoutUnit.Logit, random), Mode.Training, [1, 2, 3], 1, 3));
    }

    private static Variable Logits(params double[] numbers) => Variable.Of(Value.Of(numbers, 1, numbers.Length));

    private static Variable Double(double number) => Variable.Of(Value.Of([number], 1));

    /// <summary>By the trapezoid rule, which is exact to rounding for smooth functions; a kink costs the square of the step.</summary>
    private static double Expectation(double mean, double deviation, Func<double, double> function)
    {
        const int Steps = 400_000;
        double sum = 0, step = 20.0 / Steps;
        for (int i = 0; i <= Steps; i++)
        {
            double z = -10 + (i * step);
            sum += Math.Exp(-0.5 * z * z) * function(mean + (deviation * z));
        }

        return sum * step / Math.Sqrt(2 * Math.PI);
    }
}
