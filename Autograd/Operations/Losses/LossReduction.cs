using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Losses;

/// <summary>What becomes of the losses of single labels.</summary>
public enum LossReduction
{
    /// <summary>They stay as they are.</summary>
    None,

    /// <summary>Their mean: the sum divided by the sum of the weights, if there are any, or by the number of labels that count.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,
}

/// <summary>The attributes of losses in a file.</summary>
internal static class LossAttributes
{
    public static LossReduction Reduction(OnnxNode node) => node.Text("reduction") switch
    {
        "none" => LossReduction.None,
        "mean" => LossReduction.Mean,
        "sum" => LossReduction.Sum,
        var other => throw new GraphException($"{node.Operator} expects the reduction \"none\", \"mean\" or \"sum\", found \"{other}\"."),
    };

    public static long? Ignored(OnnxNode node) => node.Has("ignore_index") ? node.Integer("ignore_index") : null;

    public static IReadOnlyList<OnnxAttribute> Of(LossReduction reduction, long? ignored)
    {
        var text = new OnnxAttribute("reduction", reduction switch { LossReduction.None => "none", LossReduction.Mean => "mean", _ => "sum" });
        return ignored is { } label ? [new OnnxAttribute("ignore_index", label), text] : [text];
    }
}
