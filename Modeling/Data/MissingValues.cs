namespace Toolkit.Modeling.Data;

/// <summary>What to do about a feature that is missing in a table.</summary>
public enum MissingValues
{
    /// <summary>Stop with an error that names line and column: the default.</summary>
    Refuse,

    /// <summary>Leave out the whole row.</summary>
    SkipRow,

    /// <summary>Put 0 in its place.</summary>
    Zero,

    /// <summary>Put the mean of the column's present values in its place, or what <see cref="CsvOptions.Means"/> says; see <see cref="CsvOptions.WithMeans"/> for a test set.</summary>
    Mean,
}
