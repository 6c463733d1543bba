using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.OnnxExport.Serving;
using Toolkit.Tool.Data;

namespace Toolkit.Tool.Scoring;

/// <summary>Rows of a table: all columns are the one input of a model, or each is an input of its own.</summary>
internal sealed class TableRows(EncodedRows rows) : ScoringRows
{
    public override int Count => rows.Count;

    public override Value[] Inputs(OnnxSession session, int start, int count)
    {
        if (session.Inputs is [var only] && !IsText(only))
            return [Fill(only, count, rows.Columns.Count, (row, column) => rows.Columns[column][start + row])];
        return session.Inputs.Count == rows.Columns.Count
            ? [.. session.Inputs.Select((input, i) => IsText(input) ? Fill(input, rows.Texts[i].AsSpan(start, count)) : Fill(input, count, 1, (row, _) => rows.Columns[i][start + row]))]
            : throw new DataException($"Expected an input for each of {rows.Columns.Count} columns, or one for all, found the inputs {string.Join(", ", session.Inputs)}.");
    }

    /// <summary>The columns of a model that are inputs of texts, each of its own, by their place among the inputs.</summary>
    public static IReadOnlySet<string> Texts(OnnxSession session, IReadOnlyList<TableColumn> columns) => session.Inputs.Count != columns.Count ? new HashSet<string>()
        : session.Inputs.Zip(columns).Where(pair => IsText(pair.First)).Select(pair => pair.Second.Name).ToHashSet(StringComparer.Ordinal);

    private static bool IsText(TensorDescription input) => input.Type.DType == DType.String;
}
