using System.Text;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Persistence;

/// <summary>Writes the parts of a checkpoint; <see cref="CheckpointReader"/> reads them in the same order.</summary>
internal sealed class CheckpointWriter : IDisposable
{
    private readonly MemoryStream stream = new();
    private readonly BinaryWriter writer;

    public CheckpointWriter()
    {
        writer = new BinaryWriter(stream, Encoding.UTF8);
    }

    public ReadOnlySpan<byte> Content
    {
        get
        {
            writer.Flush();
            return stream.GetBuffer().AsSpan(0, (int)stream.Length);
        }
    }

    public void Dispose() => writer.Dispose();

    public void Write(IReadOnlyList<StoredParameter> parameters)
    {
        writer.Write(parameters.Count);
        foreach ((string name, var role, Value value) in parameters)
        {
            writer.Write(name);
            writer.Write((byte)role);
            writer.Write((byte)value.DType);
            writer.Write(value.Rank);
            foreach (int size in value.Sizes)
                writer.Write(size);
            writer.Write(value.Bytes);
        }
    }

    public void Write(TrainerState state)
    {
        Write(state.Layout);
        writer.Write(state.Order.Seed.HasValue);
        writer.Write(state.Order.Seed ?? 0UL);
        writer.Write(state.Order.BatchSize);
        Write(state.Totals);
        writer.Write(state.Epochs.Count);
        foreach (EpochRecord epoch in state.Epochs)
            Write(epoch);
        writer.Write(state.Best.Monitor);
        writer.Write(state.Best.Value);
        writer.Write(state.Best.Epoch);
        writer.Write(state.Best.Step);
        writer.Write(state.Best.Waited);
        writer.Write(state.Continue is not null);
        writer.Write(state.Best.Parameters is not null);
        if (state.Best.Parameters is { } best)
            Write([.. best.Parameters.Zip(best.Values, StoredParameter.Of)]);
    }

    private void Write(DataLayout layout)
    {
        Write(layout.FeatureShape);
        writer.Write(layout.ClassCount);
        Write(layout.TargetShape);
    }

    private void Write(EpochTotals totals)
    {
        writer.Write(totals.Steps);
        writer.Write(totals.Examples);
        writer.Write(totals.Loss);
        writer.Write(totals.Objective);
        writer.Write(totals.LearningRate);
        writer.Write(totals.Metrics.Length);
        foreach (double metric in totals.Metrics)
            writer.Write(metric);
    }

    private void Write(EpochRecord epoch)
    {
        writer.Write(epoch.Epoch);
        writer.Write(epoch.Loss);
        writer.Write(epoch.Objective);
        Write(epoch.Metrics);
        writer.Write(epoch.Validation is not null);
        if (epoch.Validation is { } validation)
        {
            writer.Write(validation.Loss);
            Write(validation.Metrics);
            writer.Write(validation.Examples);
        }

        writer.Write(epoch.LearningRate);
        writer.Write(epoch.Examples);
        writer.Write(epoch.Elapsed.Ticks);
    }

    private void Write(IReadOnlyDictionary<string, double> metrics)
    {
        writer.Write(metrics.Count);
        foreach ((string name, double value) in metrics)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }

    private void Write(IReadOnlyList<int> shape)
    {
        writer.Write(shape.Count);
        foreach (int size in shape)
            writer.Write(size);
    }
}
