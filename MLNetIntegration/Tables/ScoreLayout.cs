using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>The columns that fill an input of a model.</summary>
/// <param name="Input">The input.</param>
/// <param name="Columns">The places of the columns in the table.</param>
internal sealed record FilledInput(TensorDescription Input, IReadOnlyList<int> Columns);

/// <summary>Which columns go where.</summary>
/// <param name="Inputs">For each input of the model, in its order.</param>
/// <param name="Kept">The places of the columns that stand beside the scores.</param>
/// <param name="Outputs">The outputs, in the order of their columns.</param>
/// <param name="BatchSize">The rows of a run.</param>
internal sealed record ScoreLayout(IReadOnlyList<FilledInput> Inputs, IReadOnlyList<int> Kept, IReadOnlyList<NamedOutput> Outputs, int BatchSize)
{
    /// <summary>Fits columns to a model.</summary>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    public static ScoreLayout Of(OnnxSession session, IReadOnlyList<string> names, TableScoringOptions options)
    {
        RequireKnown(options.Inputs.Keys, session.Inputs.Select(input => input.Name), nameof(options.Inputs), "inputs of the model");
        RequireKnown(options.Classes.Keys, session.Outputs.Select(output => output.Name), nameof(options.Classes), "outputs of the model");
        RequireKnown(options.Categories.Keys, names, nameof(options.Categories), "columns");
        foreach ((string column, IReadOnlyList<string> categories) in options.Categories)
        {
            if (categories.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(found => found.Count() > 1) is { } same)
                throw new ArgumentException($"Expected distinct categories of the column \"{column}\", found \"{same.Key}\" twice.", nameof(options));
        }


        int[] kept = [.. options.Keep.Select(name => Find(names, name))];
        FilledInput[] inputs = [.. session.Inputs.Select(input => Fill(input, session.Inputs.Count == 1, names, kept, options))];
        NamedOutput[] outputs = [.. Served(session, options).Select(output => Named(output, options))];
        string[] written = [.. options.Keep, .. outputs.SelectMany(output => output.Columns()).Select(score => score.Column.Name)];
        if (written.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"Expected columns of different names in a part, found \"{twice.Key}\" twice.", nameof(options));
        return new ScoreLayout(inputs, kept, outputs, inputs.Any(i => i.Input.Shape[0].IsStatic) ? 1 : options.BatchSize);
    }

    /// <summary>The number of elements that a row has in a tensor.</summary>
    public static int Width(TensorDescription tensor) => tensor.Shape.Skip(1).Aggregate(1, (product, axis) => checked(product * axis.Size));

    private static FilledInput Fill(TensorDescription input, bool isOnly, IReadOnlyList<string> names, int[] kept, TableScoringOptions options)
    {
        RequireRows(input, input.Shape.Rank > 0 && (input.Shape[0].IsStatic ? input.Shape[0].Size == 1 : input.Shape[0].Symbol is not null), "input");
        int[] columns = options.Inputs.TryGetValue(input.Name, out IReadOnlyList<string>? chosen) ? [.. chosen.Select(name => Find(names, name))]
            : names.Contains(input.Name) ? [Find(names, input.Name)]
            : isOnly ? [.. Enumerable.Range(0, names.Count).Except(kept)]
            : throw new ArgumentException($"Expected a column \"{input.Name}\" for the input of this name, or its columns in {nameof(options.Inputs)}, found the columns {Quoted(names)}.", nameof(options));
        return columns.Length == Width(input)
            ? new FilledInput(input, columns)
            : throw new ArgumentException(
                $"Expected {Width(input)} columns for the input {input}, found {columns.Length}: {Quoted(columns.Select(column => names[column]))}. Name them in {nameof(options.Inputs)}.", nameof(options));
    }

    private static IEnumerable<TensorDescription> Served(OnnxSession session, TableScoringOptions options)
    {
        if (options.Outputs is null)
        {
            return session.UnservedOutputs is [] ? session.Outputs : throw new ArgumentException(
                $"Expected tensors as outputs, found \"{session.UnservedOutputs[0]}\", a sequence or a map: name those of {Quoted(session.Outputs.Select(o => o.Name))} in {nameof(options.Outputs)}.", nameof(options));
        }

        return options.Outputs.Select(name => session.Outputs.FirstOrDefault(output => output.Name == name)
            ?? throw new ArgumentException($"Expected in {nameof(options.Outputs)} outputs of the model, of {Quoted(session.Outputs.Select(o => o.Name))}, found \"{name}\".", nameof(options)));
    }

    private static NamedOutput Named(TensorDescription output, TableScoringOptions options)
    {
        RequireRows(output, output.Shape.Rank > 0, "output");
        if (!options.Classes.TryGetValue(output.Name, out IReadOnlyList<string>? classes))
            return new NamedOutput(output, null);
        return classes.Count == Width(output) && ClassColumn.Compares(output.ElementType)
            ? new NamedOutput(output, classes)
            : throw new ArgumentException($"Expected a score for each of the {classes.Count} classes in {nameof(options.Classes)}, a floating-point number, found the output {output}.", nameof(options));
    }

    private static void RequireKnown(IEnumerable<string> found, IEnumerable<string> known, string option, string what)
    {
        if (found.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
            throw new ArgumentException($"Expected in {option} {what}, of {Quoted(known)}, found \"{unknown}\".", option);
    }

    private static void RequireRows(TensorDescription tensor, bool isBatchFirst, string what)
    {
        if (!isBatchFirst || !tensor.Shape.Skip(1).All(axis => axis.IsStatic))
            throw new ArgumentException($"Expected of each {what} of the model that its first dimension is the batch, or 1, and the others are fixed, found {tensor}.", nameof(tensor));
    }

    private static int Find(IReadOnlyList<string> names, string name)
    {
        int[] places = [.. Enumerable.Range(0, names.Count).Where(i => names[i] == name)];
        return places.Length == 1
            ? places[0]
            : throw new ArgumentException($"Expected one column \"{name}\", found {places.Length} among {Quoted(names)}.", nameof(name));
    }

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Take(20).Select(name => $"\"{name}\"")) + (names.Skip(20).Any() ? ", …" : "");
}
