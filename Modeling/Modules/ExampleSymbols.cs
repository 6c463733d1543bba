using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Modules;

/// <summary>The examples of a batch as variables of a graph: an input for each field, and for each ragged axis one with its lengths ("time.length").</summary>
internal sealed class ExampleSymbols
{
    private const string LengthSuffix = ".length";

    private readonly Dictionary<string, Variable> lengths;
    private readonly Dictionary<string, Variable> masks = new(StringComparer.Ordinal);
    private readonly Variable? anyCounts;

    /// <summary>Examples of some fields, as many as there will be.</summary>
    public ExampleSymbols(IReadOnlyList<Field> fields)
        : this(
            new Named([.. fields.Select(field => (field.Name, field.Symbol))]),
            fields.Select(field => field.Axis).OfType<string>().Distinct()
                .ToDictionary(axis => axis, axis => Variable.Input(axis + LengthSuffix, DType.Int64, [Field.BatchAxis]), StringComparer.Ordinal))
    {
    }

    /// <summary>Examples of given fields, without ragged axes.</summary>
    public ExampleSymbols(Named fields)
        : this(fields, [])
    {
    }

    /// <summary>Examples of an input and a target, and perhaps weights.</summary>
    public static ExampleSymbols Of(Variable input, Variable target, Variable? weight) => new(new Named(
        [(DataLayout.Input, input), (DataLayout.Target, target), .. weight is null ? [] : new[] { (DataLayout.Weight, weight) }]));

    private ExampleSymbols(Named fields, Dictionary<string, Variable> lengths)
    {
        this.lengths = lengths;
        Weight = fields.GetValueOrDefault(DataLayout.Weight);
        All = [.. fields.Values, .. lengths.Values];
        // Examples that do not count are 0 from here on, so that nothing about them can overflow and spread.
        Fields = new Named([.. fields.Select(field => (field.Key,
            field.Value.DType.IsFloating() && field.Key != DataLayout.Weight ? WeightedMean.Present(field.Value, Weight) : field.Value))]);
        anyCounts = Weight is null ? null : Ops.Greater(Weight.ReduceMax([0]), 0.0);
    }

    /// <summary>The inputs, in the order in which values are given.</summary>
    public IReadOnlyList<Variable> All { get; }

    /// <summary>The fields.</summary>
    public Named Fields { get; }

    /// <summary>w, or null.</summary>
    public Variable? Weight { get; }

    /// <summary>The values of a batch for inputs that this class has made, as many as there are places.</summary>
    public static void Bind(Batch batch, IReadOnlyList<Variable> inputs, Span<Value> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            string name = inputs[i].Name!;
            values[i] = name.EndsWith(LengthSuffix, StringComparison.Ordinal) ? batch.LengthsOf(name[..^LengthSuffix.Length]) : batch[name];
        }
    }

    /// <summary>How long a ragged axis is in each example, int64 [batch]; null if it is not ragged.</summary>
    public Variable? LengthsOf(Dim axis) => axis.Symbol is { } symbol ? lengths.GetValueOrDefault(symbol.Name) : null;

    /// <summary>Which places of a ragged axis are there, [batch, axis] of truth values; null if it is not ragged.</summary>
    public Variable? MaskOf(Dim axis)
    {
        if (LengthsOf(axis) is not { } length)
            return null;
        if (!masks.TryGetValue(axis.Symbol!.Name, out Variable? mask))
        {
            Variable places = Positions.Of(axis, All.First(input => input.Shape.Contains(axis)));
            masks[axis.Symbol!.Name] = mask = Ops.Less(places.Reshape([1, axis]), length.Reshape([length.Shape[0], 1]));
        }

        return mask;
    }

    /// <summary>The names of the fields that some variables are computed from, and those of the lengths.</summary>
    public IReadOnlySet<string> ReadBy(IEnumerable<Variable> results)
    {
        var leaves = new HashSet<Variable>(Model.LeavesOf(results), ReferenceEqualityComparer.Instance);
        return All.Where(leaves.Contains).Select(input => input.Name!).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The update, which changes nothing if all weights are 0: such a batch is not there.</summary>
    public Update IfAnyCounts(Update update) => anyCounts is null ? update : update with { NewValue = Ops.Where(anyCounts, update.NewValue, update.Parameter) };
}
