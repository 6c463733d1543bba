using Microsoft.ML;
using Toolkit.MLNetIntegration.Data;
using Toolkit.Modeling.Data;

namespace Toolkit.MLNetIntegration;

/// <summary>Extends <see cref="MLContext.Data"/> by the data of the toolkit.</summary>
public static class DataCatalog
{
    /// <summary>
    /// Rows of ML.NET from examples: a column for each field, of the field's name. Numbers become Single, Double, Boolean or the integer of their type, alone, in a vector, or, for a field with a ragged axis, in a
    /// vector of variable length; class labels become keys, from 1, whose key values are the names of the classes or, where those have none, their numbers; a label that is missing (−1) is the missing key.
    /// </summary>
    /// <param name="catalog">The catalog, <c>mlContext.Data</c>.</param>
    /// <param name="examples">The examples; passed over once for each cursor, in the order in which they stand.</param>
    /// <exception cref="NotSupportedException">A field has an element type that ML.NET has no column for.</exception>
    public static IDataView LoadFromDataset(this DataOperationsCatalog catalog, IDataSource examples) => new ExampleView(examples);

    /// <summary>
    /// Examples from rows of ML.NET, read once into memory: the joined feature columns are "input"; a label that is a key or Boolean is the class "target" (from 0, with its key values, if they are
    /// texts or numbers, as <see cref="Dataset.ClassNames"/>; a missing key is an error), a label of Single or Double the number "target".
    /// </summary>
    /// <param name="catalog">The catalog, <c>mlContext.Data</c>.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="label">The column of the label.</param>
    /// <param name="features">The columns of features, of Single, alone or in vectors of known length, joined in this order.</param>
    /// <exception cref="ArgumentException">A column is missing or of another type, or there are no columns of features.</exception>
    /// <exception cref="DataException">There are no rows, a number is NaN or infinite, or a label is missing.</exception>
    public static Dataset ToDataset(this DataOperationsCatalog catalog, IDataView rows, string label, params IReadOnlyList<string> features) => RowReader.Read(rows, label, features);
}
