using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Texts;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Modules;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>
/// A network that reads columns by name: numbers, standardized, and the learned vectors of keys, side by side, go through layers. A key k of n has row k − 1 of a table [n, width]; a missing one
/// is 0; of several in a row the mean is taken, (Σ vectors of those that are there) / max(1, their number). Numbers of variable length are read one after the other.
/// </summary>
internal sealed class ColumnNetwork : Model, IMeaningful
{
    private readonly FeatureColumns columns;
    private readonly Standardization? standardization;
    private readonly Module model;
    private readonly int[]? order;
    private readonly IReadOnlyList<(string Name, int Count)> tasks;
    private readonly Dictionary<string, Embedding> tables;
    private readonly Dictionary<string, Gru> readers;
    private readonly Dictionary<string, Standardization> scales;

    /// <param name="columns">The columns.</param>
    /// <param name="standardization">What is done to numbers first; null for nothing.</param>
    /// <param name="series">Mean and deviation of each series, with which it is standardized; null where it is not.</param>
    /// <param name="model">The layers.</param>
    /// <param name="meaning">What outputs and keys mean.</param>
    /// <param name="order">Where the outputs come from that are classes; null for their own order.</param>
    /// <param name="tasks">The outputs of each of several tasks, behind each other; one task has all.</param>
    /// <param name="random">For the vectors of keys.</param>
    public ColumnNetwork(
        FeatureColumns columns, Standardization? standardization, Func<int, (float Mean, double Deviation)>? series, Module model, NetworkMeaning meaning, int[]? order,
        IReadOnlyList<(string Name, int Count)> tasks, RandomSource random)
    {
        (this.columns, this.standardization, this.model, this.order, this.tasks, Meaning) = (columns, standardization, model, order, tasks, meaning);
        // Vectors of length about 1, as numbers have deviation 1; each from a stream of its own, whatever the order of columns.
        tables = columns.Keys.ToDictionary(k => k.Field, k => new Embedding(k.Keys, k.Width, random.Fork(k.Field))
        {
            Name = $"vectors_{k.Field}",
            TableInitializer = new Normal(1 / Math.Sqrt(k.Width)),
        });
        readers = columns.Series.ToDictionary(s => s.Field, s => new Gru(1, s.Width, random.Fork(s.Field)) { Name = $"steps_{s.Field}", LastOnly = true });
        scales = series is null ? [] : columns.Series.Select((s, i) => (s.Field, Measured: series(i))).ToDictionary(
            s => s.Field, s => new Standardization([s.Measured.Mean], [s.Measured.Deviation], standardize: true, impute: false) { Name = $"scale_{s.Field}" });
        Children = [.. standardization is null ? [] : new Model[] { standardization }, .. tables.Values, .. scales.Values, .. readers.Values, model];
    }

    /// <inheritdoc/>
    public NetworkMeaning Meaning { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Model> Children { get; }

    /// <summary>The computation on columns as they are in a data view: each an input of its own type, keys of a bag as counts.</summary>
    public (Variable[] Inputs, Variable[] Predictions) Serve()
    {
        var context = new ForwardContext(Mode.Inference);
        var raw = columns.All.ToDictionary(c => c.Field, c => Variable.Input(c.Field, TypeOf(c), ["batch", c is SeriesColumn s ? s.Axis : LengthOf(c)]));
        Variable[] numbers = [.. columns.OfNumbers.Select(n => raw[n.Field].Cast(DType.Float32))];
        IEnumerable<Variable> vectors = columns.Keys.Select(k => k.IsBag
            ? Mean(raw[k.Field].MatMul(tables[k.Field].Table.Variable), raw[k.Field])
            : Vector(tables[k.Field], Number(k, raw[k.Field]).Reshape([raw[k.Field].Shape[0]]), context));
        IEnumerable<Variable> states = columns.Series.Select(s => State(s, WithStart(raw[s.Field].Cast(DType.Float32)), context));
        return ([.. raw.Values], [.. Predict(numbers.Length == 0 ? null : Side(numbers), [.. vectors, .. states], context).Values]);
    }

    /// <inheritdoc/>
    protected override Named Build(Named inputs, ForwardContext context) => Predict(
        columns.NumberCount == 0 ? null : inputs[FeatureColumns.Numbers],
        [
            .. columns.Keys.Select(k => k.IsBag ? MeanVector(tables[k.Field], inputs[k.Field], context) : Vector(tables[k.Field], inputs[k.Field], context)),
            .. columns.Series.Select(s => State(s, inputs[s.Field], context)),
        ],
        context);

    /// <summary>The state after the last of [batch, steps, 1].</summary>
    private Variable State(SeriesColumn column, Variable steps, ForwardContext context) =>
        readers[column.Field].Forward(scales.TryGetValue(column.Field, out Standardization? scale) ? scale.Forward(steps, context) : steps, context);

    /// <summary>[batch, n] numbers as [batch, n + 1, 1], a 0 before them.</summary>
    private static Variable WithStart(Variable numbers)
    {
        Variable start = Variable.Scalar(0, DType.Float32).Expand([numbers.Shape[0], 1], numbers), whole = Ops.Concat(1, start, numbers);
        return whole.Reshape([whole.Shape[0], whole.Shape[1], 1]);
    }

    private Named Predict(Variable? numbers, IEnumerable<Variable> vectors, ForwardContext context)
    {
        Variable[] first = numbers is null ? [] : [standardization?.Forward(numbers, context) ?? numbers];
        Variable output = model.Forward(Side([.. first, .. vectors]), context);
        if (order is not null)
        {
            output = output.Gather(Variable.Of(Value.Of([.. order.Select(i => (long)i)], order.Length)), 1);
        }

        int end = 0;
        return tasks.Count == 1 ? output : new Named([.. tasks.Select(task => (task.Name, output.Slice(1, end, end += task.Count)))]);
    }

    private static Variable Side(Variable[] parts) => parts is [var only] ? only : Ops.Concat(1, parts);

    /// <summary>The vectors of keys of any shape; 0 for keys that are missing or out of range.</summary>
    private static Variable Vector(Embedding table, Variable keys, ForwardContext context)
    {
        Variable known = Known(table, keys);
        Variable vectors = table.Forward(Ops.Where(known, keys - 1, 0), context);
        return Ops.Where(known.Reshape([.. keys.Shape, 1]), vectors, 0);
    }

    /// <summary>The mean of the vectors of [batch, keys]; padding is a missing key.</summary>
    private static Variable MeanVector(Embedding table, Variable keys, ForwardContext context) =>
        Mean(Vector(table, keys, context).Sum([1]), Known(table, keys).Cast(DType.Float32));

    private static Variable Mean(Variable sum, Variable counts) => sum / Ops.Max(counts.Sum([1], keepDims: true), 1);

    private static Variable Known(Embedding table, Variable keys) =>
        Ops.Greater(Ops.Where(Ops.Greater(keys, table.Symbols), Variable.Scalar(0, keys.DType), keys), 0);

    /// <summary>The keys of a column as scoring reads it, counted from 1.</summary>
    private static Variable Number(KeyColumn column, Variable raw) => column.IsText
        ? new LabelEncoder([.. column.KeyNames!], [.. Enumerable.Range(1, column.Keys).Select(key => (long)key)], Otherwise: 0).Apply(raw)
        : raw.Cast(DType.Int64);

    private static int LengthOf(FeatureColumn column) => column is NumberColumn number ? number.Length : column is KeyColumn { IsBag: true } bag ? bag.Keys : 1;

    private static DType TypeOf(FeatureColumn column) => column switch
    {
        KeyColumn { IsBag: true } => DType.Float32,
        KeyColumn { IsText: true } => DType.String,
        KeyColumn key => ServedTypes.Of(key.Key.RawType),
        SeriesColumn series => ServedTypes.Of(series.Type.ItemType.RawType),
        _ => ServedTypes.Of(((NumberColumn)column).Item.RawType),
    };
}
