using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Metrics;

public sealed class AdversarialAccuracyTests
{
    /// <summary>A6.1: on a linear score an example is lost exactly if its margin is below ε‖w‖₁.</summary>
    [Fact]
    public void A_linear_classifier_loses_the_examples_within_epsilon_times_the_l1_norm()
    {
        var layer = new Dense(2, 2, new RandomSource(1));
        var trainer = new Trainer
        {
            Model = new Sequential(layer),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Sgd(),
            Metrics = [new Accuracy(), new AdversarialAccuracy(new SoftmaxCrossEntropy(), 0), new AdversarialAccuracy(new SoftmaxCrossEntropy(), 0.25)],
        };
        // The score z₁ − z₀ is 1.5a − 0.5b, so ε‖w‖₁ is 0.5.
        Dataset data = Dataset.FromLabels([1, 0, 0.4f, 0.4f, 0, 2, 0.2f, 0], [2], [1, 1, 0, 0], 2);
        trainer.Prepare(data.Layout);
        layer.Weight.Value = Value.Of([0f, 1.5f, 0f, -0.5f], 2, 2);
        Evaluation found = trainer.Evaluate(data);
        Assert.Equal(0.75, found["accuracy"]);
        Assert.Equal(0.75, found["adversarial accuracy 0"]);
        Assert.Equal(0.5, found["adversarial accuracy 0.25"]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdversarialAccuracy(new SoftmaxCrossEntropy(), -1).PerExample(Run.Tensor([1, 2], 1, 2), Run.Labels(0)));
    }
}
