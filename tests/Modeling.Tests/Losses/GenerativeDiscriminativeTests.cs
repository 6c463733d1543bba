using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Losses;

/// <summary>The generative and the discriminative criterion of shared parameters (book section 7.6).</summary>
public sealed class GenerativeDiscriminativeTests
{
    private static readonly double[] Prior = [0.3, -0.4], Mixing = [0.1, -0.2, 0.5, 0.4], Logs = [0.1, -0.3, 0.2, 0.4, -0.5, 0.3, 0.05, -0.1];
    private static readonly double[] Means = [0.5, -1, 1.5, 0.2, -0.7, 0.9, 0, 1.1];
    private static readonly double[] X = [0.4, -0.6, 1.3, 0.8];

    [Fact]
    public void A_mixture_classifier_gives_the_joint_density_by_hand()
    {
        double[] found = Run.Numbers(Joint(Of(X, 2, 2), Of(Prior, 2), Of(Mixing, 2, 2), Of(Means, 4, 2), Of(Logs, 4, 2)));
        for (int example = 0; example < 2; example++)
        {
            for (int y = 0; y < 2; y++)
            {
                double sum = 0;
                for (int m = 0; m < 2; m++)
                {
                    double density = Math.Exp(Mixing[(2 * y) + m]) / (Math.Exp(Mixing[2 * y]) + Math.Exp(Mixing[(2 * y) + 1]));
                    for (int d = 0; d < 2; d++)
                    {
                        int at = (4 * y) + (2 * m) + d;
                        double variance = Math.Exp(2 * Logs[at]) + 0.01, apart = X[(2 * example) + d] - Means[at];
                        density *= Math.Exp(-0.5 * apart * apart / variance) / Math.Sqrt(2 * Math.PI * variance);
                    }

                    sum += density;
                }

                double prior = Math.Exp(Prior[y]) / (Math.Exp(Prior[0]) + Math.Exp(Prior[1]));
                Assert.Equal(Math.Log(prior * sum), found[(2 * example) + y], 1e-12);
            }
        }
    }

    /// <summary>λ = 1 is −ln p(x, y) = −z_y, λ = 0 is −ln P(y | x); an unlabelled example counts for ln p(x) alone.</summary>
    [Fact]
    public void The_strength_goes_from_the_conditional_to_the_joint_likelihood()
    {
        double[] z = [0.3, -1.2, 2.0, 0.7];
        double[] Loss(double strength, params long[] labels) => Run.Numbers(new GenerativeDiscriminative(strength).PerExample(Of(z, 2, 2), Run.Labels(labels)));
        double first = Math.Log(Math.Exp(z[0]) + Math.Exp(z[1])), second = Math.Log(Math.Exp(z[2]) + Math.Exp(z[3]));
        Run.Close([-z[1], -z[2]], Loss(1, 1, 0), 1e-14);
        Run.Close([first - z[1], second - z[2]], Loss(0, 1, 0), 1e-14);
        Run.Close([first - z[1] - (0.5 * first), -0.5 * second], Loss(0.5, 1, -1), 1e-14);
        // Two means: over the labelled one of two, and over both.
        Assert.Equal(
            first - z[1] - (0.5 * (first + second) / 2), Run.Number(new GenerativeDiscriminative(0.5).Mean(Of(z, 2, 2), Run.Labels(1, -1))), 1e-14);
    }

    [Fact]
    public void Gradients_of_the_joint_density_are_right_to_order_two()
    {
        Variable x = Of(X, 2, 2), prior = Of(Prior, 2), mixing = Of(Mixing, 2, 2), means = Of(Means, 4, 2), logs = Of(Logs, 4, 2);
        Run.CheckGradients(v => Joint(v, prior, mixing, means, logs), X, 2, 2);
        Run.CheckGradients(v => Joint(x, v, mixing, means, logs), Prior, 2);
        Run.CheckGradients(v => Joint(x, prior, v, means, logs), Mixing, 2, 2);
        Run.CheckGradients(v => Joint(x, prior, mixing, v, logs), Means, 4, 2);
        Run.CheckGradients(v => Joint(x, prior, mixing, means, v), Logs, 4, 2);
    }

    /// <summary>Two overlapping classes in 20 dimensions, 3 labels each, 300 examples without: where the examples lie says where the classes lie.</summary>
    [Fact]
    public void Unlabelled_examples_teach_the_shared_parameters()
    {
        double without = 0, with = 0;
        for (ulong seed = 1; seed <= 3; seed++)
        {
            without += Error(0, seed) / 3;
            with += Error(0.05, seed) / 3;
        }

        Assert.True(with < 0.5 * without, $"error without {without}, with {with}");
    }

    private static double Error(double strength, ulong seed)
    {
        var random = new RandomSource(seed);
        (float[] x, long[] y) = Draw(306, random);
        Array.Fill(y, -1L, 6, 300);
        (float[] testX, long[] testY) = Draw(1000, random);
        var trainer = new Trainer
        {
            Model = new MixtureClassifier(20, 2, 1, random) { MeanInitializer = new Normal(0.1) },
            Loss = new GenerativeDiscriminative(strength),
            Optimizer = new Adam { LearningRate = 0.02 },
            Metrics = [new Accuracy()],
        };
        trainer.Fit(
            Dataset.FromLabels(x, [20], y, 2, allowUnlabelled: true),
            new() { Epochs = 300, BatchSize = 306, Shuffle = false },
            TestContext.Current.CancellationToken);
        return 1 - trainer.Evaluate(Dataset.FromLabels(testX, [20], testY, 2))[new Accuracy().Name];
    }

    private static (float[] X, long[] Y) Draw(int count, RandomSource random)
    {
        var x = new float[count * 20];
        for (int i = 0; i < x.Length; i++)
            x[i] = (float)((i / 20 % 2 == 0 ? 0.5 : -0.5) + random.NextNormal());
        return (x, [.. Enumerable.Range(0, count).Select(i => (long)(i % 2))]);
    }

    private static Variable Joint(Variable x, Variable prior, Variable mixing, Variable means, Variable logs) =>
        MixtureClassifier.Joint(x, prior, mixing, means, logs, 0.01);

    private static Variable Of(double[] content, params int[] sizes) => DoubleModel.Tensor(content, sizes);
}
