using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>A chain of ML.NET's own transformers under construction. Columns that only serve on the way are dropped at the end, and the user's own columns of
/// the same names are there again.</summary>
internal sealed class StockChain(MLContext context, DataViewSchema schema)
{
    private readonly DataViewSchema input = schema;
    private readonly List<ITransformer> parts = [];
    private readonly List<(string Name, string Copy)> own = [];
    private readonly HashSet<string> reserved = new(StringComparer.Ordinal);
    private readonly HashSet<string> temporary = new(StringComparer.Ordinal);
    private readonly List<(string Final, string Source)> results = [];
    private int scratch;

    public MLContext Context => context;

    /// <summary>The schema after all that was added.</summary>
    public DataViewSchema Schema { get; private set; } = schema;

    /// <summary>The type of a column after all that was added.</summary>
    public DataViewType TypeOf(string name) => Schema[name].Type;

    public void Add(IEstimator<ITransformer> estimator) => Add(estimator.Fit(new EmptyView(Schema)));

    public void Add(ITransformer transformer)
    {
        parts.Add(transformer);
        Schema = transformer.GetOutputSchema(Schema);
    }

    /// <summary>Keeps names from being given to columns that only serve on the way.</summary>
    public void Reserve(IEnumerable<string> names) => reserved.UnionWith(names);

    /// <summary>A name that no column has: neither the data's, nor one that is made of the model's, nor one on the way.</summary>
    public string Scratch()
    {
        string name;
        do
        {
            name = string.Create(CultureInfo.InvariantCulture, $"~{scratch++}");
        }
        while (input.GetColumnOrNull(name) is not null || Schema.GetColumnOrNull(name) is not null || reserved.Contains(name));
        temporary.Add(name);
        return name;
    }

    /// <summary>A copy of a column under a name of its own, safe from what overwrites the column.</summary>
    public string CopyOf(string column)
    {
        string copy = Scratch();
        Add(context.Transforms.CopyColumns(copy, column));
        return copy;
    }

    /// <summary>Says that a name is going to be overwritten for a while.</summary>
    public void Overwrite(string name)
    {
        if (temporary.Add(name) && input.GetColumnOrNull(name) is not null)
        {
            own.Add((name, CopyOf(name)));
        }
    }

    /// <summary>Says which column a final one is; nobody overwrites the source.</summary>
    public void Result(string final, string source) => results.Add((final, source));

    public ITransformer ToTransformer()
    {
        foreach ((string name, string copy) in own.Where(o => results.All(r => r.Final != o.Name)))
        {
            results.Insert(0, (name, copy));
        }

        foreach ((string final, string source) in results.Where(r => r.Final != r.Source))
        {
            Add(context.Transforms.CopyColumns(final, source));
        }

        temporary.ExceptWith(results.Select(r => r.Final));
        if (temporary.Count > 0)
        {
            Add(context.Transforms.DropColumns([.. temporary.Order(StringComparer.Ordinal)]));
        }

        return new TransformerChain<ITransformer>([.. parts]);
    }
}
