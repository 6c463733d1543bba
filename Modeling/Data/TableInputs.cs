using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Texts;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>The columns of a table as inputs of a computation, and fields made of them as a <see cref="CsvFieldLoader"/> makes them.</summary>
/// <param name="options">What was learned of the table.</param>
internal sealed class TableInputs(CsvOptions options)
{
    private readonly List<Variable> all = [];

    /// <summary>The columns that were read, in this order.</summary>
    public IReadOnlyList<Variable> All => all;

    /// <summary>A field, and for words how many each text has.</summary>
    public (Variable Value, Variable? Lengths) Of(CsvField field)
    {
        if (field.IsNumeric)
            return (Numbers(field), null);
        Variable texts = Flat(Column(field.Columns[0], DType.String));
        if (!field.IsText)
            return (Numbered(texts, Places(field), field.Names!.Count), null);
        var table = new WordTable(field.Names!);
        Variable known = texts;
        if (options.MissingMarks.Any(mark => mark.Length > 0) && options.Missing != MissingValues.Refuse)
        {
            foreach (string mark in options.MissingMarks.Where(mark => mark.Length > 0))
                known = Ops.Where(Ops.Equal(known, Text(mark)), Text(""), known);
        }

        IReadOnlyList<Variable> parts = new StringSplit().ApplyAll(new StringConcat().Apply(Text($"{WordTable.Start} "), known));
        return (Numbered(parts[0], table.Numbers, table.Others), parts[1]);
    }

    private Variable Numbers(CsvField field)
    {
        Variable[] columns = [.. field.Columns.Select(column => Column(column, DType.Float32))];
        Variable numbers = columns is [var only] ? only : Ops.Concat(1, columns);
        if (options.Missing is MissingValues.Mean or MissingValues.Zero)
        {
            // NaN alone differs from itself.
            Variable instead = options.Missing == MissingValues.Mean ? Variable.Of(Value.Of([.. field.Means!], 1, columns.Length)) : Variable.Scalar(0, DType.Float32);
            numbers = Ops.Where(Ops.Equal(numbers, numbers), numbers, instead);
        }

        return field.IsScalar ? Flat(numbers) : numbers;
    }

    /// <summary>The number of each text of a category; marks of what is missing stand for the text "".</summary>
    private Dictionary<string, long> Places(CsvField field)
    {
        var places = field.Names!.Select((name, i) => KeyValuePair.Create(name, (long)i)).ToDictionary(StringComparer.Ordinal);
        if (places.TryGetValue("", out long missing))
        {
            foreach (string mark in options.MissingMarks)
                places[mark] = missing;
        }

        return places;
    }

    private Variable Column(CsvColumn column, DType type)
    {
        string name = column.Header;
        if (all.FirstOrDefault(input => input.Name == name) is { } known)
        {
            return known.DType == type ? known
                : throw new ArgumentException($"Expected the column \"{name}\" to be read as numbers or as texts, found a model that reads it as both.", nameof(column));
        }

        all.Add(Variable.Input(name, type, [Field.BatchAxis, 1]));
        return all[^1];
    }

    private static Variable Numbered(Variable texts, IReadOnlyDictionary<string, long> numbers, long others) =>
        new LabelEncoder([.. numbers.Keys], [.. numbers.Values], others).Apply(texts);

    private static Variable Flat(Variable column) => column.Reshape([column.Shape[0]]);

    private static Variable Text(string text) => Variable.Of(Value.Of([text]));
}
