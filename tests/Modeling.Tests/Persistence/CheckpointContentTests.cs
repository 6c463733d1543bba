using System.Buffers.Binary;
using System.Security.Cryptography;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Persistence;

namespace Toolkit.Modeling.Tests.Persistence;

/// <summary>All that a checkpoint says of a training comes back, and each number that makes no sense is refused with what was found.</summary>
public sealed class CheckpointContentTests : IDisposable
{
    private static readonly StoredParameter[] Parameters =
    [
        new("w", ParameterRole.Weight, Value.Of([1.5f, -2, 0.25f, 8, 0, 1e-30f], 2, 3)),
        new("count", ParameterRole.State, Value.Of([7L])),
        new("names", ParameterRole.State, Value.Of(["", "naïve", "\U0001F600"], 3)),
        new("flags", ParameterRole.State, Value.Of([true, false], 2)),
    ];

    private static readonly StoredEpoch First = new(
        1, 0.5, 0.75, new Dictionary<string, double> { ["accuracy"] = 0.875, ["loss"] = 3 }, null, 0.125, 60, TimeSpan.FromMilliseconds(1234));

    private static readonly StoredTraining Training = new(
        new DataLayout(new Field("x", DType.Float32, ["time", 4, 2]), new Field("kind", DType.Int64, Shape.Scalar) { Classes = 5 }, new Field("weight", DType.Float32, Shape.Scalar)),
        (0xFEDCBA9876543210, 20, "time"),
        new StoredTotals(3, 60, 59.5, 0.0625, 0.001, [1, 2.5], [3], [[4, 5], [], [6]]),
        [First, First with { Epoch = 2, Validation = new StoredEvaluation(0.625, new Dictionary<string, double> { ["accuracy"] = 0.5 }, 10) }],
        "validation loss",
        0.625,
        2,
        6,
        1,
        true,
        [Parameters[0]]);

    private readonly TemporaryFolder folder = new();

    private string Path => folder.PathOf("training.ckpt");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_field_comes_back()
    {
        Store found = Through(new Store(Parameters, Training));
        Assert.Equal(Parameters.Select(Form), found.Parameters.Select(Form));
        Assert.Equal([1.5, -2, 0.25, 8, 0, 1e-30f], Run.Numbers(found.Parameters[0].Value));
        Assert.Equal(["", "naïve", "\U0001F600"], found.Parameters[2].Value.Texts.ToArray());
        Assert.Equal([1, 0], found.Parameters[3].Value.Bytes.ToArray());
        StoredTraining training = found.Training;
        Assert.Equal(Training.Layout.Fields, training.Layout.Fields);
        Assert.Equal(Training.Order, training.Order);
        Assert.Equal((3, 60, 59.5, 0.0625, 0.001), (training.Totals.Steps, training.Totals.Examples, training.Totals.Weight, training.Totals.Penalty, training.Totals.LearningRate));
        Assert.Equal([1, 2.5], training.Totals.Sums);
        Assert.Equal([3.0], training.Totals.Weights);
        Assert.Equal([[4, 5], [], [6]], training.Totals.Observed);
        Assert.Equal(Training.Epochs.Select(Text), training.Epochs.Select(Text));
        Assert.Equal(("validation loss", 0.625, 2, 6L, 1, true), (training.Monitor, training.BestValue, training.BestEpoch, training.BestStep, training.Waited, training.ShowsBest));
        Assert.Equal("w", Assert.Single(training.Best!).Name);
    }

    [Fact]
    public void What_is_not_there_comes_back_as_nothing()
    {
        StoredTraining training = Through(new Store([], Training with { Order = (null, 20, null), Best = null, ShowsBest = false, Epochs = [], BestEpoch = 0 })).Training;
        Assert.Equal((null, 20, null), training.Order);
        Assert.Null(training.Best);
        Assert.False(training.ShowsBest);
        Assert.Empty(training.Epochs);
    }

    [Fact]
    public void Numbers_at_the_border_of_sense_are_taken()
    {
        Assert.Equal(3, Through(new Store(Parameters, Training with { BestEpoch = 3 })).Training.BestEpoch);
        Assert.Equal(0, Through(new Store(Parameters, Training with { BestStep = 0, Waited = 0, BestEpoch = 0 })).Training.BestStep);
        Assert.Equal(1, Through(new Store(Parameters, Training with { Order = (null, 1, null) })).Training.Order.BatchSize);
        StoredTotals none = Training.Totals with { Steps = 0, Examples = 0 };
        Assert.Equal(0, Through(new Store(Parameters, Training with { Order = (null, 0, null), Totals = none })).Training.Order.BatchSize);
        StoredEpoch empty = First with { Examples = 0, Elapsed = TimeSpan.Zero, Validation = new StoredEvaluation(1, First.Metrics, 0) };
        Assert.Equal(0, Through(new Store(Parameters, Training with { Epochs = [empty], BestEpoch = 1 })).Training.Epochs[0].Validation!.Examples);
    }

    [Fact]
    public void Numbers_that_make_no_sense_are_refused_with_what_was_found()
    {
        StoredTotals totals = Training.Totals;
        Refused("found -1 steps on 60 examples", Training with { Totals = totals with { Steps = -1 } });
        Refused("found 3 steps on -1 examples", Training with { Totals = totals with { Examples = -1 } });
        Refused("found batches of 0 examples", Training with { Order = (1, 0, null) });
        Refused("found batches of -1 examples", Training with { Order = (1, -1, null), Totals = totals with { Steps = 0 } });
        Refused("found -1 as best of 2 epochs", Training with { BestEpoch = -1 });
        Refused("found 4 as best of 2 epochs", Training with { BestEpoch = 4 });
        Refused("found -1 as best step and 1 evaluations since", Training with { BestStep = -1 });
        Refused("found 6 as best step and -1 evaluations since", Training with { Waited = -1 });
        Refused("found the epoch 3 in place 1, of 60 examples in 00:00:01.2340000", Training with { Epochs = [First with { Epoch = 3 }] });
        Refused("found the epoch 1 in place 1, of -1 examples in 00:00:01.2340000", Training with { Epochs = [First with { Examples = -1 }] });
        Refused("found the epoch 1 in place 1, of 60 examples in -00:00:00.0000001", Training with { Epochs = [First with { Elapsed = new TimeSpan(-1) }] });
        Refused(
            "found the epoch 1 in place 1, of 60 examples in 00:00:01.2340000", Training with { Epochs = [First with { Validation = new StoredEvaluation(1, First.Metrics, -1) }] });
    }

    /// <summary>Counts are known to be too great before anything of that size is made: each int32 of a file, one after the other, as great as can be.</summary>
    [Fact]
    public void Counts_are_compared_with_what_is_left_of_the_file()
    {
        Checkpoint.Save(Path, new Store([], Training with { Best = null }));
        byte[] bytes = File.ReadAllBytes(Path);
        var found = new HashSet<string>(StringComparer.Ordinal);
        for (int at = 16; at < bytes.Length - 36; at++)
        {
            byte[] mutant = [.. bytes];
            BinaryPrimitives.WriteInt32LittleEndian(mutant.AsSpan(at), int.MaxValue);
            if (Load(mutant) is not { } message)
                continue;
            found.UnionWith(Kinds.Where(kind => message.Contains($"found {int.MaxValue} {kind} where ", StringComparison.Ordinal)));
        }

        Assert.Equal(Kinds.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Kinds_of_elements_and_truth_values_are_those_there_are()
    {
        byte[] bytes = Saved(Training with { Best = null });
        // The layout begins behind the count of parameters: the count of fields, "x" with its length, its element type.
        Assert.EndsWith("found the element type 26 of the field 'x'.", Load(With(bytes, 16 + 4 + 4 + 2, 26)), StringComparison.Ordinal);
        Assert.EndsWith("found the truth value 2.", Load(With(bytes, bytes.Length - 33, 2)), StringComparison.Ordinal);
        Assert.EndsWith("found the truth value 255.", Load(With(bytes, bytes.Length - 34, 255)), StringComparison.Ordinal);
        Assert.EndsWith("found the kind 3.", Load(With(bytes, 12, 3)), StringComparison.Ordinal);
        Assert.Equal($"The checkpoint '{Path}' has the version 4; expected 2 or 3.", Load(With(bytes, 8, 4)));
        Assert.Equal($"The checkpoint '{Path}' has the version 1; expected 2 or 3.", Load(With(bytes, 8, 1)));
    }

    [Fact]
    public void A_name_that_is_no_text_is_refused()
    {
        byte[] bytes = Saved(Training with { Best = null }, Parameters[0]);
        // The name of the only parameter stands behind their count and its own length.
        string? message = Load(With(bytes, 16 + 4 + 1, 0xFF));
        Assert.StartsWith($"The checkpoint '{Path}' has the right checksum, but its content makes no sense: ", message, StringComparison.Ordinal);
        Assert.Contains("[FF]", message, StringComparison.Ordinal);
    }

    /// <summary>Version 2 had features and one target, classes or numbers, for fields.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(5, false)]
    [InlineData(5, true)]
    public void A_layout_of_version_2_is_one_of_fields(int classes, bool weighted)
    {
        using var stream = new MemoryStream();
        using (var w = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            w.Write("TOOLKIT\n"u8);
            Array.ForEach([2, 1, 0], w.Write);
            Array.ForEach([2, 4, 2, classes], w.Write);
            Array.ForEach<int>(classes > 0 ? [0] : [1, 3], w.Write);
            w.Write(weighted);
            w.Write(false);
            w.Write(0UL);
            w.Write(0);
            w.Write(new byte[5 * sizeof(double)]);
            Array.ForEach([0, 0, 0], w.Write);
            w.Write("loss");
            w.Write(double.NaN);
            w.Write(new byte[sizeof(int) + sizeof(long) + sizeof(int) + 2]);
        }

        stream.Write(SHA256.HashData(stream.ToArray()));
        File.WriteAllBytes(Path, stream.ToArray());
        var loaded = new Store([], Training);
        Checkpoint.Load(Path, loaded);
        DataLayout plain = classes > 0 ? DataLayout.Labels([4, 2], classes) : DataLayout.Values([4, 2], [3]);
        Assert.Equal((weighted ? plain.WithWeights() : plain).Fields, loaded.Training.Layout.Fields);
        Assert.Equal("loss", loaded.Training.Monitor);
    }

    [Fact]
    public void A_parameter_may_have_64_axes()
    {
        int[] sizes = [.. Enumerable.Repeat(1, 63), 2];
        var w = new Parameter("w", Value.Of([1f, 2], sizes));
        Checkpoint.Save(Path, new Holder(w));
        w.Value = Value.Of([0f, 0], sizes);
        Checkpoint.Load(Path, new Holder(w));
        Assert.Equal([1.0, 2], Run.Numbers(w.Value));
    }

    [Fact]
    public void What_is_no_checkpoint_says_so()
    {
        byte[] bytes = Saved(Training);
        string damaged = $"The checkpoint '{Path}' is truncated or damaged: its {bytes.Length} bytes do not have the checksum at their end.";
        Assert.Equal(damaged, Load([.. bytes[..^1], (byte)(bytes[^1] ^ 1)], sum: false));
        Assert.Equal(damaged, Load([.. bytes[..20], (byte)(bytes[20] ^ 1), .. bytes[21..]], sum: false));
        Assert.Equal($"The checkpoint '{Path}' is truncated: found 47 bytes.", Load(bytes[..47], sum: false));
        Assert.Equal($"The checkpoint '{Path}' is truncated: found 8 bytes.", Load(bytes[..8], sum: false));
        Assert.Equal($"'{Path}' is not a checkpoint: expected it to begin with \"TOOLKIT\".", Load(bytes[..7], sum: false));
        Assert.Equal($"'{Path}' is not a checkpoint: expected it to begin with \"TOOLKIT\".", Load([.. "toolkit\n"u8, .. bytes[8..]], sum: false));
        Checkpoint.Save(Path, new Dense(1, 1, new RandomSource(1)));
        Assert.Equal(
            $"The checkpoint '{Path}' holds a model only; expected a training.", Assert.Throws<CheckpointException>(() => Checkpoint.Load(Path, new Store([], Training))).Message);
        string missing = folder.PathOf("missing.ckpt");
        Assert.Equal($"There is no checkpoint '{missing}'.", Assert.Throws<FileNotFoundException>(() => Checkpoint.Load(missing, new Store([], Training))).Message);
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_neither_saved_nor_loaded()
    {
        StoredParameter infinite = Parameters[0] with { Value = Value.Of([0f, float.PositiveInfinity], 2) };
        string saving = Assert.Throws<CheckpointException>(() => Checkpoint.Save(Path, new Store([infinite], Training))).Message;
        Assert.StartsWith($"Expected finite numbers to save in '{Path}', which is left as it was, found that ", saving, StringComparison.Ordinal);
        Assert.False(File.Exists(Path));
        byte[] bytes = Saved(Training with { Best = null }, Parameters[0] with { Value = Value.Of(1f) });
        // The only element of a scalar stands behind its count, name, role, type and rank.
        string loading = Load(With(bytes, 16 + 4 + 2 + 1 + 1 + 4, BitConverter.SingleToInt32Bits(float.NaN)))!;
        Assert.StartsWith($"Expected finite numbers in the checkpoint '{Path}', found that ", loading, StringComparison.Ordinal);
    }

    /// <summary>Elements of less than eight bits have a byte each, which can hold more than they can.</summary>
    [Theory]
    [InlineData(DType.Int2, -2, 1)]
    [InlineData(DType.UInt2, 0, 3)]
    [InlineData(DType.Int4, -8, 7)]
    [InlineData(DType.UInt4, 0, 15)]
    [InlineData(DType.Int8, -128, 127)]
    [InlineData(DType.UInt8, 0, 255)]
    [InlineData(DType.Bool, 0, 1)]
    public void Elements_are_those_of_their_type(DType type, int least, int greatest)
    {
        var model = new Holder(new Parameter("w", Value.Zeros(type, 1), ParameterRole.State));
        Checkpoint.Save(Path, model);
        byte[] bytes = File.ReadAllBytes(Path);
        for (int element = type is DType.Int2 or DType.Int4 or DType.Int8 ? -128 : 0; element < (least < 0 ? 128 : 256); element++)
        {
            byte[] changed = With(bytes, bytes.Length - 33, (byte)element);
            SHA256.HashData(changed.AsSpan(0, changed.Length - 32), changed.AsSpan(changed.Length - 32));
            File.WriteAllBytes(Path, changed);
            Assert.Equal(element >= least && element <= greatest, Record.Exception(() => Checkpoint.Load(Path, model)) is null);
        }
    }

    [Fact]
    public void A_model_takes_the_best_parameters_of_a_training()
    {
        var w = new Parameter("w", Value.Of(0f));
        Checkpoint.Save(Path, new Store([Stored("w", 1), Stored("optimizer.step", 7)], Training with { Best = [Stored("w", 2)] }));
        Checkpoint.Load(Path, new Holder(w));
        Assert.Equal(2, Run.Number(w.Variable));
        Checkpoint.Save(Path, new Store([Stored("w", 1), Stored("optimizer.step", 7)], Training with { Best = null }));
        // Another reader of the file does not matter.
        using FileStream other = File.OpenRead(Path);
        Checkpoint.Load(Path, new Holder(w));
        Assert.Equal(1, Run.Number(w.Variable));
    }

    [Fact]
    public void Parameters_without_elements_and_a_text_at_the_end_come_back()
    {
        Parameter empty = new("empty", Value.Zeros(DType.Float32, 0, 3)), text = new("text", Value.Of(["at the end"], 1), ParameterRole.State);
        // No number of elements that a size of 0 would not leave nothing of.
        Parameter first = new("first", Value.Zeros(DType.Float64, 0, int.MaxValue, int.MaxValue, int.MaxValue)),
            last = new("last", Value.Zeros(DType.Float32, [.. Enumerable.Repeat(int.MaxValue, 8), 0]));
        Checkpoint.Save(Path, new Holder(empty, first, last, text));
        text.Value = Value.Of(["x"], 1);
        Checkpoint.Load(Path, new Holder(empty, first, last, text));
        Assert.Equal(["at the end"], text.Value.Texts.ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_listed()
    {
        Value two = Value.Of([1f, 2], 2), three = Value.Of([1f, 2, 3], 3), whole = Value.Of(1L), real = Value.Of(1f);
        Checkpoint.Save(Path, new Holder(new("a", two), new("z", two), new("b", whole, ParameterRole.State), new("c", two)));
        var model = new Holder(new("a", three), new("b", real), new("d", real));
        Assert.Equal(
            $"The checkpoint '{Path}' does not fit the model, which is unchanged: \"a\" is {two} in the file, but {three} in the model; \"b\" is {whole} in the file, but {real} in the model; "
            + "\"d\" is missing in the file; 'c' is in the file only; 'z' is in the file only.",
            Assert.Throws<CheckpointException>(() => Checkpoint.Load(Path, model)).Message);
        Parameter[] many = [.. Enumerable.Range(0, 12).Select(i => new Parameter($"m{i}", real))];
        Checkpoint.Save(Path, new Holder(many));
        string all = Assert.Throws<CheckpointException>(() => Checkpoint.Load(Path, new Holder())).Message;
        Assert.EndsWith("'m7' is in the file only; and 2 more.", all, StringComparison.Ordinal);
        Checkpoint.Save(Path, new Holder(many[..10]));
        all = Assert.Throws<CheckpointException>(() => Checkpoint.Load(Path, new Holder())).Message;
        Assert.EndsWith("'m9' is in the file only.", all, StringComparison.Ordinal);
    }

    private static StoredParameter Stored(string name, float number) => new(name, ParameterRole.Weight, Value.Of(number));

    private static readonly string[] Kinds = ["parameters", "fields", "sizes", "sums of metrics", "numbers", "epochs", "metrics"];

    private static string Form(StoredParameter parameter) => $"{parameter.Name} {parameter.Role} {parameter.Value.DType} {string.Join(',', parameter.Value.Sizes.ToArray())}";

    private static string Text(StoredEpoch epoch) =>
        $"{epoch.Epoch} {epoch.Loss} {epoch.Objective} {Text(epoch.Metrics)} {epoch.LearningRate} {epoch.Examples} {epoch.Elapsed} "
        + (epoch.Validation is { } v ? $"{v.Loss} {Text(v.Metrics)} {v.Examples}" : "none");

    private static string Text(IReadOnlyDictionary<string, double> metrics) => string.Join(',', metrics.Select(pair => $"{pair.Key}={pair.Value}"));

    private static byte[] With(byte[] bytes, int at, int value)
    {
        byte[] changed = [.. bytes];
        if (value is >= 0 and < 256)
            changed[at] = (byte)value;
        else
            BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(at), value);
        return changed;
    }

    private byte[] Saved(StoredTraining training, params StoredParameter[] parameters)
    {
        Checkpoint.Save(Path, new Store(parameters, training));
        return File.ReadAllBytes(Path);
    }

    private Store Through(Store saved)
    {
        Checkpoint.Save(Path, saved);
        var loaded = new Store([], Training);
        Checkpoint.Load(Path, loaded);
        return loaded;
    }

    private void Refused(string found, StoredTraining training) => Assert.Equal(
        $"The checkpoint '{Path}' has the right checksum, but its content makes no sense: {found}.",
        Assert.Throws<CheckpointException>(() => Through(new Store(Parameters, training))).Message);

    /// <summary>What is said to a file of these bytes, with the right checksum; null if it is loaded.</summary>
    private string? Load(byte[] bytes, bool sum = true)
    {
        if (sum)
            SHA256.HashData(bytes.AsSpan(0, bytes.Length - 32), bytes.AsSpan(bytes.Length - 32));
        File.WriteAllBytes(Path, bytes);
        return Record.Exception(() => Checkpoint.Load(Path, new Store([], Training))) is { } error ? Assert.IsType<CheckpointException>(error).Message : null;
    }

    /// <summary>A training that is nothing but what is stored of it.</summary>
    private sealed class Store(IReadOnlyList<StoredParameter> parameters, StoredTraining training) : ICheckpointed
    {
        public IReadOnlyList<StoredParameter> Parameters { get; private set; } = parameters;

        public StoredTraining Training { get; private set; } = training;

        void ICheckpointed.Save(Action<IReadOnlyList<StoredParameter>, StoredTraining> save) => save(Parameters, Training);

        void ICheckpointed.Load(string path, IReadOnlyList<StoredParameter> parameters, StoredTraining training) => (Parameters, Training) = (parameters, training);
    }
    /// <summary>A model of any parameters.</summary>
    private sealed class Holder(params Parameter[] own) : Module
    {
        protected override Variable Build(Variable input, ForwardContext context) => input;

        protected override IReadOnlyList<Parameter> CreateParameters() => own;
    }
}
