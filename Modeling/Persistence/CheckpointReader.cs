using System.Text;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Persistence;

/// <summary>What a checkpoint says of a training, not yet applied to anything.</summary>
internal sealed record StoredTraining(
    DataLayout Layout,
    (ulong? Seed, int BatchSize) Order,
    EpochTotals Totals,
    IReadOnlyList<EpochRecord> Epochs,
    string Monitor,
    double BestValue,
    int BestEpoch,
    long BestStep,
    int Waited,
    bool ShowsBest,
    IReadOnlyList<StoredParameter>? Best);

/// <summary>Reads what <see cref="CheckpointWriter"/> has written.</summary>
internal sealed class CheckpointReader : IDisposable
{
    private readonly BinaryReader reader;

    public CheckpointReader(byte[] content, int start, int length)
    {
        reader = new BinaryReader(new MemoryStream(content, start, length, writable: false), Encoding.UTF8);
    }

    public void Dispose() => reader.Dispose();

    public IReadOnlyList<StoredParameter> ReadParameters()
    {
        var parameters = new StoredParameter[reader.ReadInt32()];
        for (int i = 0; i < parameters.Length; i++)
        {
            string name = reader.ReadString();
            var role = (ParameterRole)reader.ReadByte();
            var type = (DType)reader.ReadByte();
            Value value = Value.Zeros(type, ReadShape());
            reader.BaseStream.ReadExactly(value.Bytes);
            parameters[i] = new StoredParameter(name, role, value);
        }

        return parameters;
    }

    public StoredTraining ReadTraining()
    {
        DataLayout layout = ReadLayout();
        bool shuffled = reader.ReadBoolean();
        ulong seed = reader.ReadUInt64();
        int batchSize = reader.ReadInt32();
        EpochTotals totals = ReadTotals();
        var epochs = new EpochRecord[reader.ReadInt32()];
        for (int i = 0; i < epochs.Length; i++)
            epochs[i] = ReadEpoch();
        return new StoredTraining(
            layout,
            (shuffled ? seed : null, batchSize),
            totals,
            epochs,
            reader.ReadString(),
            reader.ReadDouble(),
            reader.ReadInt32(),
            reader.ReadInt64(),
            reader.ReadInt32(),
            reader.ReadBoolean(),
            reader.ReadBoolean() ? ReadParameters() : null);
    }

    private DataLayout ReadLayout()
    {
        int[] features = ReadShape();
        int classes = reader.ReadInt32();
        int[] targets = ReadShape();
        return classes > 0 ? DataLayout.Labels(features, classes) : DataLayout.Values(features, targets);
    }

    private EpochTotals ReadTotals()
    {
        (long steps, long examples) = (reader.ReadInt64(), reader.ReadInt64());
        (double loss, double objective, double rate) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        var totals = new EpochTotals(reader.ReadInt32())
        {
            Steps = steps,
            Examples = examples,
            Loss = loss,
            Objective = objective,
            LearningRate = rate,
        };
        for (int i = 0; i < totals.Metrics.Length; i++)
            totals.Metrics[i] = reader.ReadDouble();
        return totals;
    }

    private EpochRecord ReadEpoch() => new()
    {
        Epoch = reader.ReadInt32(),
        Loss = reader.ReadDouble(),
        Objective = reader.ReadDouble(),
        Metrics = ReadMetrics(),
        Validation = reader.ReadBoolean() ? new Evaluation(reader.ReadDouble(), ReadMetrics(), reader.ReadInt64()) : null,
        LearningRate = reader.ReadDouble(),
        Examples = reader.ReadInt64(),
        Elapsed = new TimeSpan(reader.ReadInt64()),
    };

    private Dictionary<string, double> ReadMetrics()
    {
        int count = reader.ReadInt32();
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
            metrics.Add(reader.ReadString(), reader.ReadDouble());
        return metrics;
    }

    private int[] ReadShape()
    {
        int[] shape = new int[reader.ReadInt32()];
        for (int i = 0; i < shape.Length; i++)
            shape[i] = reader.ReadInt32();
        return shape;
    }
}
