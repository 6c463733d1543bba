using Microsoft.ML;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>A model matched to the columns of a schema: what fills its inputs, the sizes that follow, the columns it adds.</summary>
internal sealed class ModelBinding
{
    public ModelBinding(OnnxSession session, DataViewSchema schema, ScoreOnnxOptions options, ClassLabels? labels)
    {
        Options = options;
        Inputs = InputColumns.Choose(session, schema, options);
        Sizes = InputSizes.Of(session, Inputs, options);
        Columns = ScoreColumns.Of(session, options, Sizes, labels);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(schema);
        foreach (ScoreColumn column in Columns)
        {
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        }

        Schema = builder.ToSchema();
    }

    public ScoreOnnxOptions Options { get; }

    public IReadOnlyList<InputColumns> Inputs { get; }

    public IReadOnlyDictionary<string, int> Sizes { get; }

    public IReadOnlyList<ScoreColumn> Columns { get; }

    /// <summary>The schema with the columns added.</summary>
    public DataViewSchema Schema { get; }

    /// <summary>The columns that the model reads.</summary>
    public IEnumerable<DataViewSchema.Column> Sources => Inputs.SelectMany(i => i.Columns).DistinctBy(c => c.Index);
}
