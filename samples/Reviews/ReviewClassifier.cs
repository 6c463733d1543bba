using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.Reviews;

/// <summary>Learns from reviews; those of similar length are put together in batches.</summary>
internal static class ReviewClassifier
{
    public static Trainer Train(Dataset reviews, int epochs, RandomSource random)
    {
        var trainer = new Trainer
        {
            Model = new ReviewModel(random),
            Loss = new SoftmaxCrossEntropy().On("verdict"),
            Optimizer = new ClipByNorm(1, new Adam { LearningRate = 0.005 }),
            Metrics = [new Accuracy().On("verdict")],
        };
        trainer.Fit(reviews, new() { Epochs = epochs, BatchSize = 64, BucketBy = "time" });
        return trainer;
    }
}
