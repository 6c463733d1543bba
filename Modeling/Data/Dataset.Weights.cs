namespace Toolkit.Modeling.Data;

/// <content>Weights of examples.</content>
public sealed partial class Dataset
{
    /// <summary>The same examples with weights: one of weight w counts like w copies of itself wherever a mean over examples is taken (losses, metrics, batch
    /// statistics, penalties), and one of weight 0 as if it were not there. Weights need not be whole numbers. The array is taken over, not copied.</summary>
    /// <param name="weights">The weight of each example, at least 0.</param>
    /// <exception cref="ArgumentException">There are not as many weights as examples.</exception>
    /// <exception cref="DataException">A weight is negative, NaN or infinite.</exception>
    public Dataset WithWeights(float[] weights)
    {
        CheckLength(weights.Length, Count, 1, [], "weights");
        ExampleCheck.Weights(weights);
        return With(new DenseColumn<float>(Layout.WithWeights().Find(DataLayout.Weight)!, weights));
    }

    /// <summary>The same examples, each of which counts once.</summary>
    internal Dataset WithoutWeights() => new([.. columns.Where(column => column.Field.Name != DataLayout.Weight)]);

    /// <summary>Σ w, the number of examples if they have no weights.</summary>
    /// <exception cref="DataException">All weights are 0.</exception>
    internal double TotalWeight()
    {
        if (!Layout.HasWeights)
            return Count;
        double sum = 0.0;
        foreach (float weight in Weights.Span)
            sum += weight;
        return sum > 0.0 ? sum : throw new DataException($"Expected a weight above 0, found zeros for all {Count} examples.");
    }

    /// <summary>The weight of an example; 1 if examples have none.</summary>
    internal float WeightOf(int row) => Layout.HasWeights ? Weights.Span[row] : 1f;
}
