using System.Security.Cryptography;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;
using Xunit;

namespace Toolkit.Reliability.Fuzzing;

/// <summary>Checkpoints as they are, whose checksum a mutant has not.</summary>
internal record CheckpointTarget(string Name = "checkpoint") : FuzzTarget(Name)
{
    private readonly Trainer trainer = SmallNetwork.Trainer();
    private readonly Model model = SmallNetwork.Trainer().Model;

    public override IReadOnlyList<byte[]> Seeds()
    {
        using var folder = new TemporaryFolder();
        Trainer trained = SmallNetwork.Trainer();
        trained.Fit(SmallNetwork.Data(), SmallNetwork.Options(2) with { CheckpointPath = folder.File("training") });
        Checkpoint.Save(folder.File("model"), trained.Model);
        trainer.Prepare(SmallNetwork.Data().Layout);
        return [File.ReadAllBytes(folder.File("training")), File.ReadAllBytes(folder.File("model"))];
    }

    public override void Read(string path, byte[] bytes)
    {
        byte[][] before = SmallNetwork.Bits(trainer);
        int epochs = trainer.EpochsDone;
        try
        {
            Checkpoint.Load(path, trainer);
        }
        catch (CheckpointException)
        {
            Assert.Equal(before, SmallNetwork.Bits(trainer));
            Assert.Equal(epochs, trainer.EpochsDone);
        }

        Checkpoint.Load(path, model);
    }
}

/// <summary>Checkpoints whose mutants get the right checksum.</summary>
internal sealed record ChecksumTarget() : CheckpointTarget("checkpoint with checksum")
{
    public override byte[] Mutate(Random random, byte[] seed, IReadOnlyList<byte[]> seeds)
    {
        byte[] content = Mutation.Of(random, seed[..^SHA256.HashSizeInBytes], seeds);
        return [.. content, .. SHA256.HashData(content)];
    }
}
