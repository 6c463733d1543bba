namespace Toolkit.Modeling.Data;

/// <summary>How a table of text is read as examples. The defaults read comma-separated values with a header line as RFC 4180
/// describes them, every column a feature; say which column is the <see cref="Label"/>, or which are the <see cref="Targets"/>; or name the <see cref="Fields"/>, and nothing else is
/// read.</summary>
public sealed record CsvOptions
{
    /// <summary>The character between fields; a comma by default.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>The character around fields that hold separators, line ends or (doubled) quotes; " by default.</summary>
    public char Quote { get; init; } = '"';

    /// <summary>Whether the first line names the columns; true by default.</summary>
    public bool HasHeader { get; init; } = true;

    /// <summary>Whether white space around fields without quotes is dropped; true by default.</summary>
    public bool Trim { get; init; } = true;

    /// <summary>The column with the class of each row, any text; null (the default) if the table has targets instead.</summary>
    public CsvColumn? Label { get; init; }

    /// <summary>The texts of the classes in the order of their labels. By default they are the texts found in the file, in numeric
    /// order if all of them are whole numbers, else in ordinal order. Give the names of the training set when a test set is read, so
    /// that both agree; a text that is not among them is an error.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>The columns with the numbers to predict; none by default.</summary>
    public IReadOnlyList<CsvColumn> Targets { get; init; } = [];

    /// <summary>The column with the weight of each row, a number of at least 0; null (the default) if each row counts once. See <see cref="Dataset.WithWeights"/>.</summary>
    public CsvColumn? Weight { get; init; }

    /// <summary>Columns to pass over; none by default.</summary>
    public IReadOnlyList<CsvColumn> Ignore { get; init; } = [];

    /// <summary>The fields of examples by name, in the place of features, label, targets and weight; none by default.</summary>
    public IReadOnlyList<CsvField> Fields { get; init; } = [];

    /// <summary>Texts that mean "no value"; by default nothing at all, "?" and "NA".</summary>
    public IReadOnlyList<string> MissingMarks { get; init; } = ["", "?", "NA"];

    /// <summary>What to do about a missing feature; an error by default. A missing label, target or weight leaves the row out
    /// under <see cref="MissingValues.SkipRow"/> and is an error otherwise.</summary>
    public MissingValues Missing { get; init; } = MissingValues.Refuse;

    /// <summary>Under <see cref="MissingValues.Mean"/>: what takes the place of a missing number in each feature; null (the default) for the mean of the feature in the file. A test set takes those of its training
    /// set (<see cref="WithMeans"/>): its own would tell the model of rows that it must not know, and a row alone has none.</summary>
    public IReadOnlyList<float>? Means { get; init; }

    /// <summary>The same for another table, whose missing numbers get the means that a data set has: the mean of what was there, if that took the place of what was missing in it.</summary>
    /// <param name="data">What the training set was loaded as.</param>
    public CsvOptions WithMeans(Dataset data) => Fields.Count == 0
        ? this with { Means = FeatureScaling.Fit(data).Mean }
        : this with { Fields = [.. Fields.Select(field => field.IsNumeric && field.Name != DataLayout.Weight ? field with { Means = GapMeans.Of(data, field.Name) } : field)] };

    /// <summary>The same for another table, whose texts get the numbers that they have in a data set.</summary>
    /// <param name="data">What a table was loaded as.</param>
    public CsvOptions WithNames(Dataset data) => this with { Fields = [.. Fields.Select(field => field with { Names = data.Columns.First(column => column.Field.Name == field.Name).Names })] };
}
