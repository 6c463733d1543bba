using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Import;

/// <summary>What an If becomes whose branches give values of different ranks: what follows it is read once behind each branch, so that every value has a rank that is known.</summary>
/// <param name="name">The name of the node, for messages.</param>
/// <param name="condition">The condition.</param>
internal sealed class BranchReader(string name, Variable condition)
{
    private readonly HashSet<Variable> outside = new(ReferenceEqualityComparer.Instance);
    private readonly IReadOnlyList<Variable>?[] results = new IReadOnlyList<Variable>?[2];
    private ToolkitException? failure;

    /// <summary>The variables of the graph around that branches read.</summary>
    public HashSet<Variable> Outside => outside;

    /// <summary>Whether two branches give values of the same ranks.</summary>
    public static bool Agree(IReadOnlyList<Variable> then, IReadOnlyList<Variable> otherwise) =>
        then.Count != otherwise.Count || then.Zip(otherwise).All(pair => pair.First.Shape.Rank == pair.Second.Shape.Rank);

    /// <summary>Reads what follows one branch; that it cannot be computed is an error only where the other cannot be either.</summary>
    /// <param name="taken">The condition under which it is taken.</param>
    /// <param name="read">Reads it.</param>
    public void Read(bool taken, Func<IReadOnlyList<Variable>> read)
    {
        try
        {
            results[taken ? 0 : 1] = read();
        }
        catch (ToolkitException e) when (e is ImportException or GraphException or ShapeException or DTypeException)
        {
            failure ??= e;
        }
    }

    /// <summary>The results: those of a choice, or where only one branch can be computed, those of that one as long as it is taken.</summary>
    public IReadOnlyList<Variable> Results()
    {
        if (results is [{ } then, { } otherwise])
        {
            if (!Agree(then, otherwise))
            {
                throw new ImportException(
                    $"The node \"{name}\" (If) has branches that give values of different ranks, and so does what follows them: found {string.Join(", ", then)} and {string.Join(", ", otherwise)}.")
                { IsOfRanks = true };
            }

            (IReadOnlyList<Body> bodies, IReadOnlyList<Variable> captured) = BodyClosing.Close([([], then), ([], otherwise)], outside.Contains);
            return new If(bodies[0], bodies[1]).ApplyAll([condition, .. captured]);
        }

        IReadOnlyList<Variable> only = results[0] ?? results[1] ?? throw failure!;
        string reason = $"Behind the other branch of the node \"{name}\" nothing can be computed: {failure!.Message}";
        return [.. only.Select(result => Ops.Checked(result, condition, expected: results[0] is not null, reason))];
    }
}
