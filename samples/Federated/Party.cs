using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.OnnxExport.Training;

namespace Toolkit.Samples.Federated;

/// <summary>One who has data of its own, and trains the file that all have with ONNX Runtime. Examples do not leave it.</summary>
/// <param name="file">The exported training step.</param>
/// <param name="data">Its examples.</param>
public sealed class Party(string file, Dataset data) : IDisposable
{
    private readonly OnnxTrainer trainer = OnnxTrainer.Load(file);

    /// <summary>The number of its examples.</summary>
    public int Count => data.Count;

    /// <summary>Makes a pass over its examples.</summary>
    /// <param name="parameters">Where the pass begins.</param>
    /// <param name="pass">The number of the pass, from which the order of the examples follows.</param>
    /// <returns>Where it ends.</returns>
    public IReadOnlyDictionary<string, Value> Train(IReadOnlyDictionary<string, Value> parameters, int pass)
    {
        trainer.Write(parameters);
        foreach (Batch batch in data.Batches(new BatchOptions { Size = 32, ShuffleSeed = 1 }, pass))
            trainer.Step(batch.Features, batch.Target);
        return trainer.ReadParameters();
    }

    /// <inheritdoc/>
    public void Dispose() => trainer.Dispose();
}
