using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Regularizers;

public sealed class CompositionTests
{
    [Fact]
    public void All_regularizers_go_together_in_one_trainer_and_survive_a_checkpoint()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("training.ckpt");
        Trainer whole = Make(), first = Make(), second = Make();
        whole.Fit(Data(), new() { Epochs = 4, BatchSize = 8 }, TestContext.Current.CancellationToken);
        first.Fit(Data(), new() { Epochs = 2, BatchSize = 8 }, TestContext.Current.CancellationToken);
        Checkpoint.Save(path, first);
        second.Prepare(Data().Layout);
        Checkpoint.Load(path, second);
        History history = second.Fit(Data(), new() { Epochs = 4, BatchSize = 8 }, TestContext.Current.CancellationToken);
        Assert.Equal(StopReason.Completed, history.StopReason);
        foreach (var pair in whole.Parameters.Zip(second.Parameters))
            Assert.True(pair.First.Value.BitEquals(pair.Second.Value), pair.First.Name);
        Assert.Contains("regularizer.multiplier", whole.Parameters.Select(p => p.Name));
    }

    private static Dataset Data()
    {
        var x = new float[24 * 4];
        new RandomSource(9).FillNormal(x, 0, 1);
        return Dataset.FromLabels(x, [4], [.. x.Chunk(4).Select(row => row[0] > 0 ? 1L : 0L)], 2);
    }

    private static Trainer Make()
    {
        var random = new RandomSource(5);
        return new Trainer
        {
            Model = new Sequential(
                new GaussianNoise(0.1, random),
                new Dense(4, 6, random) { Activation = Ops.Sigmoid },
                new Dropout(0.2, random),
                new BatchNormalization(6),
                new Dense(6, 2, random)),
            Loss = new SoftmaxCrossEntropy { Smoothing = 0.1, SmoothingForm = SmoothingForm.OtherClasses },
            Optimizer = new Averaged(0.9, new ClipByNorm(1, new ClipByValue(0.5, new ProximalL1(1e-4, new AdamW())))),
            Constraints = [new MaxColumnNorm(2), new L2Ball(5)],
            Regularizers =
            [
                new L2(1e-4), new L1(1e-4), new L2Toward(1e-3), new NormMultiplier(3), new WeightNoise(0.01) { Share = 0.2 }, new ConfidencePenalty(0.01), new Mixup(0.4) { Share = 0.2 },
                new HiddenL1(1e-3, "dense1"), new HiddenStudentT(1e-3, "dense1"), new HiddenKl(1e-3, "dense1", 0.3), new HiddenMean(1e-3, "dense1", 0.3),
                new Contractive(1e-3, "dense1"), new DoubleBackprop(0.01), new AdversarialTraining(0.05) { Share = 0.2 }, new IteratedAdversarial(0.05, 2) { Share = 0.2 },
                new VirtualAdversarial(0.1), new TangentProp(0.01, x => [x]), new LabelNoise(0.1) { Share = 0.2 }, new EntropyMinimization(0.01),
            ],
        };
    }
}
