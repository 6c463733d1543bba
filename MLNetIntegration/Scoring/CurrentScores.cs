using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Where the getters of a cursor find the scores of its current row: a row of the outputs of a batch that has run.</summary>
internal sealed class CurrentScores(int[] outputs)
{
    /// <summary>The outputs of the batch, at <see cref="PositionOf"/>.</summary>
    public TensorMemory[] Results { get; set; } = [];

    /// <summary>The number of the batch, under which its passing columns are kept.</summary>
    public int Batch { get; set; }

    /// <summary>The row of the batch.</summary>
    public int Row { get; set; }

    /// <summary>Where an output of the model is in <see cref="Results"/>.</summary>
    public int PositionOf(int output) => Array.IndexOf(outputs, output);
}
