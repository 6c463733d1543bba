namespace Toolkit.Modeling.Data;

/// <content>Random parts for training, validation and cross-validation.</content>
public sealed partial class Dataset
{
    /// <summary>Cuts the data set into two random parts that share no example, with each class in both in equal shares: of n examples of a class, the first part has n times its share of all examples, rounded up or
    /// down.</summary>
    /// <param name="fraction">The share of the first part, above 0 and below 1; its size is rounded to the nearest whole number, and neither part is left empty.</param>
    /// <param name="random">Chooses the examples; it is advanced, so a second call gives another cut.</param>
    /// <param name="stratifyBy">The name of a field of class labels, one for each example, such as "target". Examples without a label (−1) are a class of their own.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="ArgumentException">There is no such field of labels.</exception>
    /// <exception cref="InvalidOperationException">There is only one example.</exception>
    public (Dataset First, Dataset Second) Split(double fraction, RandomSource random, string stratifyBy)
    {
        Settings.InsideUnit(fraction);
        CheckCanSplit();
        ReadOnlySpan<long> labels = LabelsOf(stratifyBy, nameof(stratifyBy));
        int size = SizeOfFirst(fraction);
        int[] order = Permutation.Of(Count, random.Fork()), byClass = ByClass(order, labels);
        bool[] isFirst = new bool[Count];
        // Of any stretch of n places the whole numbers that are passed are n·size/Count, rounded up or down.
        for (int i = 0; i < byClass.Length; i++)
            isFirst[byClass[i]] = (i + 1L) * size / Count > (long)i * size / Count;
        return (Select(Array.FindAll(order, row => isFirst[row])), Select(Array.FindAll(order, row => !isFirst[row])));
    }

    /// <summary>Folds for cross-validation (book section 5.3.1): the data set is cut into k random parts whose sizes differ by at most one, and each is once the set to validate on, while the others are trained on.</summary>
    /// <param name="folds">k, from 2 to <see cref="Count"/>; with <see cref="Count"/> each example is left out once.</param>
    /// <param name="random">Chooses the examples; it is advanced, so a second call gives other folds.</param>
    /// <param name="stratifyBy">The name of a field of class labels, one for each example, such as "target": each fold has n/k of the n examples of a class, rounded up or down. Examples without a label (−1) are a class
    /// of their own. Null (the default) to look at no labels.</param>
    /// <returns>k pairs; the examples of one are copied when it is reached, and every pass over them gives the same.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two folds, or more than examples.</exception>
    /// <exception cref="ArgumentException">There is no such field of labels.</exception>
    public IEnumerable<(Dataset Train, Dataset Validation)> KFold(int folds, RandomSource random, string? stratifyBy = null)
    {
        if (folds < 2 || folds > Count)
            throw new ArgumentOutOfRangeException(nameof(folds), folds, $"Expected 2 to {Count} folds of a data set of {Count} examples, found {folds}.");
        ReadOnlySpan<long> labels = stratifyBy is null ? default : LabelsOf(stratifyBy, nameof(stratifyBy));
        int[] order = Permutation.Of(Count, random.Fork()), byClass = stratifyBy is null ? order : ByClass(order, labels), foldOf = new int[Count];
        for (int i = 0; i < byClass.Length; i++)
            foldOf[byClass[i]] = i % folds;
        return Enumerable.Range(0, folds).Select(fold => (Select(Array.FindAll(order, row => foldOf[row] != fold)), Select(Array.FindAll(order, row => foldOf[row] == fold))));
    }

    private void CheckCanSplit()
    {
        if (Count < 2)
            throw new InvalidOperationException("A data set of one example cannot be split into two parts.");
    }

    private int SizeOfFirst(double fraction) => Math.Clamp((int)Math.Round(fraction * Count), 1, Count - 1);

    private ReadOnlySpan<long> LabelsOf(string field, string argument)
    {
        Column? column = Array.Find(columns, column => column.Field.Name == field);
        return column is DenseColumn<long> { Field: { Classes: > 0, Shape.Rank: 0 } } labels ? labels.Content.Span : throw new ArgumentException(
            $"Expected a field \"{field}\" with one class label for each example, found {(column is null ? $"the fields {string.Join(", ", columns.Select(other => $"\"{other.Field.Name}\""))}" : column.Field)}.",
            argument);
    }

    /// <summary>Class after class, the rows of each as they were.</summary>
    private static int[] ByClass(int[] order, ReadOnlySpan<long> labels)
    {
        long[] keys = new long[order.Length];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = labels[order[i]];
        int[] places = [.. Enumerable.Range(0, order.Length).OrderBy(i => keys[i])];
        return Array.ConvertAll(places, place => order[place]);
    }
}
