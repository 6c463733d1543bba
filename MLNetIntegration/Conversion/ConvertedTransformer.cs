using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Text;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.OnnxExport.Import;

namespace Toolkit.MLNetIntegration.Conversion;

/// <summary>
/// One of ML.NET's transformers as a computation: what ML.NET's exporter writes of it alone, for any number of rows at once (that exporter puts the words of all rows into one). Texts are cut by an operator of ONNX Runtime, as ML.NET's
/// exporter has it.
/// </summary>
/// <param name="catalog">Has the exporter.</param>
/// <param name="transformer">The transformer.</param>
/// <param name="before">The columns before it.</param>
/// <param name="after">The columns behind it.</param>
/// <param name="advice">What to do where it cannot be written; null for what helps always.</param>
internal sealed class ConvertedTransformer(ModelOperationsCatalog catalog, ITransformer transformer, DataViewSchema before, DataViewSchema after, string? advice)
{
    private static readonly OperatorSet Operators = OperatorSet.Standard.With<Tokenizer>(Tokenizer.Domain);

    /// <summary>The tensors of columns.</summary>
    /// <param name="made">The columns that the transformer makes.</param>
    /// <param name="read">The tensors of columns before it.</param>
    public IEnumerable<(string Name, GraphColumn Column)> Columns(IReadOnlyList<string> made, Func<string, GraphColumn> read)
    {
        if (made.Count == 0)
            return [];
        try
        {
            if (transformer is HashingTransformer or OneHotHashEncodingTransformer or NgramHashingTransformer)
                return Failed(made, Problem(made, "ML.NET's hash of a text with letters beyond ASCII is not the one that ONNX Runtime computes.", "Use MapValueToKey, OneHotEncoding or ProduceNgrams in its place."));
            string[] needed = [.. Needed(made)];
            if (needed.Select(name => read(name).Problem).FirstOrDefault(problem => problem is not null) is { } earlier)
                return Failed(made, earlier);
            Signature alone = Exported(made, needed);
            var sources = alone.Inputs.Where(input => needed.Contains(input.Name)).ToDictionary(input => input, input => read(input.Name!).Variable, (IEqualityComparer<Variable>)ReferenceEqualityComparer.Instance);
            var substitution = new Substitution(RowByRow(alone, sources));
            return [.. made.Select(name => (name, new GraphColumn(PipelineGraph.Rows(substitution.Map(alone.Outputs.First(output => output.Name == $"{name}.output").Variable), after[name].Type))))];
        }
        // ML.NET's exporter has no exception of its own for what it does not convert.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Failed(made, Problem(made, e));
        }
    }

    private static IEnumerable<(string Name, GraphColumn Column)> Failed(IEnumerable<string> made, string problem) => made.Select(name => (name, new GraphColumn(problem)));

    /// <summary>What takes the place of inputs, of words, and of shapes into which the exporter puts the words of all rows at once.</summary>
    private static Dictionary<Variable, Variable> RowByRow(Signature alone, Dictionary<Variable, Variable> sources)
    {
        var substitution = new Substitution(sources);
        var replaced = new Dictionary<Variable, Variable>(sources, ReferenceEqualityComparer.Instance);
        foreach (Node node in alone.Nodes.Where(node => node.Operation is Tokenizer))
            replaced.Add(node.Outputs[0], Words((Tokenizer)node.Operation, substitution.Map(node.Inputs[0]!)));
        foreach (Node node in alone.Nodes.Where(node => node.Operation is Reshape && node.Inputs[0]?.Producer is { Operation: Tokenizer }))
        {
            Variable words = replaced[node.Inputs[0]!];
            replaced.Add(node.Outputs[0], words.Shape[1] == 1
                ? words.Reshape([words.Shape[0], words.Shape[2]])
                : throw new ScoringException("Expected one text in each row to cut into words, found several. Tokenize each by itself."));
        }

        return replaced;
    }

    /// <summary>The words of texts and an empty one behind them, which is no word: operators of ONNX Runtime refuse rows of none. Of a text without characters ML.NET marks neither beginning nor end.</summary>
    private static Variable Words(Tokenizer tokenizer, Variable texts)
    {
        Variable words = tokenizer.Apply(texts), none = Variable.Of(Value.Of([string.Empty])), each = texts.Reshape([.. texts.Shape, 1]);
        return Ops.Concat(2, tokenizer.IsMarked ? Ops.Where(Ops.Equal(each, none), none, words) : words, Ops.Expand(none, each.Shape, each));
    }

    /// <summary>The columns before the transformer of which it makes some.</summary>
    private IEnumerable<string> Needed(IReadOnlyList<string> made)
    {
        IRowToRowMapper mapper = transformer.GetRowToRowMapper(before);
        return mapper.GetDependencies(made.Select(name => mapper.OutputSchema[name])).Select(column => column.Name).Distinct();
    }

    /// <summary>The computation on the columns that it reads: others may be of types that the exporter has no tensors for.</summary>
    private Signature Exported(IReadOnlyList<string> made, IEnumerable<string> needed)
    {
        var builder = new DataViewSchema.Builder();
        foreach (DataViewSchema.Column column in needed.Select(name => before[name]))
            builder.AddColumn(column.Name, column.Type, column.Annotations);

        using var stream = new MemoryStream();
        OnnxExportExtensions.ConvertToOnnx(catalog, transformer, new EmptyView(builder.ToSchema()), stream, [.. made]);
        return OnnxModel.Load(stream.ToArray(), Operators).Inference;
    }

    private string Problem(IReadOnlyList<string> made, Exception e)
    {
        bool isNormalized = transformer is TextNormalizingTransformer || transformer.GetType().DeclaringType == typeof(TextFeaturizingEstimator);
        return Problem(
            made,
            e is ToolkitException ? e.Message : $"ML.NET's exporter does not convert it ({e.Message.TrimEnd('.')}).",
            isNormalized ? "It can be written with KeepDiacritics = true, KeepPunctuations = true and KeepNumbers = true; or let the application make the column and write the rest of the pipeline with data that have it."
                : "Let the application make the column and write the rest of the pipeline with data that have it.");
    }

    private string Problem(IReadOnlyList<string> made, string reason, string otherwise)
    {
        string name = transformer.GetType() is { DeclaringType: { } outer } inner ? $"{outer.Name}.{inner.Name}" : transformer.GetType().Name;
        return $"The column \"{made[0]}\" cannot be written as ONNX, which {name} makes: {reason} {advice ?? otherwise}";
    }
}
