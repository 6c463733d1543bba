using System.Security.Cryptography;
using System.Text;
using Toolkit.Autograd.Graph;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Tests.Training;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Persistence;

/// <summary>Files of the version before, written here as that version wrote them.</summary>
public sealed class OldCheckpointTests
{
    [Fact]
    public void A_training_of_version_2_goes_on_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("old");
        FitOptions options = SmallTraining.Options(4) with { Validation = null };
        Trainer whole = SmallTraining.Trainer(), first = SmallTraining.Trainer(), second = SmallTraining.Trainer();
        whole.Fit(SmallTraining.Data(), options, TestContext.Current.CancellationToken);
        first.Fit(SmallTraining.Data(), options with { Steps = 7 }, TestContext.Current.CancellationToken);
        File.WriteAllBytes(file, Version2(first));
        Checkpoint.Load(file, second);
        History history = second.Fit(SmallTraining.Data(), options, TestContext.Current.CancellationToken);
        Assert.Equal(4, history.Epochs.Count);
        Assert.Equal(SmallTraining.Bits(whole), SmallTraining.Bits(second));
        Checkpoint.Load(file, SmallTraining.Trainer().Model);
        Checkpoint.Save(file, second);
        Assert.Equal(3, BitConverter.ToInt32(File.ReadAllBytes(file), 8));
    }

    private static byte[] Version2(Trainer trainer)
    {
        using var stream = new MemoryStream();
        using (var w = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            w.Write("TOOLKIT\n"u8);
            w.Write(2);
            w.Write(1);
            w.Write(trainer.Parameters.Count);
            foreach (Parameter parameter in trainer.Parameters)
            {
                w.Write(parameter.Name);
                w.Write((byte)parameter.Role);
                w.Write((byte)parameter.DType);
                Sizes(w, parameter.Value.Sizes);
                w.Write(parameter.Value.Bytes);
            }

            // Features of 6, 3 classes, no target, no weights; shuffled with seed 3 in batches of 16.
            Sizes(w, [6]);
            w.Write(3);
            Sizes(w, []);
            w.Write(false);
            w.Write(true);
            w.Write(3UL);
            w.Write(16);
            EpochTotals totals = trainer.State.Totals;
            w.Write(totals.Steps);
            w.Write(totals.Examples);
            w.Write(totals.Weight);
            w.Write(totals.Penalty);
            w.Write(totals.LearningRate);
            Numbers(w, totals.Measures.Sums);
            Numbers(w, totals.Measures.Weights);
            w.Write(trainer.State.Epochs.Count);
            foreach (EpochRecord epoch in trainer.State.Epochs)
            {
                w.Write(epoch.Epoch);
                w.Write(epoch.Loss);
                w.Write(epoch.Objective);
                w.Write(1);
                w.Write("accuracy");
                w.Write(epoch.Metrics["accuracy"]);
                w.Write(false);
                w.Write(epoch.LearningRate);
                w.Write(epoch.Examples);
                w.Write(epoch.Elapsed.Ticks);
            }

            // No early stopping.
            w.Write(trainer.State.Best.Monitor);
            w.Write(trainer.State.Best.Value);
            w.Write(0);
            w.Write(0L);
            w.Write(0);
            w.Write(false);
            w.Write(false);
        }

        stream.Write(SHA256.HashData(stream.ToArray()));
        return stream.ToArray();
    }

    private static void Sizes(BinaryWriter writer, ReadOnlySpan<int> sizes)
    {
        writer.Write(sizes.Length);
        foreach (int size in sizes)
            writer.Write(size);
    }

    private static void Numbers(BinaryWriter writer, double[] numbers)
    {
        writer.Write(numbers.Length);
        Array.ForEach(numbers, writer.Write);
    }
}
