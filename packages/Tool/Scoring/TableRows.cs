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
        if (session.Inputs is [var only])
            return [Fill(only, count, rows.Columns.Count, (row, column) => rows.Columns[column][start + row])];
        return session.Inputs.Count == rows.Columns.Count
            ? [.. session.Inputs.Zip(rows.Columns, (input, column) => Fill(input, count, 1, (row, _) => column[start + row]))]
            : throw new DataException($"Expected an input for each of {rows.Columns.Count} columns, or one for all, found the inputs {string.Join(", ", session.Inputs)}.");
    }
}
