namespace Toolkit.Modeling.Data;

/// <summary>A field of the examples that a table holds, from one of its columns or several: <c>CsvField.Category("place", "city")</c>, <c>CsvField.Numbers("sizes", "area", "rooms")</c>.</summary>
public sealed record CsvField
{
    private CsvField(string name, IReadOnlyList<CsvColumn> columns)
    {
        Name = name;
        Columns = columns;
    }

    /// <summary>The name by which models, losses and metrics read it; "weight" says how much each row counts.</summary>
    public string Name { get; }

    /// <summary>The columns of the table.</summary>
    public IReadOnlyList<CsvColumn> Columns { get; private init; }

    /// <summary>The texts of a category or a label in the order of their numbers. By default (null) they are the texts found in the file, in numeric order if all of them are whole
    /// numbers, else in ordinal order; a text that is not among names that are given is an error. A test set takes those of its training set
    /// (<see cref="CsvOptions.WithNames"/>).</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Of numbers, under <see cref="MissingValues.Mean"/>: what takes the place of a missing one in each column; null (the default) for the mean of the column in the file. A test set takes those of
    /// its training set (<see cref="CsvOptions.WithMeans"/>).</summary>
    public IReadOnlyList<float>? Means { get; init; }

    /// <summary>The axis of the words of a text.</summary>
    internal string WordAxis => $"{Name}_words";

    /// <summary>Whether a category takes texts that are not among its names, all under the number after the last name; false by default.</summary>
    public bool TakesOthers { get; init; }

    /// <summary>Whether a row without a value is left out or refused even if <see cref="CsvOptions.Missing"/> puts something in its place; true for labels, false by default.</summary>
    public bool Required { get; init; }

    /// <summary>The most words that a text is read in, the most frequent ones; 5,000 by default.</summary>
    public int MostWords { get; init => field = Settings.AtLeastOne(value); } = 5000;

    internal bool IsNumeric { get; private init; }

    internal bool IsText { get; private init; }

    internal bool IsLabel { get; private init; }

    /// <summary>Numbers, float32 [columns].</summary>
    /// <param name="name">The name of the field.</param>
    /// <param name="columns">The columns, at least one.</param>
    /// <exception cref="ArgumentException">There are no columns.</exception>
    public static CsvField Numbers(string name, params ReadOnlySpan<CsvColumn> columns) => columns.IsEmpty
        ? throw new ArgumentException($"Expected at least one column for the field \"{name}\", found none.", nameof(columns))
        : new(name, columns.ToArray()) { IsNumeric = true };

    /// <summary>A number, float32 [].</summary>
    /// <param name="name">The name of the field.</param>
    /// <param name="column">The column.</param>
    public static CsvField Number(string name, CsvColumn column) => new(name, [column]) { IsNumeric = true, IsScalar = true };

    /// <summary>The number of a text, int64 [], as an <see cref="Modules.Embedding"/> reads it. A value that is missing is the text "", if <see cref="CsvOptions.Missing"/> puts anything in
    /// its place.</summary>
    /// <param name="name">The name of the field.</param>
    /// <param name="column">The column.</param>
    public static CsvField Category(string name, CsvColumn column) => new(name, [column]) { IsScalar = true };

    /// <summary>The numbers of the words of a text, int64 ["name_words"] as an <see cref="Modules.Embedding"/> and a recurrent layer read them. Words stand between white space; case (of a whole word, or of its
    /// first letter) and a mark .,;:!? behind it do not count. The words of a table have the numbers from 0 on, the most frequent first; then come the number of all others, and that of the mark with
    /// which every text begins, so that none is empty. A value that is missing is a text without words.</summary>
    /// <param name="name">The name of the field.</param>
    /// <param name="column">The column.</param>
    public static CsvField Words(string name, CsvColumn column) => new(name, [column]) { IsText = true, TakesOthers = true };

    /// <summary>The class of a text, int64 [], as losses and metrics read it.</summary>
    /// <param name="name">The name of the field.</param>
    /// <param name="column">The column.</param>
    public static CsvField Label(string name, CsvColumn column) => new(name, [column]) { IsLabel = true, IsScalar = true, Required = true };

    internal bool IsScalar { get; private init; }

    /// <summary>The same field of other columns.</summary>
    internal CsvField At(IReadOnlyList<CsvColumn> columns) => this with { Columns = columns };
}
