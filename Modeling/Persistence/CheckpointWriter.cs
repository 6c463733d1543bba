using System.Text;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Persistence;

/// <summary>Writes the parts of a checkpoint; <see cref="CheckpointReader"/> reads them in the same order.</summary>
/// <param name="stream">The file, at the beginning of the content.</param>
internal sealed class CheckpointWriter(Stream stream) : IDisposable
{
    // A name that is no Unicode text would come back as another one.
    private readonly BinaryWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), leaveOpen: true);

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
            for (long done = 0; done < value.ByteCount; done += int.MaxValue)
                writer.Write(value.BytesFrom(done));
            for (int i = 0; i < value.Count && value.DType == DType.String; i++)
                writer.Write(value.Texts[i]);
        }
    }

    public void Write(StoredTraining training)
    {
        Write(training.Layout);
        writer.Write(training.Order.Seed.HasValue);
        writer.Write(training.Order.Seed ?? 0UL);
        writer.Write(training.Order.BatchSize);
        writer.Write(training.Order.BucketBy ?? "");
        Write(training.Totals);
        writer.Write(training.Epochs.Count);
        foreach (StoredEpoch epoch in training.Epochs)
            Write(epoch);
        writer.Write(training.Monitor);
        writer.Write(training.BestValue);
        writer.Write(training.BestEpoch);
        writer.Write(training.BestStep);
        writer.Write(training.Waited);
        writer.Write(training.ShowsBest);
        writer.Write(training.Best is not null);
        if (training.Best is { } best)
            Write(best);
    }

    private void Write(DataLayout layout)
    {
        writer.Write(layout.Fields.Count);
        foreach (Field field in layout.Fields)
        {
            writer.Write(field.Name);
            writer.Write((byte)field.Type);
            writer.Write(field.Axis ?? "");
            Write([.. field.Shape.Skip(field.Axis is null ? 0 : 1).Select(dim => dim.Size)]);
            writer.Write(field.Classes);
        }
    }

    private void Write(StoredTotals totals)
    {
        writer.Write(totals.Steps);
        writer.Write(totals.Examples);
        writer.Write(totals.Weight);
        writer.Write(totals.Penalty);
        writer.Write(totals.LearningRate);
        Write(totals.Sums);
        Write(totals.Weights);
        writer.Write(totals.Observed.Length);
        foreach (double[] sum in totals.Observed)
            Write(sum);
    }

    private void Write(double[] numbers)
    {
        writer.Write(numbers.Length);
        foreach (double number in numbers)
            writer.Write(number);
    }

    private void Write(StoredEpoch epoch)
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

    private void Write(int[] shape)
    {
        writer.Write(shape.Length);
        foreach (int size in shape)
            writer.Write(size);
    }
}
