using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Import;

/// <summary>Conditions that are known when a file is read, because they follow from constants and from sizes and numbers of axes that are known.</summary>
internal static class KnownCondition
{
    // What decides about shapes is short.
    private const int LargestCount = 64;
    private const int MostNodes = 256;

    /// <summary>What a condition is; null where that is not known.</summary>
    /// <param name="condition">A bool with one element.</param>
    public static bool? Of(Variable condition)
    {
        var known = new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance);
        var seen = new HashSet<Variable>(ReferenceEqualityComparer.Instance);
        var open = new Stack<Variable>([condition]);
        while (open.TryPop(out Variable? variable))
        {
            if (!seen.Add(variable) || variable.Constant is { Count: <= LargestCount })
                continue;
            if (variable.KnownValue() is { } value)
                known.Add(variable, Variable.Of(value));
            else if (variable.Producer is { Operation: not IHasBodies } node && seen.Count <= MostNodes && IsShort(variable))
                Array.ForEach([.. node.Inputs], open.Push);
            else
                return null;
        }

        if (condition.DType != DType.Bool || condition.Shape.ElementCount != 1)
            return null;
        try
        {
            return Interpreter.Run(new Signature([], [new Output("condition", new Substitution(known).Map(condition))]))[0].Span<bool>()[0];
        }
        catch (ToolkitException)
        {
            // Whoever runs it is told.
            return null;
        }
    }

    private static bool IsShort(Variable variable) => variable.Shape.ElementCount is { IsStatic: true, Number: <= LargestCount };
}
