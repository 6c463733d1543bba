using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>An output of a model, which becomes columns.</summary>
/// <param name="Output">The output.</param>
/// <param name="Classes">The names of its classes; null where it has none.</param>
internal sealed record NamedOutput(TensorDescription Output, IReadOnlyList<string>? Classes)
{
    /// <summary>New columns: that of the class, if there are classes, and one for each element of a row.</summary>
    public IEnumerable<ScoreColumn> Columns()
    {
        int width = ScoreLayout.Width(Output);
        IEnumerable<string> names = Classes is not null ? Classes.Select(name => $"{Output.Name}.{name}")
            : width == 1 ? [Output.Name]
            : Enumerable.Range(0, width).Select(i => FormattableString.Invariant($"{Output.Name}.{i}"));
        IEnumerable<ScoreColumn> elements = names.Select((name, offset) => new ScoreColumn(TableColumn.Of(name, Output.ElementType), offset));
        return Classes is null ? elements : elements.Prepend(new ScoreColumn(new ClassColumn(Output.Name, Classes), 0));
    }
}

/// <summary>A column of what a model gives.</summary>
/// <param name="Column">The column.</param>
/// <param name="Offset">The place of its element in a row of the output, the first for a column that reads the whole row.</param>
internal sealed record ScoreColumn(TableColumn Column, int Offset);
