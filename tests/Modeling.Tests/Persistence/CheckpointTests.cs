using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Tests.Training;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Persistence;

public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File => folder.PathOf("training.ckpt");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_training_goes_on_bit_for_bit_in_a_new_trainer(int epochs)
    {
        FitOptions all = SmallTraining.Options(5) with { EarlyStopping = new() { Patience = 4 } };
        Trainer whole = SmallTraining.Trainer(), first = SmallTraining.Trainer(), second = SmallTraining.Trainer();
        History expected = whole.Fit(SmallTraining.Data(), all, Token);
        first.Fit(SmallTraining.Data(), all with { Epochs = epochs, CheckpointPath = File }, Token);
        second.Prepare(SmallTraining.Data().Layout);
        Checkpoint.Load(File, second);
        Assert.Equal(epochs, second.EpochsDone);
        History resumed = second.Fit(SmallTraining.Data(), all, Token);
        Assert.Equal(SmallTraining.Bits(whole), SmallTraining.Bits(second));
        Assert.Equal(expected.Epochs.Select(e => (e.Loss, e.Validation!.Loss)), resumed.Epochs.Select(e => (e.Loss, e.Validation!.Loss)));
        Assert.Equal(expected.BestEpoch, resumed.BestEpoch);
    }

    [Fact]
    public void A_training_cancelled_within_an_epoch_goes_on_bit_for_bit_in_a_new_trainer()
    {
        Trainer whole = SmallTraining.Trainer(), first = SmallTraining.Trainer(), second = SmallTraining.Trainer();
        whole.Fit(SmallTraining.Data(), SmallTraining.Options(4), Token);
        using var source = new CancellationTokenSource();
        first.Fit(
            SmallTraining.Data(),
            SmallTraining.Options(4) with
            {
                CheckpointPath = File,
                ProgressSteps = 1,
                Progress = new Report(p => { if (p is { Epoch: 2, Step: 3 }) source.Cancel(); }),
            },
            source.Token);
        second.Prepare(SmallTraining.Data().Layout);
        Checkpoint.Load(File, second);
        second.Fit(SmallTraining.Data(), SmallTraining.Options(4), Token);
        Assert.Equal(SmallTraining.Bits(whole), SmallTraining.Bits(second));
    }

    [Fact]
    public void Parameters_of_every_element_type_come_back_bit_for_bit()
    {
        EveryType saved = new(filled: true), loaded = new(filled: false);
        Checkpoint.Save(File, saved);
        Assert.DoesNotContain(saved.Parameters.Zip(loaded.Parameters), pair => pair.First.Value.BitEquals(pair.Second.Value));
        Checkpoint.Load(File, loaded);
        Assert.Equal(26, loaded.Parameters.Count);
        Assert.All(saved.Parameters.Zip(loaded.Parameters), pair => Assert.True(pair.First.Value.BitEquals(pair.Second.Value), pair.First.Name));
    }

    private sealed class EveryType(bool filled) : Module
    {
        protected internal override string Kind => "every";

        protected override Variable Build(Variable input, ForwardContext context) => input;

        protected override IReadOnlyList<Parameter> CreateParameters() =>
            [.. ElementType.All.Select(row => new Parameter(ParameterName(row.Name), Content(row.Type), ParameterRole.State))];

        private Value Content(DType type)
        {
            Value value = Value.Zeros(type, 2, 2);
            if (filled && type == DType.String)
                value.Texts[3] = "Größe";
            else if (filled)
                value.Bytes[3 * type.Size()] = 1;
            return value;
        }
    }

    [Fact]
    public void Damage_anywhere_is_refused_and_changes_nothing()
    {
        Trainer trainer = SmallTraining.Trainer();
        trainer.Fit(SmallTraining.Data(), SmallTraining.Options(1) with { CheckpointPath = File }, Token);
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        var fresh = SmallTraining.Trainer();
        fresh.Prepare(SmallTraining.Data().Layout);
        byte[][] before = SmallTraining.Bits(fresh);
        foreach (int at in new[] { 0, 9, 40, bytes.Length / 2, bytes.Length - 1 })
        {
            byte[] damaged = [.. bytes];
            damaged[at] ^= 1;
            System.IO.File.WriteAllBytes(File, damaged);
            Assert.Throws<CheckpointException>(() => Checkpoint.Load(File, fresh));
            System.IO.File.WriteAllBytes(File, bytes[..at]);
            Assert.Throws<CheckpointException>(() => Checkpoint.Load(File, fresh));
        }

        Assert.Equal(before, SmallTraining.Bits(fresh));
    }

    [Fact]
    public void A_checkpoint_of_another_model_is_refused_with_both_named()
    {
        Trainer trainer = SmallTraining.Trainer();
        trainer.Fit(SmallTraining.Data(), SmallTraining.Options(1) with { CheckpointPath = File }, Token);
        var random = new RandomSource(1);
        var other = new Trainer
        {
            Model = new Sequential(new Dense(6, 41, random) { Activation = Ops.Relu }, new Dropout(0.3, random), new Dense(41, 3, random)),
            Loss = trainer.Loss,
            Optimizer = trainer.Optimizer,
            Metrics = trainer.Metrics,
        };
        other.Prepare(SmallTraining.Data().Layout);
        string message = Assert.Throws<CheckpointException>(() => Checkpoint.Load(File, other)).Message;
        Assert.Contains("41", message, StringComparison.Ordinal);
        Assert.Contains("40", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_that_fails_leaves_the_earlier_file_and_no_other()
    {
        Trainer trainer = SmallTraining.Trainer();
        trainer.Fit(SmallTraining.Data(), SmallTraining.Options(1), Token);
        string occupied = folder.PathOf("folder");
        Directory.CreateDirectory(Path.Combine(occupied, "full"));
        Assert.ThrowsAny<IOException>(() => Checkpoint.Save(occupied, trainer));
        Assert.ThrowsAny<IOException>(() => Checkpoint.Save(folder.PathOf("nowhere/training.ckpt"), trainer));
        Assert.Equal([occupied], Directory.GetFileSystemEntries(folder.Path));
    }
}
