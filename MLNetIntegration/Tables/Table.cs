namespace Toolkit.Tables;

/// <summary>A table in a file, in groups of rows.</summary>
/// <param name="path">The file.</param>
internal abstract class Table(string path) : IDisposable
{
    public string Path => path;

    /// <summary>The names of the columns.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>How the name of a part ends.</summary>
    public abstract string Suffix { get; }

    /// <summary>How many groups have been handed out or passed over.</summary>
    public abstract int Groups { get; }

    /// <summary>Opens a table by the end of its name.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">The name ends in another way.</exception>
    public static Table Open(string path, TableScoringOptions options)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"Expected a table at \"{path}\", found no file.", path);
        string name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return System.IO.Path.GetExtension(name).ToUpperInvariant() switch
        {
            ".PARQUET" when name == path => ParquetTable.Open(path),
            ".CSV" or ".TSV" or ".TXT" => new CsvTable(path, options),
            _ => throw new ArgumentException($"Expected a table whose name ends in \".parquet\", \".csv\", \".tsv\" or \".txt\", found \"{path}\".", nameof(path)),
        };
    }

    /// <summary>How many threads may each hold a group of rows.</summary>
    /// <exception cref="Modeling.Data.DataException">Not even one may.</exception>
    public abstract int ThreadsWithin(ScoreLayout layout, TableScoringOptions options);

    /// <summary>What one thread reads with.</summary>
    public abstract GroupReader CreateReader(ScoreLayout layout, TableScoringOptions options);

    /// <summary>Writes a part.</summary>
    public abstract void Write(Stream stream, IReadOnlyList<TableColumn> columns);

    public abstract void Dispose();
}
