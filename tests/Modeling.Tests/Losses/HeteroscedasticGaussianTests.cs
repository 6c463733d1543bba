using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;

namespace Toolkit.Modeling.Tests.Losses;

public sealed class HeteroscedasticGaussianTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_loss_is_the_negative_log_likelihood_by_hand(bool precision)
    {
        double[] means = [0.5, -1, 2, 0], raw = [-3, 0.2, 4, -40], targets = [1, -1.5, 2, 0.3];
        double[] prediction = [means[0], means[1], raw[0], raw[1], means[2], means[3], raw[2], raw[3]];
        var loss = new HeteroscedasticGaussian { Outputs = 2, Precision = precision, Floor = 0.01 };
        double[] found = Run.Numbers(loss.PerExample(Variable.Of(Value.Of(prediction, 2, 4)), Variable.Of(Value.Of(targets, 2, 2))));
        for (int row = 0; row < 2; row++)
        {
            double expected = 0;
            for (int i = 2 * row; i < (2 * row) + 2; i++)
            {
                double positive = Math.Log(1 + Math.Exp(raw[i])) + 0.01, variance = precision ? 1 / positive : positive;
                expected += (0.5 * Math.Log(2 * Math.PI * variance)) + ((targets[i] - means[i]) * (targets[i] - means[i]) / (2 * variance));
            }

            Assert.Equal(expected, found[row], 1e-12);
        }
    }
}
