using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Text;
using Toolkit.MLNetIntegration.Scoring;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>The columns that a network reads, and what ML.NET's own transformers make of them before: keys of the words of a text, counts of the keys of a row.</summary>
internal sealed class FeatureColumns
{
    /// <summary>Names of fields that are not columns of features.</summary>
    public const string Numbers = "input", Target = "target", Weight = "weight";

    private static readonly char[] Separators = [' ', '\t', '\n', '\r'];

    private readonly MLContext context;
    private readonly TrainingOptions options;
    private readonly IDataView rows;
    private readonly List<ITransformer> categories = [];
    private readonly List<ITransformer> words = [];
    private readonly List<ITransformer> counts = [];
    private readonly List<TokenColumn> tokens = [];
    private readonly HashSet<string> fields;
    private readonly HashSet<string> names;
    private DataViewSchema schema;

    /// <param name="context">Makes the transformers.</param>
    /// <param name="rows">The training rows, which are read for names of categories.</param>
    /// <param name="options">Which columns are features, and how they are read.</param>
    /// <param name="outputs">The names of the outputs of the exported model, which no input may have.</param>
    public FeatureColumns(MLContext context, IDataView rows, TrainingOptions options, IEnumerable<string> outputs)
    {
        if (options.FeatureColumns.Count == 0)
        {
            throw new TrainingException("Expected at least one feature column, found none.");
        }

        if (options.ColumnOptions.Keys.FirstOrDefault(name => !options.FeatureColumns.Contains(name)) is { } other)
        {
            throw new TrainingException(
                $"Expected {nameof(TrainingOptions.ColumnOptions)} for the feature columns {string.Join(", ", options.FeatureColumns.Select(n => $"\"{n}\""))}, found them for \"{other}\".");
        }

        (this.context, this.rows, schema, this.options) = (context, rows, rows.Schema, options);
        fields = new(outputs.Concat([Numbers, Target, Weight]), StringComparer.Ordinal);
        names = new(schema.Select(c => c.Name), StringComparer.Ordinal);
        All = [.. options.FeatureColumns.Select(Of)];
        // Counts of keys come behind, so that training does not ask for them.
        foreach (KeyColumn bag in Keys.Where(k => k.IsBag))
        {
            counts.Add(Fit(context.Transforms.Conversion.MapKeyToVector(bag.Served, bag.Read, outputCountVector: true)));
        }
    }

    /// <summary>The columns in the order of the options.</summary>
    public IReadOnlyList<FeatureColumn> All { get; }

    /// <summary>Those of numbers.</summary>
    public IEnumerable<NumberColumn> OfNumbers => All.OfType<NumberColumn>();

    /// <summary>Those of keys.</summary>
    public IEnumerable<KeyColumn> Keys => All.OfType<KeyColumn>();

    /// <summary>Those of numbers in vectors of variable length.</summary>
    public IEnumerable<SeriesColumn> Series => All.OfType<SeriesColumn>();

    /// <summary>The columns of tokens that are made of texts, in the order in which they are made.</summary>
    public IReadOnlyList<TokenColumn> Tokens => tokens;

    /// <summary>Whether all are of Single, so that the network reads them as one vector.</summary>
    public bool IsPlain => All.All(c => c is NumberColumn { IsSingle: true });

    /// <summary>How many numbers a row has.</summary>
    public int NumberCount => OfNumbers.Sum(n => n.Length);

    /// <summary>How many numbers the layers behind see: those of a row, then the vectors of keys, then what stands for series.</summary>
    public int Width => NumberCount + Keys.Sum(k => k.Width) + Series.Sum(s => s.Width);

    /// <summary>The rows with the columns that training reads.</summary>
    public IDataView Prepared(IDataView data) => categories.Concat(words).Aggregate(data, (view, transformer) => transformer.Transform(view));

    /// <summary>What makes the columns that scoring reads; null where they are the user's own.</summary>
    public ITransformer? Preparation()
    {
        if (counts.Count == 0)
        {
            return null;
        }

        string[] passing = [.. Keys.Where(k => k.IsBag).Select(k => k.Words).OfType<string>()];
        ITransformer[] drop = passing.Length == 0 ? [] : [Fit(context.Transforms.DropColumns(passing))];
        return new TransformerChain<ITransformer>([.. words, .. counts, .. drop]);
    }

    /// <summary>A name without dots that no other field has, and no output.</summary>
    public string FieldFor(string column) => Free(column.Replace('.', '_'), fields);

    /// <summary>The name, with "_" behind it until it is not among the others, to which it is added.</summary>
    private static string Free(string name, HashSet<string> others)
    {
        while (!others.Add(name))
        {
            name += "_";
        }

        return name;
    }

    private string CountsOf(string name) => Free($"{name}#counts", names);

    private FeatureColumn Of(string name)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
        {
            throw new TrainingException($"Expected a feature column \"{name}\", found {string.Join(", ", schema.Select(c => $"\"{c.Name}\""))}.");
        }

        var vector = column.Type as VectorDataViewType;
        DataViewType item = vector?.ItemType ?? column.Type;
        if (OptionsOf(name).Tokenizer is { } tokenizer)
        {
            return column.Type is TextDataViewType
                ? OfTokens(name, tokenizer)
                : throw new TrainingException($"Expected a text in the feature column \"{name}\", for which there is a tokenizer, found {column.Type}.");
        }

        if (OptionsOf(name).IsCategory && column.Type is not TextDataViewType)
            throw new TrainingException($"Expected a text in the feature column \"{name}\", which is to be a category, found {column.Type}.");
        return item switch
        {
            KeyDataViewType key => OfKeys(name, column, key, isBag: vector is not null),
            TextDataViewType when OptionsOf(name).IsCategory => OfCategory(name),
            TextDataViewType => OfText(name, column),
            _ when NumberColumn.Takes(item) && vector is null or { IsKnownSize: true } => new NumberColumn(name, FieldFor(name), column.Type, vector?.Size ?? 1),
            _ when NumberColumn.Takes(item) => new SeriesColumn(name, FieldFor(name), vector!, OptionsOf(name).Units),
            _ => throw new TrainingException(
                $"Expected the feature column \"{name}\" to be a number, Boolean, key or text, or a vector of such, found {column.Type}; convert it first, for example with "
                + "Transforms.Conversion.ConvertType or MapValueToKey."),
        };
    }

    private KeyColumn OfKeys(string name, DataViewSchema.Column column, KeyDataViewType key, bool isBag) => key.Count is > 0 and < int.MaxValue
        ? new KeyColumn(name, FieldFor(name), key, OptionsOf(name).WidthFor((int)key.Count), isBag, ClassLabels.Of(column)?.Names) { Counts = isBag ? CountsOf(name) : null }
        : throw new TrainingException($"Expected a known number of keys in the feature column \"{name}\", found {column.Type}; make keys with Transforms.Conversion.MapValueToKey.");

    /// <summary>A text as a key, of which scoring knows nothing: the network looks texts up itself.</summary>
    private KeyColumn OfCategory(string name)
    {
        string made = Free($"{name}#key", names);
        categories.Add(Added(context.Transforms.Conversion.MapValueToKey(made, name, keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(rows)));
        DataViewSchema.Column column = schema[made];
        return column.Type is KeyDataViewType { Count: > 0 } key && ClassLabels.Of(column)?.Names is { } texts
            ? new KeyColumn(name, FieldFor(name), key, OptionsOf(name).WidthFor((int)key.Count), IsBag: false, texts) { Words = made, IsText = true }
            : throw new TrainingException($"Expected texts in the feature column \"{name}\", which is to be a category, found none.");
    }

    /// <summary>The words of a text without case, diacritics and punctuation, or the texts of a vector as they are, as keys by their hashes.</summary>
    private KeyColumn OfText(string name, DataViewSchema.Column column)
    {
        ColumnOptions own = OptionsOf(name);
        string made = Free($"{name}#words{own.HashBits}", names), source = name;
        if (column.Type is TextDataViewType)
        {
            words.Add(Fit(context.Transforms.Text.NormalizeText(made, name, TextNormalizingEstimator.CaseMode.Lower, keepDiacritics: false, keepPunctuations: false)));
            words.Add(Fit(context.Transforms.Text.TokenizeIntoWords(made, made, Separators)));
            source = made;
        }

        words.Add(Fit(context.Transforms.Conversion.Hash(made, source, own.HashBits)));
        var key = (KeyDataViewType)((VectorDataViewType)schema[made].Type).ItemType;
        return new KeyColumn(name, FieldFor(name), key, own.WidthFor((int)key.Count), IsBag: true, null) { Words = made, Counts = CountsOf(name) };
    }

    /// <summary>The tokens of a text as keys. Which they are is known by what made them: a vocabulary may be long.</summary>
    private KeyColumn OfTokens(string name, TextTokenizer tokenizer)
    {
        string made = Free($"{name}#tokens", names);
        tokens.Add(new TokenColumn(made, name, tokenizer));
        words.Add(Added(new TokenTransformer(tokens[^1])));
        var key = (KeyDataViewType)((VectorDataViewType)schema[made].Type).ItemType;
        return new KeyColumn(name, FieldFor(name), key, OptionsOf(name).WidthFor(tokenizer.Count), IsBag: true, [tokenizer.Fingerprint]) { Words = made, Counts = CountsOf(name) };
    }

    private ColumnOptions OptionsOf(string name) => options.ColumnOptions.GetValueOrDefault(name) ?? new ColumnOptions();

    private ITransformer Fit(IEstimator<ITransformer> estimator) => Added(estimator.Fit(new EmptyView(schema)));

    private ITransformer Added(ITransformer transformer)
    {
        schema = transformer.GetOutputSchema(schema);
        return transformer;
    }
}
