using System.Runtime.InteropServices;

namespace Toolkit.Modeling.Data;

/// <content>Data sets from arrays of two axes and from objects.</content>
public sealed partial class Dataset
{
    /// <summary>A data set for classification, an example for each row. The features are copied, the labels are taken over.</summary>
    /// <param name="features">The features, [examples, features].</param>
    /// <param name="labels">The class of each example, from 0 to <paramref name="classCount"/> − 1.</param>
    /// <param name="classCount">The number of classes.</param>
    /// <param name="classNames">The name of each class; null (the default) for none.</param>
    /// <param name="allowUnlabelled">Whether −1 stands for an example without a label; false by default.</param>
    /// <exception cref="ArgumentException">There is another number of labels than rows, or there are no examples or features.</exception>
    /// <exception cref="DataException">A label is out of range, or a feature is NaN or infinite.</exception>
    public static Dataset FromLabels(float[,] features, long[] labels, int classCount, IReadOnlyList<string>? classNames = null, bool allowUnlabelled = false)
    {
        CheckTable(features, nameof(features));
        return labels.Length == features.GetLength(0)
            ? FromLabels(Flat(features).ToArray(), [features.GetLength(1)], labels, classCount, classNames, allowUnlabelled)
            : throw new ArgumentException($"Expected {features.GetLength(0)} labels for features [{features.GetLength(0)}, {features.GetLength(1)}], found {labels.Length}.", nameof(labels));
    }

    /// <summary>A data set for regression, an example for each row. The numbers are copied.</summary>
    /// <param name="features">The features, [examples, features].</param>
    /// <param name="targets">The targets, [examples, targets].</param>
    /// <exception cref="ArgumentException">The arrays have different numbers of rows, or no rows or columns.</exception>
    /// <exception cref="DataException">A feature or target is NaN or infinite.</exception>
    public static Dataset FromTargets(float[,] features, float[,] targets)
    {
        CheckTable(features, nameof(features));
        CheckTable(targets, nameof(targets));
        return targets.GetLength(0) == features.GetLength(0)
            ? FromTargets(Flat(features).ToArray(), [features.GetLength(1)], Flat(targets).ToArray(), [targets.GetLength(1)])
            : throw new ArgumentException($"Expected {features.GetLength(0)} rows of targets, as of features, found [{targets.GetLength(0)}, {targets.GetLength(1)}].", nameof(targets));
    }

    /// <summary>A data set for classification from objects: <c>Dataset.FromObjects(flowers, flower => [flower.Length, flower.Width], flower => flower.Kind, classCount: 3)</c>.</summary>
    /// <typeparam name="T">The type of the objects.</typeparam>
    /// <param name="items">The objects, an example for each; read once.</param>
    /// <param name="features">The features of an object, as many for each; copied.</param>
    /// <param name="label">The class of an object, from 0 to <paramref name="classCount"/> − 1.</param>
    /// <param name="classCount">The number of classes.</param>
    /// <param name="classNames">The name of each class; null (the default) for none.</param>
    /// <exception cref="ArgumentException">There are no objects, or they have no features.</exception>
    /// <exception cref="DataException">An object has another number of features than the first, a label is out of range, or a feature is NaN or infinite.</exception>
    public static Dataset FromObjects<T>(IEnumerable<T> items, Func<T, float[]> features, Func<T, long> label, int classCount, IReadOnlyList<string>? classNames = null)
    {
        List<float[]> rows = [];
        List<long> labels = [];
        foreach (T item in items)
        {
            rows.Add(features(item));
            labels.Add(label(item));
        }

        CheckObjects(rows.Count, nameof(items));
        (float[] numbers, int width) = Joined(rows, nameof(features));
        return FromLabels(numbers, [width], [.. labels], classCount, classNames);
    }

    /// <summary>A data set for regression from objects: <c>Dataset.FromObjects(flats, flat => [flat.Size, flat.Floor], flat => [flat.Rent])</c>.</summary>
    /// <typeparam name="T">The type of the objects.</typeparam>
    /// <param name="items">The objects, an example for each; read once.</param>
    /// <param name="features">The features of an object, as many for each; copied.</param>
    /// <param name="targets">The targets of an object, as many for each; copied.</param>
    /// <exception cref="ArgumentException">There are no objects, or they have no features or targets.</exception>
    /// <exception cref="DataException">An object has another number of features or targets than the first, or one is NaN or infinite.</exception>
    public static Dataset FromObjects<T>(IEnumerable<T> items, Func<T, float[]> features, Func<T, float[]> targets)
    {
        List<float[]> rows = [], aims = [];
        foreach (T item in items)
        {
            rows.Add(features(item));
            aims.Add(targets(item));
        }

        CheckObjects(rows.Count, nameof(items));
        (float[] numbers, int width) = Joined(rows, nameof(features));
        (float[] sought, int length) = Joined(aims, nameof(targets));
        return FromTargets(numbers, [width], sought, [length]);
    }

    private static void CheckObjects(int count, string items)
    {
        if (count == 0)
            throw new ArgumentException("The data set is empty: expected at least one object.", items);
    }

    /// <summary>The rows behind each other, and how long each is.</summary>
    private static (float[] Numbers, int Width) Joined(List<float[]> rows, string what)
    {
        int width = rows[0].Length;
        if (width == 0)
            throw new ArgumentException($"Expected at least one number of {what} for each object, found none for the first.", what);
        int other = rows.FindIndex(row => row.Length != width);
        return other < 0 ? ([.. rows.SelectMany(row => row)], width) : throw new DataException(
            $"Expected {width} {what} for each object, as for the first, found {rows[other].Length} for object {other} (counted from 0).");
    }

    private static void CheckTable(float[,] table, string what)
    {
        if (table.Length == 0)
            throw new ArgumentException($"Expected {what} of at least one row and one column, found [{table.GetLength(0)}, {table.GetLength(1)}].", what);
    }

    /// <summary>The numbers of an array that is not empty, row after row.</summary>
    private static ReadOnlySpan<float> Flat(float[,] table) => MemoryMarshal.CreateReadOnlySpan(ref table[0, 0], table.Length);
}
