using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>The columns that fill an input of a model.</summary>
/// <param name="Input">The input.</param>
/// <param name="Columns">The places of the columns in the table.</param>
internal sealed record FilledInput(TensorDescription Input, IReadOnlyList<int> Columns);

/// <summary>The columns that an output of a model becomes.</summary>
/// <param name="Output">The output.</param>
/// <param name="Names">Their names.</param>
internal sealed record NamedOutput(TensorDescription Output, IReadOnlyList<string> Names);

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
        foreach (string name in options.Inputs.Keys)
        {
            if (session.Inputs.All(input => input.Name != name))
                throw new ArgumentException($"Expected in {nameof(options.Inputs)} inputs of the model, of {Quoted(session.Inputs.Select(i => i.Name))}, found \"{name}\".", nameof(options));
        }

        int[] kept = [.. options.Keep.Select(name => Find(names, name))];
        FilledInput[] inputs = [.. session.Inputs.Select(input => Fill(input, session.Inputs.Count == 1, names, kept, options))];
        NamedOutput[] outputs = [.. Served(session, options).Select(Named)];
        string[] written = [.. options.Keep, .. outputs.SelectMany(output => output.Names)];
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

    private static NamedOutput Named(TensorDescription output)
    {
        RequireRows(output, output.Shape.Rank > 0, "output");
        int width = Width(output);
        return new NamedOutput(output, width == 1 ? [output.Name] : [.. Enumerable.Range(0, width).Select(i => FormattableString.Invariant($"{output.Name}.{i}"))]);
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
