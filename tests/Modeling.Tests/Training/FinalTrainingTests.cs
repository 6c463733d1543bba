using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>A training after which nothing goes on: the same model in less memory.</summary>
public sealed class FinalTrainingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, null)]
    [InlineData(2, null)]
    [InlineData(2, 3)]
    public void The_model_ends_with_the_same_bits(int? patience, int? steps)
    {
        FitOptions options = SmallTraining.Options(12) with
        {
            EarlyStopping = patience is { } p ? new EarlyStopping { Patience = p, StepsBetweenEvaluations = steps, MinimumImprovement = 0.03 } : null,
        };
        Trainer usual = SmallTraining.Trainer(rate: 0.05), final = SmallTraining.Trainer(rate: 0.05);
        History expected = usual.Fit(SmallTraining.Data(), options, Token), found = final.Fit(SmallTraining.Data(), options with { IsFinal = true }, Token);
        Assert.Equal((expected.StopReason, expected.StopMessage, expected.BestStep, expected.StepsTaken), (found.StopReason, found.StopMessage, found.BestStep, found.StepsTaken));
        // The best parameters are not the last ones, so that they have to come back.
        Assert.Equal(patience is not null, found.BestStep < found.StepsTaken);
        Assert.Equal(usual.Model.Parameters.Select(Bits), final.Model.Parameters.Select(Bits));
        Assert.Equal(usual.Evaluate(SmallTraining.Data()).Loss, final.Evaluate(SmallTraining.Data()).Loss);
    }

    [Fact]
    public void A_divergence_goes_back_to_finite_parameters()
    {
        Trainer trainer = SmallTraining.Trainer(rate: 1e30);
        History history = trainer.Fit(SmallTraining.Data(), SmallTraining.Options(3) with { IsFinal = true }, Token);
        Assert.Equal(StopReason.Diverged, history.StopReason);
        Assert.Equal(SmallTraining.Trainer().Model.Parameters.Where(p => p.Role != ParameterRole.State).Select(Bits), trainer.Model.Parameters.Where(p => p.Role != ParameterRole.State).Select(Bits));
    }

    [Fact]
    public void Nothing_goes_on_from_there_but_from_a_checkpoint()
    {
        using var folder = new TemporaryFolder();
        string earlier = folder.PathOf("earlier"), later = folder.PathOf("later");
        Trainer trainer = SmallTraining.Trainer();
        Dataset data = SmallTraining.Data();
        FitOptions options = SmallTraining.Options(2);
        trainer.Fit(data, options with { Epochs = 1 }, Token);
        Checkpoint.Save(earlier, trainer);
        Assert.Contains(nameof(FitOptions.IsFinal), Assert.Throws<ArgumentException>(() => trainer.Fit(data, options with { IsFinal = true, CheckpointPath = later }, Token)).Message, StringComparison.Ordinal);
        trainer.Fit(data, options with { IsFinal = true }, Token);
        Assert.Contains(nameof(FitOptions.IsFinal), Assert.Throws<InvalidOperationException>(() => trainer.Fit(data, options with { Epochs = 3 }, Token)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Checkpoint.Save(later, trainer));
        Assert.False(File.Exists(later));
        Checkpoint.Save(later, trainer.Model);

        Checkpoint.Load(earlier, trainer);
        Assert.Equal(1, trainer.Fit(data, options, Token).Epochs[^1].Epoch - 1);
        Checkpoint.Save(later, trainer);
    }

    /// <summary>One weight of 8 MiB: usually it lies twice more with its two moments, as checked and as best; at last once more and alone.</summary>
    [Fact]
    public void What_is_checked_is_kept_of_the_model_alone()
    {
        const int Inputs = 32_768, Units = 64;
        long weight = Inputs * Units * sizeof(float);
        long usual = Allocated(false), final = Allocated(true);
        Assert.InRange(usual - final, 5 * weight, 6 * weight);

        static long Allocated(bool isFinal)
        {
            var random = new RandomSource(1);
            var trainer = new Trainer
            {
                Model = new Sequential(new Dense(Inputs, Units, random), new Dense(Units, 1, random)),
                Loss = new MeanSquaredError(),
                // It gets no better: the first epoch remains the best.
                Optimizer = new Adam { LearningRate = 0.001 },
                Execution = new() { Threads = 1 },
            };
            Dataset data = Dataset.FromTargets(new float[2 * Inputs], [Inputs], [0, 1], [1]), others = Dataset.FromTargets(new float[Inputs], [Inputs], [-5], [1]);
            trainer.Compile(data.Layout);
            long before = GC.GetAllocatedBytesForCurrentThread();
            History history = trainer.Fit(data, new() { Epochs = 3, IsFinal = isFinal, Validation = others, EarlyStopping = new() }, Token);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(1, history.BestEpoch);
            return allocated;
        }
    }

    private static byte[] Bits(Parameter parameter) => parameter.Value.Bytes.ToArray();
}
