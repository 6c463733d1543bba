using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributed;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>How a table is scored. <see cref="Threads"/>, <see cref="MemoryBudget"/>, <see cref="Progress"/> and <see cref="Group"/> change nothing in what is written, the rest does.</summary>
public sealed record TableScoringOptions
{
    /// <summary>
    /// For model inputs: the columns that fill them, joined in this order. An input that is not named here takes the column of its name or, where the model has no other input and the table no such
    /// column, all columns but those of <see cref="Keep"/>.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Inputs { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>
    /// For columns of the table whose texts are categories: the categories that the model knows. The place of a cell among them, counted from 1, goes into the model, and 0 for any other cell and a missing one, as
    /// the keys of ML.NET. A number is known by its text.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Categories { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>
    /// For model outputs of [batch, classes]: the names of the classes. Such an output becomes a column of its name with the class of the highest score, the first of several (empty where a score is NaN), and a column
    /// <c>output.class</c> for the score of each.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Classes { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The model outputs that become columns, in this order; null (the default) for all.</summary>
    public IReadOnlyList<string>? Outputs { get; init; }

    /// <summary>The columns of the table that stand beside the scores, before them, such as the key of a row; none by default.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Whether a missing number (null, NaN, or in CSV one of <see cref="CsvOptions.MissingMarks"/>) goes into the model as NaN and a missing text as the empty one. By default (false) it is an
    /// error, as it always is for integers and truth values.</summary>
    public bool AllowMissing { get; init; }

    /// <summary>The rows that go through the model at once; 1,024 by default. A model that takes one row at a time gets one.</summary>
    public int BatchSize { get; init => field = AtLeastOne(value, nameof(BatchSize)); } = 1024;

    /// <summary>The bytes that rows of the table and their scores may take at any time, beside the program and the model; 512 MiB by default. As many threads work as fit into it, and a table of which not one
    /// row group fits is refused.</summary>
    public long MemoryBudget { get; init => field = AtLeastOne(value, nameof(MemoryBudget)); } = 512L << 20;

    /// <summary>How many threads score groups of rows at a time, each a group of its own; null (the default) for as many as there are processors. As many more may wait until their parts are on the
    /// disk.</summary>
    public int? Threads { get; init => field = value is { } number ? AtLeastOne(number, nameof(Threads)) : null; }

    /// <summary>The bytes of CSV that make a group of rows, and so a part, at least; 4 MiB by default. A Parquet file has groups of its own.</summary>
    public int BlockLength { get; init => field = AtLeastOne(value, nameof(BlockLength)); } = 4 << 20;

    /// <summary>Separator, quote, trimming, header and marks of missing values of a CSV file; the rest is not looked at.</summary>
    public CsvOptions Csv { get; init; } = new();

    /// <summary>Where the model runs. Each operator takes one thread unless <see cref="ServingOptions.IntraOpThreads"/> says otherwise, as groups are scored side by side.</summary>
    public ServingOptions Serving { get; init; } = new();

    /// <summary>Is told after each part how far this process is; null (the default) for nobody. Parts are made side by side, but it is told of one after the other.</summary>
    public IProgress<TableScores>? Progress { get; init; }

    /// <summary>The processes that share the work, of any number; by default this one alone. All must see the folder.</summary>
    public IProcessGroup Group { get; init; } = SingleProcess.Instance;

    private static T AtLeastOne<T>(T value, string name)
        where T : struct, System.Numerics.INumber<T> =>
        value >= T.One ? value : throw new ArgumentOutOfRangeException(name, value, $"Expected at least 1 for {name}, found {value}.");
}
