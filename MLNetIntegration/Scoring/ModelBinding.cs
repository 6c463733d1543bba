using Microsoft.ML;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>A model matched to the columns of a schema: what fills its inputs, the sizes that follow, the columns it adds.</summary>
internal sealed class ModelBinding
{
    public ModelBinding(OnnxSession session, DataViewSchema schema, ScoreOnnxOptions options, IReadOnlyList<ClassLabels?> labels)
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

    /// <summary>The options for the same model with inputs and outputs renamed, which give the same columns.</summary>
    /// <param name="names">The new names by the old ones.</param>
    public ScoreOnnxOptions OptionsWith(IReadOnlyDictionary<string, string> names) => Options with
    {
        Inputs = Inputs.ToDictionary(i => New(names, i.Input.Name), i => (IReadOnlyList<string>)[.. i.Columns.Select(c => c.Name)], StringComparer.Ordinal),
        Outputs = Columns.OfType<OutputColumn>().ToDictionary(o => New(names, o.Tensor.Name), o => o.Name, StringComparer.Ordinal),
        SelectedOutputs = Options.SelectedOutputs is { } selected ? [.. selected.Select(s => New(names, s))] : null,
        SlotNames = Options.SlotNames.ToDictionary(s => New(names, s.Key), s => s.Value, StringComparer.Ordinal),
        Dimensions = Options.Dimensions.ToDictionary(d => NewDimension(d.Key, names), d => d.Value, StringComparer.Ordinal),
        Predictions = [.. Options.Predictions.Select(p => p.Output is { } output ? p with { Output = New(names, output) } : p)],
    };

    private static string New(IReadOnlyDictionary<string, string> names, string name) => names.GetValueOrDefault(name, name);

    /// <summary>A dimension without a name is called after its tensor and axis, "x.2".</summary>
    private static string NewDimension(string symbol, IReadOnlyDictionary<string, string> names) =>
        symbol.LastIndexOf('.') is > 0 and var dot && names.TryGetValue(symbol[..dot], out string? name) ? name + symbol[dot..] : symbol;
}
