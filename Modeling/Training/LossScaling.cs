using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
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
        Variable[] flags = [.. gradients.Select(gradient => Ops.Less(Greatest(gradient), double.PositiveInfinity).Cast(DType.Float32))];
        isFinite = Ops.Greater(flags.Aggregate((all, flag) => all * flag), 0.5);
        return [.. gradients.Select(gradient => gradient / scale.Variable)];
    }

    /// <summary>An update that changes nothing when a gradient is not finite.</summary>
    public Update IfFinite(Update update) => update with { NewValue = Ops.Where(isFinite!, update.NewValue, update.Parameter) };

    /// <summary>The next scale.</summary>
    public IEnumerable<Update> Updates()
    {
        Variable one = Variable.Scalar(1, DType.Int64), none = Variable.Scalar(0, DType.Int64), next = Ops.Add(good, one);
        Variable isDue = Ops.Equal(next, Variable.Scalar(Patience, DType.Int64));
        yield return new Update(good, Ops.Where(isFinite!, Ops.Where(isDue, none, next), none));
        yield return new Update(scale, Ops.Where(isFinite!, Ops.Where(isDue, Ops.Min(scale.Variable * 2.0, Most), scale.Variable), scale.Variable * 0.5));
    }

    // NaN is not less than infinity either.
    private static Variable Greatest(Variable gradient) =>
        gradient.Shape.Rank == 0 ? gradient.Abs() : gradient.Abs().ReduceMax([.. Enumerable.Range(0, gradient.Shape.Rank)]);
}
