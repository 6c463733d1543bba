using System.Runtime.InteropServices;
using Toolkit.Modeling.Distributed;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>Scores tables of any size with ONNX models, a group of rows at a time.</summary>
public static class TableScorer
{
    /// <summary>
    /// Scores a table. Each group of rows, a row group of Parquet or a block of lines of CSV, becomes one file of the folder, "part-0000000000.parquet" or "part-0000000000.csv" and so on, with the columns to
    /// keep and the scores, in the order of its rows: read in the order of their names, the parts are the table. An output of one number per row is a column of its name, one of k numbers is the
    /// columns "name.0" to "name.k−1".
    /// </summary>
    /// <remarks>
    /// A part appears whole or not at all. A scoring that was interrupted, even by a kill, goes on when it is called again, with any number of threads and processes: parts that are there are not made
    /// again. The file "_scoring.json" of the folder says what they belong to, and a folder of another model, table (known by its length, its time of last change, and its first and last 64 KiB) or
    /// other options is refused. Bits of a part depend on the model, the options and the processor alone.
    /// </remarks>
    /// <param name="table">The table: a file that ends in ".parquet", or text in UTF-8 that ends in ".csv", ".tsv" or ".txt", also packed (".csv.gz").</param>
    /// <param name="model">The .onnx file. Load only models that you trust. The first dimension of its inputs is the batch, or 1; the others are fixed.</param>
    /// <param name="folder">Where the parts go; made if it is not there.</param>
    /// <param name="options">Columns, memory, threads and processes; null for the defaults.</param>
    /// <param name="cancellation">Ends the work between two groups of rows.</param>
    /// <exception cref="FileNotFoundException">There is no such table or model.</exception>
    /// <exception cref="ArgumentException">Columns and the model's inputs and outputs do not fit, or names are unknown or stand twice.</exception>
    /// <exception cref="Modeling.Data.DataException">The table is damaged, a cell is missing or not what the model takes: the message names the file, the line or row, and the column. Or
    /// the folder holds parts of something else, or a row group needs more memory than the budget.</exception>
    /// <exception cref="ServingException">ONNX Runtime cannot load or run the model.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the parts that are there stay.</exception>
    public static TableScores Score(string table, string model, string folder, TableScoringOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new TableScoringOptions();
        byte[] bytes = ModelBytes(model);
        using OnnxSession session = OnnxSession.Load(bytes, options.Serving.IntraOpThreads > 0 ? options.Serving : options.Serving with { IntraOpThreads = 1 });
        using Table source = Table.Open(table, options);
        var layout = ScoreLayout.Of(session, source.Names, options);
        int threads = source.ThreadsWithin(layout, options);

        var parts = new PartFolder(folder, source.Suffix);
        parts.Begin(ScoringIdentity.Of(bytes, table, options), options.Group);
        using var run = new ScoringRun(source, session, layout, parts, options);
        run.Work(threads, cancellation);
        return Total(options.Group, run);
    }

    /// <summary>The sums over all processes, which have all come to their end when this returns.</summary>
    private static TableScores Total(IProcessGroup group, ScoringRun run)
    {
        long[] own = [run.NewParts, run.NewRows], all = new long[2 * group.Size];
        group.AllGather(MemoryMarshal.AsBytes(own.AsSpan()), MemoryMarshal.AsBytes(all.AsSpan()), new Purpose("end of the scoring"));
        return new TableScores(run.Groups, all.Where((_, i) => i % 2 == 0).Sum(), all.Where((_, i) => i % 2 == 1).Sum());
    }

    private static byte[] ModelBytes(string model)
    {
        if (!File.Exists(model))
            throw new FileNotFoundException($"Expected an ONNX model at \"{model}\", found no file.", model);
        try
        {
            return ExternalTensors.Embed(File.ReadAllBytes(model), Path.GetDirectoryName(Path.GetFullPath(model)));
        }
        catch (FormatException e)
        {
            throw new ServingException(e.Message, e);
        }
    }
}
