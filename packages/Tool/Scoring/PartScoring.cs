using System.Text.Json.Nodes;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributed;
using Toolkit.Mpi;
using Toolkit.OnnxExport.Serving;
using Toolkit.Tables;
using Toolkit.Tool.Data;
using Toolkit.Tool.Reporting;

namespace Toolkit.Tool.Scoring;

/// <summary>Scores a table of any size part by part, alone or as one of the processes that a launcher has started.</summary>
/// <param name="Table">The table.</param>
/// <param name="Model">The .onnx file.</param>
/// <param name="Folder">The folder of the parts.</param>
/// <param name="Data">What only the user knows of the table.</param>
/// <param name="Keep">The columns that stand beside the scores.</param>
/// <param name="Threads">The threads of this process.</param>
internal sealed record PartScoring(string Table, string Model, string Folder, DataOptions Data, IReadOnlyList<string> Keep, int Threads)
{
    public Report Run(Progress progress, CancellationToken cancellation)
    {
        TableScoringOptions options = Options() with { Progress = new PartLine(progress) };
        if (!MpiGroup.IsLaunched)
            return Run(options, cancellation);
        Report? report = null;
        MpiGroup.Run(group =>
        {
            report = Run(options with { Group = group, Progress = group.Rank == 0 ? options.Progress : null }, cancellation);
            return 0;
        });
        return report!;
    }

    private Report Run(TableScoringOptions options, CancellationToken cancellation)
    {
        TableScores scores = TableScorer.Score(Table, Model, Folder, options, cancellation);
        return new Report(new JsonObject { ["rows"] = scores.NewRows, ["newParts"] = scores.NewParts, ["parts"] = scores.Parts, ["folder"] = Folder }) { IsShownElsewhere = options.Group.Rank > 0 };
    }

    private TableScoringOptions Options()
    {
        using OnnxSession session = OnnxSession.Load(Model);
        ModelData? known = ModelData.Of(session.Metadata);
        if (known is { Columns.Count: 0 })
            throw new DataException($"Expected images, which the model was trained on, found the table '{Table}'.");
        string[] columns = known is null ? Others(session) : [.. known.Columns.Select(column => column.Name)];
        return new TableScoringOptions
        {
            Inputs = Inputs(session, columns),
            Categories = known?.Columns.Where(column => column.Names is not null).ToDictionary(column => column.Name, column => column.Names!) ?? [],
            Classes = known?.Classes is { } classes ? new Dictionary<string, IReadOnlyList<string>> { [session.Outputs[0].Name] = classes } : [],
            Keep = Keep,
            AllowMissing = true,
            Threads = Threads,
            Csv = Tool.Data.Table.Format(Table, Data.Separator),
        };
    }

    /// <summary>All columns in one input, or each in an input of its own, as <see cref="TableRows"/> has them.</summary>
    private static Dictionary<string, IReadOnlyList<string>> Inputs(OnnxSession session, string[] columns) => session.Inputs is [var only] ? new() { [only.Name] = columns }
        : session.Inputs.Count == columns.Length ? session.Inputs.Zip(columns).ToDictionary(pair => pair.First.Name, pair => (IReadOnlyList<string>)[pair.Second])
        : throw new DataException($"Expected an input for each of {columns.Length} columns, or one for all, found the inputs {string.Join(", ", session.Inputs)}.");

    /// <summary>The columns that a model of another program reads.</summary>
    private string[] Others(OnnxSession session)
    {
        IReadOnlyList<string> names = Tool.Data.Table.Texts(Table, Data.Separator).FirstOrDefault()?.Fields ?? throw new DataException($"'{Table}' is empty.");
        if (Data.Ignored.Concat(Keep).FirstOrDefault(name => !names.Contains(name)) is { } unknown)
            throw new DataException($"'{Table}' has no column '{unknown}'; its columns are {string.Join(", ", names.Select(name => $"'{name}'"))}.");
        if (session.Inputs.Count > 1 && session.Inputs.All(input => names.Contains(input.Name)))
            return [.. session.Inputs.Select(input => input.Name)];
        return [.. names.Except(Data.Ignored).Except(Keep)];
    }

    /// <summary>A line for each part. Unlike <see cref="Progress{T}"/>, it writes before the next part is done.</summary>
    private sealed class PartLine(Progress progress) : IProgress<TableScores>
    {
        public void Report(TableScores value) => progress.Show($"{value.NewParts} new parts, {value.NewRows} rows");
    }
}
