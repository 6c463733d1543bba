using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The columns that fill one input of the model.</summary>
internal sealed record InputColumns(TensorDescription Input, int RowLength, IReadOnlyList<DataViewSchema.Column> Columns)
{
    /// <summary>Matches every input of a model to columns.</summary>
    public static IReadOnlyList<InputColumns> Match(OnnxSession session, DataViewSchema schema, ScoreOnnxOptions options)
    {
        foreach (string name in options.Inputs.Keys)
        {
            if (session.Inputs.All(i => i.Name != name))
            {
                throw new ScoringException(
                    $"The options name the model input \"{name}\", but the model's inputs are {Names(session.Inputs.Select(i => i.Name))}.");
            }
        }

        return [.. session.Inputs.Select(input => Match(input, session.Inputs.Count == 1, schema, options))];
    }

    private static InputColumns Match(TensorDescription input, bool single, DataViewSchema schema, ScoreOnnxOptions options)
    {
        int rowLength = RowLengthOf(input);
        if (options.Inputs.TryGetValue(input.Name, out IReadOnlyList<string>? names))
        {
            return Check(input, rowLength, [.. names.Select(n => schema.GetColumnOrNull(n) ?? throw Missing(input, rowLength, n, schema))]);
        }

        DataViewSchema.Column[] visible = [.. schema.Where(c => !c.IsHidden)];
        DataViewSchema.Column[] named = [.. visible.Where(c => string.Equals(c.Name, input.Name, StringComparison.OrdinalIgnoreCase))];
        if (named.Length > 0)
        {
            return Check(input, rowLength, [named.FirstOrDefault(c => c.Name == input.Name, named[0])]);
        }

        DataViewSchema.Column[] fitting = single
            ? [.. visible.Where(c => ColumnTypes.Item(c.Type).Equals(ColumnTypes.Of(input.Type.DType)) && ColumnTypes.Length(c.Type) == rowLength)]
            : [];
        return fitting.Length switch
        {
            1 => new InputColumns(input, rowLength, fitting),
            0 => throw Missing(input, rowLength, input.Name, schema),
            _ => throw new ScoringException(
                $"Several columns could fill the model input {Describe(input, rowLength)}: {Names(fitting.Select(c => c.Name))}. " +
                "Name one in ScoreOnnxOptions.Inputs."),
        };
    }

    private static InputColumns Check(TensorDescription input, int rowLength, DataViewSchema.Column[] columns)
    {
        PrimitiveDataViewType expected = ColumnTypes.Of(input.Type.DType);
        int total = 0;
        foreach (DataViewSchema.Column column in columns)
        {
            if (!ColumnTypes.Item(column.Type).Equals(expected))
            {
                throw new ScoringException(
                    $"The model input {Describe(input, rowLength)} expects a column of {expected}, found \"{column.Name}\" of type {column.Type}.");
            }

            total = total < 0 || ColumnTypes.Length(column.Type) == 0 ? -1 : total + ColumnTypes.Length(column.Type);
        }

        if (total >= 0 ? total != rowLength : columns.Length > 1)
        {
            throw new ScoringException(
                $"The model input {Describe(input, rowLength)} expects {rowLength} numbers per row, found " +
                $"{(total < 0 ? "a variable number" : total)} in {string.Join(", ", columns.Select(c => $"\"{c.Name}\" of type {c.Type}"))}.");
        }

        return new InputColumns(input, rowLength, columns);
    }

    private static int RowLengthOf(TensorDescription input)
    {
        Shape shape = input.Type.Shape;
        if (shape.Rank == 0 || (shape[0].IsStatic && shape[0].Size != 1) || !shape.Skip(1).All(d => d.IsStatic))
        {
            throw new ScoringException(
                $"Expected a model input whose first dimension is the batch (symbolic, or 1) and whose others are known, found \"{input.Name}\" of type {input.Type}.");
        }

        return shape.Skip(1).Aggregate(1, (product, d) => product * d.Size);
    }

    private static ScoringException Missing(TensorDescription input, int rowLength, string name, DataViewSchema schema) => new(
        $"The model input {Describe(input, rowLength)} expects a column \"{name}\", found the columns " +
        $"{string.Join(", ", schema.Where(c => !c.IsHidden).Select(c => $"\"{c.Name}\" ({c.Type})"))}.");

    private static string Describe(TensorDescription input, int rowLength) =>
        $"\"{input.Name}\" ({input.Type}, {rowLength} numbers of type {ColumnTypes.Of(input.Type.DType)} per row)";

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"\"{n}\""));
}
