using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Tests.Training;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Persistence;

/// <summary>Files with the right checksum and a content that no save writes, and what a refused load leaves behind.</summary>
public sealed class HostileCheckpointTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File => folder.PathOf("training.ckpt");

    public void Dispose() => folder.Dispose();

    /// <summary>What a file can say in little space, and what must then be found wrong with it.</summary>
    public static TheoryData<string, Action<BinaryWriter>> Contents => new()
    {
        { "536870911 parameters where 0 bytes are left", w => w.Write(0x1FFFFFFF) },
        { "-1 parameters where 0 bytes are left", w => w.Write(-1) },
        { "the sizes [536870911] of 'w' of type Float32 where 4 bytes are left", w => Parameter(w, "w", 0, 0, [0x1FFFFFFF]) },
        { "the sizes [2147483647, 2147483647, 2147483647] of 'w' of type Float64 where 4 bytes are left", w => Parameter(w, "w", 0, 1, [int.MaxValue, int.MaxValue, int.MaxValue]) },
        { "the sizes [-1] of 'w' of type Float32 where 4 bytes are left", w => Parameter(w, "w", 0, 0, [-1]) },
        { "the sizes [2, -2] of 'w' of type Float32 where 4 bytes are left", w => Parameter(w, "w", 0, 0, [2, -2]) },
        { "the sizes [0, -1] of 'w' of type Float32 where 4 bytes are left", w => Parameter(w, "w", 0, 0, [0, -1]) },
        { "the sizes [2] of 'w' of type Float32 where 4 bytes are left", w => Parameter(w, "w", 0, 0, [2]) },
        { "the sizes [-2, 2] of 'w' of type Float32 where 4 bytes are left", w => Parameter(w, "w", 0, 0, [-2, 2]) },
        { "the sizes [-2, -2]", w => Parameter(w, "w", 0, 0, [-2, -2]) },
        { "a shape of 65 sizes", w => Parameter(w, "w", 0, 0, [.. Enumerable.Repeat(1, 65)]) },
        { "the role 4 and the element type 0 of 'w'", w => Parameter(w, "w", 4, 0, [1]) },
        { "the role 0 and the element type 26 of 'w'", w => Parameter(w, "w", 0, 26, [1]) },
        { "elements in 'w' that Int2 does not have", w => Parameter(w, "w", 0, (byte)DType.Int2, [4]) },
        { "the sizes [5] of 'w' of type String where 4 bytes are left", w => Parameter(w, "w", 0, (byte)DType.String, [5]) },
        { "truth values other than 0 and 1 in 'w'", w => Parameter(w, "w", 0, (byte)DType.Bool, [4]) },
        { "a text of 268435455 bytes where 6 are left", w => { w.Write(1); w.Write([0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 0, 0, 0, 0]); } },
        { "8 more bytes at its end", w => { w.Write(0); w.Write(0L); } },
        { "a text of -1 bytes where 5 are left", w => { w.Write(1); w.Write([0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0, 0, 0, 0]); } },
        { "makes no sense", w => { w.Write(1); w.Write([2, 0xC3, 0x28]); w.Write(new byte[20]); } },
        { "two parameters 'w'", w => { w.Write(2); One(w, "w", 0, 0, [1]); w.Write(0f); One(w, "w", 0, 0, [1]); w.Write(0f); } },
    };

    [Theory]
    [MemberData(nameof(Contents))]
    public void A_content_that_makes_no_sense_is_refused_without_the_memory_it_asks_for(string found, Action<BinaryWriter> content)
    {
        WriteFile(0, content);
        var model = new Dense(1, 1, new RandomSource(1));
        _ = model.Parameters;
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Load(File, model));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kind_that_is_not_known_is_refused()
    {
        WriteFile(2, w => w.Write(0));
        Assert.Contains("the kind 2", Assert.Throws<CheckpointException>(() => Checkpoint.Load(File, new Flatten())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_number_of_a_training_is_checked_and_a_refused_file_changes_nothing()
    {
        Trainer trainer = SmallTraining.Trainer(), fresh = SmallTraining.Trainer();
        FitOptions options = SmallTraining.Options(2) with { EarlyStopping = new() { Patience = 4 } };
        trainer.Fit(SmallTraining.Data(), options with { CheckpointPath = File }, Token);
        fresh.Fit(SmallTraining.Data(), SmallTraining.Options(1) with { CheckpointPath = folder.PathOf("start.ckpt") }, Token);
        byte[][] before = SmallTraining.Bits(fresh);
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        int tail = bytes.Length - 32 - 1500, refused = 0;
        Assert.True(tail > 0);
        for (int at = tail; at < bytes.Length - 36; at++)
        {
            // Where it is no number but part of a weight, the file stays one that fits.
            byte[] mutant = [.. bytes];
            BinaryPrimitives.WriteInt32LittleEndian(mutant.AsSpan(at), int.MinValue);
            SHA256.HashData(mutant.AsSpan(0, mutant.Length - 32), mutant.AsSpan(mutant.Length - 32));
            System.IO.File.WriteAllBytes(File, mutant);
            if (Record.Exception(() => Checkpoint.Load(File, fresh)) is not { } error)
            {
                Checkpoint.Load(folder.PathOf("start.ckpt"), fresh);
                continue;
            }

            refused++;
            Assert.IsType<CheckpointException>(error);
            Assert.Equal(before, SmallTraining.Bits(fresh));
            Assert.Equal(1, fresh.EpochsDone);
        }

        Assert.NotEqual(0, refused);
    }

    [Fact]
    public void A_checkpoint_whose_last_parameter_does_not_fit_changes_none_before_it()
    {
        Checkpoint.Save(File, Deep(last: 4));
        Module model = Deep(last: 3);
        byte[][] before = Bits(model);
        Assert.Throws<CheckpointException>(() => Checkpoint.Load(File, model));
        Assert.Equal(before, Bits(model));
    }

    [Fact]
    public void A_trainer_that_refused_a_checkpoint_trains_as_if_it_had_never_seen_it()
    {
        // The file is of two classes and another width: the first would fit the trainer.
        var random = new RandomSource(5);
        var other = new Trainer
        {
            Model = new Sequential(new Dense(6, 41, random), new Dense(41, 3, random)),
            Loss = SmallTraining.Trainer().Loss,
            Optimizer = SmallTraining.Trainer().Optimizer,
            Metrics = SmallTraining.Trainer().Metrics,
        };
        var two = Dataset.FromLabels(new float[60], [6], new long[10], 2);
        other.Fit(two, new FitOptions { Epochs = 1, CheckpointPath = File }, Token);

        Trainer fresh = SmallTraining.Trainer(), expected = SmallTraining.Trainer();
        Assert.Throws<CheckpointException>(() => Checkpoint.Load(File, fresh));
        Assert.Equal(0, fresh.EpochsDone);
        Assert.Throws<InvalidOperationException>(() => fresh.TrainingStep);
        fresh.Fit(SmallTraining.Data(), SmallTraining.Options(2), Token);
        expected.Fit(SmallTraining.Data(), SmallTraining.Options(2), Token);
        Assert.Equal(SmallTraining.Bits(expected), SmallTraining.Bits(fresh));
    }

    [Fact]
    public void Two_parameters_of_one_name_are_refused_when_they_are_saved()
    {
        var model = new Sequential(new Named("same"), new Named("one"), new Named("same"), new Named("too"), new Named("too"));
        Assert.Equal(
            "Expected parameters of distinct names to save, found several called \"same\", \"too\": no reader could tell them apart.",
            Assert.Throws<GraphException>(() => Checkpoint.Save(File, model)).Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_parameter_called_as_one_of_the_optimizer_is_refused_before_training()
    {
        var random = new RandomSource(5);
        var trainer = new Trainer
        {
            Model = new Sequential(new Dense(6, 3, random), new Named("optimizer.step")),
            Loss = SmallTraining.Trainer().Loss,
            Optimizer = SmallTraining.Trainer().Optimizer,
        };
        Assert.Contains(
            "optimizer.step", Assert.Throws<GraphException>(() => trainer.Fit(SmallTraining.Data(), null, Token)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_any_text_come_back_and_half_a_character_is_refused_when_it_is_saved()
    {
        string[] names = ["a\0b", "\u202Eright to left", "\U0001F600", "line\nbreak", new string('x', 100_000)];
        var saved = new Sequential([.. names.Select(n => new Named(n) { Number = 3 })]);
        var loaded = new Sequential([.. names.Select(n => new Named(n))]);
        Checkpoint.Save(File, saved);
        Checkpoint.Load(File, loaded);
        Assert.Equal(Bits(saved), Bits(loaded));
        Assert.StartsWith(
            "Expected names of parameters that are Unicode text, found half a character in one: ",
            Assert.Throws<GraphException>(() => Checkpoint.Save(File, new Named("half \uD83D"))).Message,
            StringComparison.Ordinal);
        Checkpoint.Load(File, loaded);
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Load(File, new Named("other")));
        Assert.InRange(error.Message.Length, 1, 2000);
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/dev/zero")]
    public void A_device_is_no_checkpoint(string device)
    {
        Assert.SkipUnless(System.IO.File.Exists(device), "Needs the devices of Unix.");
        Assert.Equal(
            $"'{device}' is not a checkpoint: found a pipe, a socket or a device.", Assert.Throws<CheckpointException>(() => Checkpoint.Load(device, new Flatten())).Message);
        System.IO.File.CreateSymbolicLink(File, device);
        Assert.Throws<CheckpointException>(() => Checkpoint.Load(File, new Flatten()));
    }

    private static Sequential Deep(int last)
    {
        var random = new RandomSource((ulong)last);
        return new Sequential(new Dense(2, 3, random), new Dense(3, 3, random), new Dense(3, last, random));
    }

    private static byte[][] Bits(Module model) => [.. model.Parameters.Select(p => p.Value.Bytes.ToArray())];

    private static void Parameter(BinaryWriter writer, string name, byte role, byte type, int[] sizes)
    {
        writer.Write(1);
        One(writer, name, role, type, sizes);
        writer.Write(0x02020202);
    }

    private static void One(BinaryWriter writer, string name, byte role, byte type, int[] sizes)
    {
        writer.Write(name);
        writer.Write(role);
        writer.Write(type);
        writer.Write(sizes.Length);
        Array.ForEach(sizes, writer.Write);
    }

    private int Version()
    {
        Checkpoint.Save(File, new Flatten());
        return BinaryPrimitives.ReadInt32LittleEndian(System.IO.File.ReadAllBytes(File).AsSpan(8));
    }

    private void WriteFile(int kind, Action<BinaryWriter> content)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write("TOOLKIT\n"u8);
            writer.Write(Version());
            writer.Write(kind);
            content(writer);
        }

        stream.Write(SHA256.HashData(stream.ToArray()));
        System.IO.File.WriteAllBytes(File, stream.ToArray());
    }

    private sealed class Named(string name) : Module
    {
        public float Number { get; init; }

        protected override Variable Build(Variable input, ForwardContext context) => input * Own[0].Variable;

        protected override IReadOnlyList<Parameter> CreateParameters() => [new Parameter(name, Value.Of(Number))];
    }
}
