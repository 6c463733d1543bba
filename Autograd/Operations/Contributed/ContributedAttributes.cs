using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Contributed;

/// <summary>Attributes of operators for which the table of the standard has no defaults.</summary>
internal static class ContributedAttributes
{
    public static float Number(this OnnxNode node, string name, float otherwise) => node.Has(name) ? node.Number(name) : otherwise;

    public static bool IsSet(this OnnxNode node, string name) => node.Has(name) && node.Flag(name);

    public static int? Int32OrNull(this OnnxNode node, string name) => node.Has(name) ? node.Int32(name) : null;

    /// <summary>An attribute that a node must give.</summary>
    public static int Needed(this OnnxNode node, string name) => node.Int32OrNull(name) ?? throw new GraphException($"{node.Operator} needs the attribute \"{name}\", found none.");

    /// <summary>Refuses what is not done.</summary>
    public static void Refuse(this OnnxNode node, bool found, string what)
    {
        if (found)
            throw new GraphException($"{node.Operator} is read without {what}, found a node with it.");
    }

    /// <summary>The results of an operator of the standard with the attributes of the node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="name">The operator of the standard.</param>
    /// <param name="apply">What reads it.</param>
    /// <param name="inputs">Its inputs.</param>
    public static Variable As(this OnnxNode node, string name, Func<OnnxNode, IReadOnlyList<Variable>> apply, params IReadOnlyList<Variable?> inputs) =>
        apply(node.Of(StandardOperators.Find(string.Empty, name, StandardOperators.NewestVersion)!, inputs))[0];
}
