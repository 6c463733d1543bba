using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.OnnxExport.Import;

namespace Toolkit.MLNetIntegration.Conversion;

/// <summary>One of ML.NET's transformers as a computation: what ML.NET's exporter writes of it alone.</summary>
/// <param name="catalog">Has the exporter.</param>
/// <param name="transformer">The transformer.</param>
/// <param name="before">The columns before it.</param>
/// <param name="after">The columns behind it.</param>
internal sealed class ConvertedTransformer(ModelOperationsCatalog catalog, ITransformer transformer, DataViewSchema before, DataViewSchema after)
{
    /// <summary>The tensors of columns.</summary>
    /// <param name="made">The columns that the transformer makes.</param>
    /// <param name="read">The tensors of columns before it.</param>
    public IEnumerable<(string Name, GraphColumn Column)> Columns(IReadOnlyList<string> made, Func<string, GraphColumn> read)
    {
        if (made.Count == 0)
            return [];
        try
        {
            string[] needed = [.. Needed(made)];
            if (needed.Select(name => read(name).Problem).FirstOrDefault(problem => problem is not null) is { } earlier)
                return Failed(made, earlier);
            Signature alone = Exported(made, needed);
            var substitution = new Substitution(alone.Inputs.Where(input => needed.Contains(input.Name)).ToDictionary(input => input, input => read(input.Name!).Variable, (IEqualityComparer<Variable>)ReferenceEqualityComparer.Instance));
            return [.. made.Select(name => (name, new GraphColumn(PipelineGraph.Rows(substitution.Map(alone.Outputs.First(output => output.Name == $"{name}.output").Variable), after[name].Type))))];
        }
        // ML.NET's exporter has no exception of its own for what it does not convert.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Failed(made, Problem(made, e));
        }
    }

    private static IEnumerable<(string Name, GraphColumn Column)> Failed(IEnumerable<string> made, string problem) => made.Select(name => (name, new GraphColumn(problem)));

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
        return OnnxModel.Load(stream.ToArray()).Inference;
    }

    private string Problem(IReadOnlyList<string> made, Exception e)
    {
        string name = transformer.GetType() is { DeclaringType: { } outer } inner ? $"{outer.Name}.{inner.Name}" : transformer.GetType().Name;
        string reason = e is ToolkitException ? e.Message : $"ML.NET's exporter does not convert it ({e.Message.TrimEnd('.')}).";
        return $"The column \"{made[0]}\" cannot be written as ONNX, which {name} makes: {reason} Let the application make it and write the rest of the pipeline with data that have it.";
    }
}
