using System.Text;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Persistence;

/// <summary>Reads what <see cref="CheckpointWriter"/> has written. Nothing is allocated for what the file cannot hold.</summary>
/// <param name="stream">The file, at the beginning of the content.</param>
/// <param name="end">Where the content ends.</param>
/// <param name="version">The version of the file.</param>
internal sealed class CheckpointReader(Stream stream, long end, int version) : IDisposable
{
    // The fewest bytes that parts take in a file, and the highest rank of a parameter.
    private const int SmallestParameter = 7, SmallestEpoch = 49, SmallestMetric = 9, SmallestField = 10, HighestRank = 64;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly BinaryReader reader = new(stream, Utf8, leaveOpen: true);

    private long Left => end - stream.Position;

    public void Dispose() => reader.Dispose();

    /// <summary>Refuses content behind what was read.</summary>
    public void RequireEnd() => Require(Left == 0, $"{Left} more bytes at its end");

    public IReadOnlyList<StoredParameter> ReadParameters()
    {
        var parameters = new StoredParameter[ReadCount(SmallestParameter, "parameters")];
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < parameters.Length; i++)
        {
            string name = ReadText();
            Require(names.Add(name), $"two parameters {Excerpt.Quoted(name)}");
            int role = reader.ReadByte(), type = reader.ReadByte();
            Require(Enum.IsDefined((ParameterRole)role) && Enum.IsDefined((DType)type), $"the role {role} and the element type {type} of {Excerpt.Quoted(name)}");
            int[] sizes = ReadShape();
            Value value = Value.Zeros((DType)type, RequireRoom(sizes, (DType)type, name));
            for (long done = 0; done < value.ByteCount; done += int.MaxValue)
                reader.BaseStream.ReadExactly(value.BytesFrom(done));
            Require(value.DType != DType.Bool || !value.Bytes.ContainsAnyExceptInRange((byte)0, (byte)1), $"truth values other than 0 and 1 in {Excerpt.Quoted(name)}");
            Require(AreElements(value), $"elements in {Excerpt.Quoted(name)} that {value.DType} does not have");
            for (int k = 0; k < value.Count && value.DType == DType.String; k++)
                value.Texts[k] = ReadText();
            parameters[i] = new StoredParameter(name, (ParameterRole)role, value);
        }

        return parameters;
    }

    public StoredTraining ReadTraining()
    {
        DataLayout layout = ReadLayout();
        bool shuffled = ReadBoolean();
        ulong seed = reader.ReadUInt64();
        int batchSize = reader.ReadInt32();
        string bucketBy = version >= Checkpoint.VersionOfFields ? ReadText() : "";
        StoredTotals totals = ReadTotals();
        Require(totals is { Steps: >= 0, Examples: >= 0 }, $"{totals.Steps} steps on {totals.Examples} examples");
        Require(batchSize >= (totals.Steps > 0 ? 1 : 0), $"batches of {batchSize} examples");
        var epochs = new StoredEpoch[ReadCount(SmallestEpoch, "epochs")];
        for (int i = 0; i < epochs.Length; i++)
            epochs[i] = ReadEpoch(i + 1);
        string monitor = ReadText();
        double bestValue = reader.ReadDouble();
        int bestEpoch = reader.ReadInt32();
        // One more where the best was measured within an epoch.
        Require(bestEpoch >= 0 && bestEpoch <= epochs.Length + 1, $"{bestEpoch} as best of {epochs.Length} epochs");
        (long bestStep, int waited) = (reader.ReadInt64(), reader.ReadInt32());
        Require(bestStep >= 0 && waited >= 0, $"{bestStep} as best step and {waited} evaluations since");
        return new StoredTraining(
            layout,
            (shuffled ? seed : null, batchSize, bucketBy.Length > 0 ? bucketBy : null),
            totals,
            epochs,
            monitor,
            bestValue,
            bestEpoch,
            bestStep,
            waited,
            ReadBoolean(),
            ReadBoolean() ? ReadParameters() : null);
    }

    private DataLayout ReadLayout()
    {
        if (version >= Checkpoint.VersionOfFields)
        {
            var fields = new Field[ReadCount(SmallestField, "fields")];
            for (int i = 0; i < fields.Length; i++)
                fields[i] = ReadField();
            return new DataLayout(fields);
        }

        int[] features = ReadShape();
        int classes = reader.ReadInt32();
        int[] targets = ReadShape();
        DataLayout layout = classes > 0 ? DataLayout.Labels(features, classes) : DataLayout.Values(features, targets);
        return ReadBoolean() ? layout.WithWeights() : layout;
    }

    private Field ReadField()
    {
        string name = ReadText();
        int type = reader.ReadByte();
        Require(Enum.IsDefined((DType)type), $"the element type {type} of the field {Excerpt.Quoted(name)}");
        string axis = ReadText();
        int[] sizes = ReadShape();
        Shape shape = Shape.OfSizes(sizes);
        return new Field(name, (DType)type, axis.Length == 0 ? shape : [axis, .. shape]) { Classes = reader.ReadInt32() };
    }

    private StoredTotals ReadTotals() => new(
        reader.ReadInt64(), reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), ReadNumbers(), ReadNumbers(), ReadObserved());

    private double[][] ReadObserved()
    {
        if (version < Checkpoint.VersionOfFields)
            return [];
        var observed = new double[ReadCount(sizeof(int), "sums of metrics")][];
        for (int i = 0; i < observed.Length; i++)
            observed[i] = ReadNumbers();
        return observed;
    }

    private double[] ReadNumbers()
    {
        double[] numbers = new double[ReadCount(sizeof(double), "numbers")];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = reader.ReadDouble();
        return numbers;
    }

    private StoredEpoch ReadEpoch(int number)
    {
        var epoch = new StoredEpoch(
            reader.ReadInt32(),
            reader.ReadDouble(),
            reader.ReadDouble(),
            ReadMetrics(),
            ReadBoolean() ? new StoredEvaluation(reader.ReadDouble(), ReadMetrics(), reader.ReadInt64()) : null,
            reader.ReadDouble(),
            reader.ReadInt64(),
            new TimeSpan(reader.ReadInt64()));
        Require(
            epoch.Epoch == number && epoch.Examples >= 0 && epoch.Elapsed >= TimeSpan.Zero && epoch.Validation is not { Examples: < 0 },
            $"the epoch {epoch.Epoch} in place {number}, of {epoch.Examples} examples in {epoch.Elapsed}");
        return epoch;
    }

    private Dictionary<string, double> ReadMetrics()
    {
        int count = ReadCount(SmallestMetric, "metrics");
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
            metrics.Add(ReadText(), reader.ReadDouble());
        return metrics;
    }

    private int[] ReadShape()
    {
        int rank = ReadCount(sizeof(int), "sizes");
        Require(rank <= HighestRank, $"a shape of {rank} sizes");
        int[] shape = new int[rank];
        for (int i = 0; i < shape.Length; i++)
            shape[i] = reader.ReadInt32();
        return shape;
    }

    /// <summary>Whether the bytes of a type of less than eight bits are elements of it.</summary>
    private static bool AreElements(Value value) => ElementType.Of(value.DType) switch
    {
        { Bits: 0 or >= 8 } => true,
        { Kind: ElementKind.Signed, Bits: var bits } => !value.Span<sbyte>().ContainsAnyExceptInRange((sbyte)-(1 << (bits - 1)), (sbyte)((1 << (bits - 1)) - 1)),
        { Bits: var bits } => !value.Bytes.ContainsAnyExceptInRange((byte)0, (byte)((1 << bits) - 1)),
    };

    private int[] RequireRoom(int[] sizes, DType type, string name)
    {
        // A text takes at least the byte of its length. A size of 0 leaves nothing of the others, however great they are.
        Int128 bytes = Math.Max(type.Size(), 1);
        bool fits = true;
        foreach (int size in sizes)
        {
            fits &= size >= 0;
            bytes = Int128.Min(bytes * size, long.MaxValue);
        }

        Require(
            fits && bytes <= Left,
            $"the sizes [{string.Join(", ", sizes)}] of {Excerpt.Quoted(name)} of type {type} where {Left} bytes are left");
        return sizes;
    }

    private int ReadCount(int smallest, string what)
    {
        int count = reader.ReadInt32();
        Require(count >= 0 && count <= Left / smallest, $"{count} {what} where {Left} bytes are left");
        return count;
    }

    private string ReadText()
    {
        int length = reader.Read7BitEncodedInt();
        Require(length >= 0 && length <= Left, $"a text of {length} bytes where {Left} are left");
        return Utf8.GetString(reader.ReadBytes(length));
    }

    private bool ReadBoolean()
    {
        byte value = reader.ReadByte();
        Require(value <= 1, $"the truth value {value}");
        return value == 1;
    }

    private static void Require(bool holds, string found)
    {
        if (!holds)
            throw new InvalidDataException($"found {found}");
    }
}
