using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Recurrent;
using Toolkit.Autograd.Operations.Texts;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>
/// What a training set says of the columns of its table: what takes the place of missing numbers, how they are scaled, and the numbers of the texts of categories and of words. Other tables are read by it, and it goes
/// into the exported model, which then takes the cells of the table as they are.
/// </summary>
/// <remarks><code>
/// TableSchema schema = TableSchema.Learn("train.csv", new() { Fields = [CsvField.Numbers("sizes", "area", "rooms"), CsvField.Category("place", "city"), CsvField.Number("price", "price")], Missing = MissingValues.Mean });
/// Dataset train = schema.Load("train.csv"), test = schema.Load("test.csv");
/// OnnxExporter.Export(schema.Before(model), "model.onnx");       // area: Float32[batch, 1], rooms: Float32[batch, 1], city: String[batch, 1]
/// </code></remarks>
public sealed class TableSchema
{
    private readonly IReadOnlyDictionary<string, FeatureScaling> scalings;

    private TableSchema(CsvOptions options, IReadOnlyDictionary<string, FeatureScaling> scalings) => (Options, this.scalings) = (options, scalings);

    /// <summary>The options with what was learned: the names of categories, labels and words, and the means of numbers.</summary>
    public CsvOptions Options { get; }

    /// <summary>Reads a training set once. Categories take texts that they do not know, all under the number after that of the last name; labels do not.</summary>
    /// <param name="path">The table.</param>
    /// <param name="options">Its <see cref="CsvOptions.Fields"/>, and how it is written. Names and means that fields have already stay.</param>
    /// <exception cref="ArgumentException">The options have no fields.</exception>
    /// <exception cref="DataException">The table is not what the options say, as <see cref="Dataset.LoadCsv"/> has it, or a column of numbers has none.</exception>
    public static TableSchema Learn(string path, CsvOptions options)
    {
        if (options.Fields.Count == 0)
            throw new ArgumentException($"Expected {nameof(CsvOptions.Fields)} to learn a schema of, found none.", nameof(options));
        (CsvOptions learned, IReadOnlyDictionary<string, FeatureScaling> scalings) = new CsvFieldLoader(path, options).Learn();
        return new TableSchema(learned, scalings);
    }

    /// <summary>Loads a table with the same columns.</summary>
    /// <param name="path">The table.</param>
    /// <exception cref="DataException">As <see cref="Dataset.LoadCsv"/> has it.</exception>
    public Dataset Load(string path) => Dataset.LoadCsv(path, Options);

    /// <summary>Mean and deviation of the numbers of a field in the training set, for a <see cref="Modules.Standardization"/> in the model.</summary>
    /// <param name="field">The name of a field of numbers.</param>
    /// <exception cref="ArgumentException">There is no such field.</exception>
    public FeatureScaling ScalingOf(string field) => scalings.TryGetValue(field, out FeatureScaling? scaling) ? scaling : throw Unknown(field, scalings.Keys);

    /// <summary>How many numbers an <see cref="Modules.Embedding"/> of a field needs: one for each name and one for all other texts, and of words one more for the beginning of a text.</summary>
    /// <param name="field">The name of a category or of words.</param>
    /// <exception cref="ArgumentException">There is no such field.</exception>
    public int SymbolsOf(string field) => Options.Fields.FirstOrDefault(candidate => candidate.Name == field && IsNamed(candidate)) is { } found
        ? found.Names!.Count + (found.IsText ? 2 : 1)
        : throw Unknown(field, Options.Fields.Where(IsNamed).Select(candidate => candidate.Name));

    /// <summary>The computation of a model behind the schema: its inputs are the columns that the model reads, each of shape ["batch", 1] under its header, numbers float32 and texts strings. A number that is missing is NaN
    /// and becomes the mean of the training set (<see cref="MissingValues.Mean"/>) or 0 (<see cref="MissingValues.Zero"/>; otherwise it stays NaN); a text that is missing is "" or one of <see cref="CsvOptions.MissingMarks"/>.
    /// Texts count as they are: white space around them is not dropped. Words need operator set 20. The metadata name columns, label and classes, as the tool "toolkit" reads them.</summary>
    /// <param name="model">What reads fields of the schema.</param>
    /// <exception cref="ArgumentException">The model reads a field that the schema does not have, or a column is read as a number and as a text.</exception>
    /// <exception cref="GraphException">A field does not fit the input of its name.</exception>
    public Signature Before(ISignatureSource model)
    {
        Signature inference = model.Inference;
        var columns = new TableInputs(Options);
        var sources = new Dictionary<string, Variable>(StringComparer.Ordinal);
        CsvField[] read = [.. Options.Fields.Where(field => inference.Inputs.Any(input => input.Name == field.Name))];
        foreach (CsvField field in read)
        {
            (Variable value, Variable? lengths) = columns.Of(field);
            sources.Add(field.Name, value);
            string axis = $"{field.WordAxis}.length";
            if (lengths is not null && inference.Inputs.Any(input => input.Name == axis))
                sources.Add(axis, lengths);
        }

        if (inference.Inputs.FirstOrDefault(input => !sources.ContainsKey(input.Name!)) is { } other)
            throw new ArgumentException($"Expected a model that reads fields of the schema, {string.Join(", ", Options.Fields.Select(field => $"\"{field.Name}\""))}, found one that reads \"{other.Name}\".", nameof(model));
        Signature whole = inference.Behind(columns.All, sources);
        return new Signature(whole.Inputs, whole.Outputs, name: whole.Name)
        {
            Metadata = new Dictionary<string, string>(whole.Metadata) { [TableMetadata.Key] = TableMetadata.Of(read, [.. Options.Fields.Except(read)], columns.All) },
        };
    }

    private static bool IsNamed(CsvField field) => field is { IsNumeric: false, IsLabel: false };

    private static ArgumentException Unknown(string field, IEnumerable<string> known) =>
        new($"Expected one of the fields {string.Join(", ", known.Select(name => $"\"{name}\""))}, found \"{field}\".", nameof(field));
}
