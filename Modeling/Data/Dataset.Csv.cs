namespace Toolkit.Modeling.Data;

/// <content>Loading of tables of text.</content>
public sealed partial class Dataset
{
    /// <summary>Loads a table of text. Each column that is not the label, a target, the weight or ignored is a feature and must hold numbers in
    /// the invariant culture ("0.5", "1e-3"), which are rounded to the nearest float32. Features have the shape [number of such columns]; targets [number of target columns], or
    /// [1] for one. With <see cref="CsvOptions.Fields"/> examples have these fields, and <see cref="Column.Names"/> of a category are its texts.</summary>
    /// <param name="path">The file; unpacked if its name ends in ".gz".</param>
    /// <param name="options">The label, target and weight columns, and how the text is written.</param>
    /// <exception cref="ArgumentException">The options name neither a label nor targets, or both.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataException">The file has no such column, no rows, a row with another number of fields, a field that
    /// is not a finite number, a negative weight, a missing value that the options refuse, or an unknown class; or it is no table at all, as <see cref="CsvFile.Read(string, CsvOptions)"/> says. The
    /// message names line and column.</exception>
    public static Dataset LoadCsv(string path, CsvOptions options) =>
        options.Fields.Count > 0 ? new CsvFieldLoader(path, options).Load() : new CsvLoader(path, options).Load();
}
