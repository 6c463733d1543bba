using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>What becomes of an element at which an update is placed.</summary>
public enum ScatterReduction
{
    /// <summary>The update takes its place; of several the last.</summary>
    None,

    /// <summary>The update is added.</summary>
    Add,

    /// <summary>It is multiplied by the update.</summary>
    Mul,

    /// <summary>The greater of both; NaN if either is.</summary>
    Max,

    /// <summary>The lesser of both; NaN if either is.</summary>
    Min,
}

/// <summary>What the operations share that place updates in a copy of data.</summary>
internal static class Scattering
{
    /// <summary>The operator set that brought a reduction.</summary>
    public static int Since(ScatterReduction reduction) => reduction switch
    {
        ScatterReduction.None => 11,
        ScatterReduction.Add or ScatterReduction.Mul => 16,
        _ => 18,
    };

    /// <summary>The reduction that a node names.</summary>
    public static ScatterReduction Read(OnnxNode node) => (node.Knows("reduction") ? node.Text("reduction") : "none") switch
    {
        "none" => ScatterReduction.None,
        "add" => ScatterReduction.Add,
        "mul" => ScatterReduction.Mul,
        "max" => ScatterReduction.Max,
        "min" => ScatterReduction.Min,
        var other => throw new GraphException($"{node.Operator} expects the reduction none, add, mul, max or min, found {other}."),
    };

    /// <summary>The attribute that names it.</summary>
    public static IReadOnlyList<OnnxAttribute> Write(ScatterReduction reduction) =>
        reduction == ScatterReduction.None ? [] : [new OnnxAttribute("reduction", $"{reduction}".ToLowerInvariant())];

    /// <summary>What an update makes of an element.</summary>
    public static T Join<T>(ScatterReduction reduction, T element, T update)
        where T : INumber<T> => reduction switch
        {
            ScatterReduction.Add => element + update,
            ScatterReduction.Mul => element * update,
            ScatterReduction.Max => T.Max(element, update),
            ScatterReduction.Min => T.Min(element, update),
            _ => update,
        };

    /// <summary>
    /// The contributions to data and updates. Of replaced elements none goes to the data; of the greatest or least each that is it gets an equal part; of products each gets G times the
    /// others, for an update as G·y divided by it, so that it is NaN where an update is 0.
    /// </summary>
    /// <param name="request">The question.</param>
    /// <param name="reduction">The reduction.</param>
    /// <param name="scatter">Places updates in data with a reduction.</param>
    /// <param name="gather">Takes what lies at the places of the updates.</param>
    public static IReadOnlyList<Variable?> Bprop(
        BpropRequest request, ScatterReduction reduction, Func<ScatterReduction, Variable, Variable, Variable> scatter, Func<Variable, Variable> gather)
    {
        if (request.Gradient(0) is not { } g)
            return request.Zero;
        (Variable data, Variable updates, Variable y) = (request[0], request[2], request.Result(0));
        (Func<Variable> toData, Func<Variable> toUpdates) = reduction switch
        {
            ScatterReduction.None => (() => scatter(ScatterReduction.None, g, Full(0, updates)), () => gather(g)),
            ScatterReduction.Add => (() => g, () => gather(g)),
            ScatterReduction.Mul => (() => g * scatter(ScatterReduction.Mul, Full(1, data), updates), () => gather(g * y) / updates),
            _ => Shares(),
        };
        return request.Each(input => input == 0 ? toData() : input == 2 ? toUpdates() : null);

        (Func<Variable> ToData, Func<Variable> ToUpdates) Shares()
        {
            Variable kept = Ops.Cast(Ops.Equal(data, y), g.DType), won = Ops.Cast(Ops.Equal(updates, gather(y)), g.DType);
            Variable share = g / scatter(ScatterReduction.Add, kept, won);
            return (() => share * kept, () => gather(share) * won);
        }

        Variable Full(double number, Variable like) => Ops.ExpandLike(Variable.Scalar(number, g.DType), like);
    }
}
