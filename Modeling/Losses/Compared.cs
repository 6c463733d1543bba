using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Losses;

/// <summary>
/// What a loss or a metric reads by name, as it understands it: a prediction and a target with one axis of examples. Where the target is a sequence (its second axis is ragged, or it has
/// a class for each step), each step of it is an example, and those that are padding do not count: this is the one place where losses and metrics learn of masks.
/// </summary>
/// <param name="Prediction">[n, …].</param>
/// <param name="Target">[n, …].</param>
/// <param name="Counts">m: how much each counts besides the weight of its example, [n]; null if each counts once.</param>
/// <param name="Weight">w: the weight of its example, [n]; null if there are none.</param>
internal sealed record Compared(Variable Prediction, Variable Target, Variable? Counts, Variable? Weight)
{
    /// <summary>The prediction and the target of these names.</summary>
    /// <param name="reader">The loss or metric, for messages.</param>
    /// <param name="names">Its output, its target, and its weight or null.</param>
    /// <param name="outputs">What the model gives.</param>
    /// <param name="fields">The examples.</param>
    /// <param name="examples">Their weights and masks.</param>
    /// <param name="eachStep">Whether the second axis is one of steps in any case.</param>
    /// <exception cref="GraphException">There is no output or field of a name.</exception>
    /// <exception cref="ShapeException">The target is a sequence, and the prediction is none, or the weight does not fit.</exception>
    public static Compared Of(
        string reader, (string Output, string Target, string? Weight) names, Named outputs, Named fields, ExampleSymbols examples, bool eachStep = false)
    {
        Variable prediction = Find(reader, "an output of the model", outputs, names.Output), target = Find(reader, "a field of the examples", fields, names.Target);
        Variable? own = names.Weight is { } name ? Find(reader, "a field of weights", fields, name) : null;
        if (own is not null && !own.DType.IsFloating())
            throw new DTypeException($"{reader} expects a weight of real numbers, found \"{names.Weight}\" {own.Type}.");
        Variable? mask = target.Shape.Rank < 2 ? null : examples.MaskOf(target.Shape[1]);
        if (mask is null && !eachStep && (target.Shape.Rank != 2 || target.DType != DType.Int64))
        {
            return own is null || own.Shape.Rank == 1
                ? new Compared(prediction, target, own, examples.Weight)
                : throw new ShapeException($"{reader} expects a weight [batch] for the target {target.Shape}, found \"{names.Weight}\" {own.Shape}.");
        }

        if (target.Shape.Rank < 2)
            throw new ShapeException($"{reader} expects a target [batch, steps, …], found \"{names.Target}\" {target.Shape}.");
        Dim batch = target.Shape[0], steps = target.Shape[1];
        if (prediction.Shape.Rank < 2 || prediction.Shape[0] != batch || prediction.Shape[1] != steps)
            throw new ShapeException($"{reader} expects a prediction for each step of the target \"{names.Target}\", [{batch}, {steps}, …], found {prediction.Shape}.");
        if (own is not null && own.Shape.Rank != 1 && !own.Shape.SequenceEqual([batch, steps]))
            throw new ShapeException($"{reader} expects a weight [{batch}] or [{batch}, {steps}], found \"{names.Weight}\" {own.Shape}.");
        Variable? counts = WeightedMean.Both(
            (own is null || own.Shape.Rank == 2 ? own : own.Reshape([batch, 1]).Expand([batch, steps], target)), mask?.Cast(DType.Float32));
        Variable? weight = examples.Weight?.Reshape([batch, 1]).Expand([batch, steps], target);
        if (mask is not null)
        {
            // What a model makes of padding may be anything, also NaN: it reaches neither the loss nor its gradient.
            Variable spread = mask.Reshape([batch, steps, .. Enumerable.Repeat<Dim>(1, prediction.Shape.Rank - 2)]);
            prediction = Ops.Where(spread, prediction, Variable.Scalar(0.0, prediction.DType));
        }

        return new Compared(Flat(prediction)!, Flat(target)!, Flat(counts), Flat(weight));

        Variable? Flat(Variable? x) => x?.Reshape([batch * steps, .. x.Shape.Skip(2)]);
    }

    private static Variable Find(string reader, string what, Named named, string name) => named.TryGetValue(name, out Variable? found) ? found
        : throw new GraphException($"{reader} reads \"{name}\": expected {what} of that name, found {string.Join(", ", named.Keys.Select(key => $"\"{key}\""))}.");
}
