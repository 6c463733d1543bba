using Microsoft.ML;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The columns that fill one input of the model.</summary>
internal sealed record InputColumns(TensorDescription Input, IReadOnlyList<DataViewSchema.Column> Columns)
{
    /// <summary>The axes of one row, without the batch.</summary>
    public Dim[] RowAxes { get; } = [.. Input.Shape.Skip(1)];

    /// <summary>The number of elements of a row that the columns tell, or null if one is a vector of variable length.</summary>
    public int? FixedLength { get; } = Columns.Any(c => ColumnTypes.Length(c.Type) == 0) ? null : Columns.Sum(c => ColumnTypes.Length(c.Type));

    /// <summary>The elements of a row of the model input, or null if an axis is not in the sizes.</summary>
    public int? RowLength(IReadOnlyDictionary<string, int> sizes) => RowAxes.All(a => a.Symbols.All(s => sizes.ContainsKey(s.Name)))
        ? RowAxes.Aggregate(1, (product, a) => checked(product * a.Evaluate(sizes)))
        : null;

    public override string ToString() =>
        $"{Input}, filled by {string.Join(", ", Columns.Select(c => $"\"{c.Name}\" of type {c.Type}"))}";

    /// <summary>Chooses the columns of every input.</summary>
    public static IReadOnlyList<InputColumns> Choose(OnnxSession session, DataViewSchema schema, ScoreOnnxOptions options)
    {
        foreach (string name in options.Inputs.Keys)
        {
            if (session.Inputs.All(i => i.Name != name))
            {
                throw new ScoringException(
                    $"The options name the model input \"{name}\", but the model's inputs are {Names(session.Inputs.Select(i => i.Name))}.");
            }
        }

        HashSet<string> batch = BatchAxis.Symbols(session);
        foreach (TensorDescription input in session.Inputs)
        {
            BatchAxis.RequireFirst(input, batch);
        }

        return [.. session.Inputs.Select(input => new InputColumns(input, Choose(input, session.Inputs.Count == 1, schema, options)))];
    }

    private static DataViewSchema.Column[] Choose(TensorDescription input, bool single, DataViewSchema schema, ScoreOnnxOptions options)
    {
        if (options.Inputs.TryGetValue(input.Name, out IReadOnlyList<string>? names))
        {
            return names.Count > 0
                ? [.. names.Select(n => Checked(input, schema.GetColumnOrNull(n) ?? throw Missing(input, n, schema)))]
                : throw new ScoringException($"Expected at least one column for the model input {input}, found none in ScoreOnnxOptions.Inputs.");
        }

        DataViewSchema.Column[] visible = [.. schema.Where(c => !c.IsHidden)];
        DataViewSchema.Column[] named = [.. visible.Where(c => string.Equals(c.Name, input.Name, StringComparison.OrdinalIgnoreCase))];
        if (named.Length > 0)
        {
            return [Checked(input, named.FirstOrDefault(c => c.Name == input.Name, named[0]))];
        }

        int? length = new InputColumns(input, []).RowLength(options.Dimensions);
        DataViewSchema.Column[] fitting = single
            ? [.. visible.Where(c => ColumnTypes.Fits(c.Type, input) && (length is null || ColumnTypes.Length(c.Type) == length))]
            : [];
        return fitting.Length switch
        {
            1 => fitting,
            0 => throw Missing(input, input.Name, schema),
            _ => throw new ScoringException(
                $"Several columns could fill the model input {input}: {Names(fitting.Select(c => c.Name))}. Name one in ScoreOnnxOptions.Inputs."),
        };
    }

    private static DataViewSchema.Column Checked(TensorDescription input, DataViewSchema.Column column) =>
        ColumnTypes.Fits(column.Type, input)
            ? column
            : throw new ScoringException(
                $"The model input {input} expects a column of {ColumnTypes.Of(input)}, found \"{column.Name}\" of type {column.Type}.");

    private static ScoringException Missing(TensorDescription input, string name, DataViewSchema schema) => new(
        $"The model input {input} expects a column \"{name}\" of {ColumnTypes.Of(input)}, found the columns " +
        $"{string.Join(", ", schema.Where(c => !c.IsHidden).Select(c => $"\"{c.Name}\" ({c.Type})"))}.");

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"\"{n}\""));
}
