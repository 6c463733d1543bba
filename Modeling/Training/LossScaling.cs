using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Optimizers;

namespace Toolkit.Modeling.Training;

/// <summary>The factor of a loss whose gradients would be too small for float16, found on the way: halved when a gradient overflows, doubled after many steps in which none does.</summary>
internal sealed class LossScaling
{
    private const string Name = "optimizer.loss_scale";
    private const long Patience = 2000;

    // A loss that this factor, which is beyond all that float16 has, does not bring into its range is not going to be; and no scale becomes infinite.
    private const double Least = 1.0 / (1 << 24), Most = 1e30;

    private readonly Parameter scale;
    private readonly Parameter good;
    private Variable? isFinite;

    public LossScaling(OptimizerState state)
    {
        scale = state.Number(Name, Value.Of(65536f));
        good = state.Number($"{Name}.steps", Value.Of(0L));
    }

    /// <summary>Why steps that are passed over will not come to an end, in words; null where they do, and where the loss is not scaled.</summary>
    public static string? Fault(IEnumerable<Parameter> parameters) =>
        parameters.FirstOrDefault(parameter => parameter.Name == Name) is { } scale && scale.Value.Scalar() is var factor && factor < Least
            ? FormattableString.Invariant($"the gradients are infinite or NaN in float16 however the loss is scaled, down to {factor:G3}, so that every step was passed over")
            : null;

    /// <summary>The loss to differentiate.</summary>
    public Variable Scaled(Variable loss) => loss * scale.Variable;

    /// <summary>The gradients of the loss itself.</summary>
    public IReadOnlyList<Variable> Unscaled(IReadOnlyList<Variable> gradients)
    {
        isFinite = gradients.Select(IsFinite).Aggregate((all, one) => new And().Apply(all, one));
        return [.. gradients.Select(gradient => gradient / scale.Variable)];
    }

    /// <summary>Updates that change nothing when a gradient is not finite. What is computed from a new value is computed from the one that is stored, so that one pass over memory stores all.</summary>
    public IEnumerable<Update> IfFinite(IReadOnlyList<Update> updates)
    {
        var guarded = new Guarded(updates, isFinite!);
        return [.. updates.Select(update => update with { NewValue = guarded.NewValueOf(update) })];
    }

    /// <summary>The next scale.</summary>
    public IEnumerable<Update> Updates()
    {
        Variable one = Variable.Scalar(1, DType.Int64), none = Variable.Scalar(0, DType.Int64), next = Ops.Add(good, one);
        Variable isDue = Ops.Equal(next, Variable.Scalar(Patience, DType.Int64));
        yield return new Update(good, Ops.Where(isFinite!, Ops.Where(isDue, none, next), none));
        yield return new Update(scale, Ops.Where(isFinite!, Ops.Where(isDue, Ops.Min(scale.Variable * 2.0, Most), scale.Variable), scale.Variable * 0.5));
    }

    // NaN is neither less than infinity nor greater than minus infinity.
    private static Variable IsFinite(Variable gradient)
    {
        IntList all = [.. Enumerable.Range(0, gradient.Shape.Rank)];
        return new And().Apply(Ops.Less(gradient.ReduceMax(all), double.PositiveInfinity), Ops.Greater(gradient.ReduceMin(all), double.NegativeInfinity));
    }

    private sealed class Guarded : GraphTransform
    {
        private readonly Dictionary<Variable, Parameter> targets = new(ReferenceEqualityComparer.Instance);
        private readonly Variable isFinite;

        public Guarded(IReadOnlyList<Update> updates, Variable isFinite)
        {
            this.isFinite = isFinite;
            foreach (Update update in updates)
                targets.TryAdd(update.NewValue, update.Parameter);
        }

        /// <summary>A value that is new for two parameters is guarded for one of them, and one that is not computed, such as another parameter, for none.</summary>
        public Variable NewValueOf(Update update) => update.NewValue.Producer is not null && targets[update.NewValue] == update.Parameter
            ? Map(update.NewValue)
            : Ops.Where(isFinite, Map(update.NewValue), update.Parameter);

        protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs) => [.. Rebuild(node, inputs).Zip(node.Outputs, (found, given) =>
            targets.TryGetValue(given, out Parameter? parameter) ? Ops.Where(isFinite, found, parameter) : found)];
    }
}
