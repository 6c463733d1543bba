using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>A column that is made of another one, row by row. Under the name of a column that is there it stands for that one.</summary>
/// <param name="name">Its name.</param>
/// <param name="source">The column that it is made of.</param>
internal abstract class AddedColumn(string name, string source)
{
    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>The column that it is made of.</summary>
    public string Source => source;

    /// <summary>The columns with this one behind them.</summary>
    public DataViewSchema AddTo(DataViewSchema schema)
    {
        DataViewSchema.Column from = SourceIn(schema);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(schema);
        builder.AddColumn(name, TypeFor(from), AnnotationsFor(from));
        return builder.ToSchema();
    }

    /// <summary>The column that this one is made of.</summary>
    /// <exception cref="Scoring.ScoringException">There is none.</exception>
    public DataViewSchema.Column SourceIn(DataViewSchema schema) => schema.GetColumnOrNull(source)
        ?? throw new Scoring.ScoringException($"Expected a column \"{source}\", found {string.Join(", ", schema.Select(c => $"\"{c.Name}\""))}.");

    /// <summary>What reads it from rows of the source.</summary>
    /// <param name="row">The rows, in which the column that it is made of is active.</param>
    public abstract Delegate Getter(DataViewRow row);

    /// <summary>Its type.</summary>
    /// <param name="from">The column that it is made of.</param>
    protected abstract DataViewType TypeFor(DataViewSchema.Column from);

    /// <summary>Its annotations; none by default.</summary>
    /// <param name="from">The column that it is made of.</param>
    protected virtual DataViewSchema.Annotations? AnnotationsFor(DataViewSchema.Column from) => null;
}
