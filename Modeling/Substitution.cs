using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling;

/// <summary>Builds a computation anew with other variables in the place of some.</summary>
internal static class Substitution
{
    /// <summary>The variable that the root becomes when each key is replaced by its value. What does not depend on a key is shared, not built
    /// anew.</summary>
    public static Variable Apply(Variable root, IReadOnlyDictionary<Variable, Variable> replacements)
    {
        var done = new Dictionary<Variable, Variable>(replacements, ReferenceEqualityComparer.Instance);
        var pending = new Stack<Variable>([root]);
        while (pending.TryPeek(out Variable? variable))
        {
            if (done.ContainsKey(variable) || variable.Producer is not { } node)
            {
                done.TryAdd(variable, variable);
                pending.Pop();
                continue;
            }

            Variable[] missing = [.. node.Inputs.Where(input => !done.ContainsKey(input))];
            if (missing.Length > 0)
            {
                foreach (Variable input in missing)
                    pending.Push(input);
                continue;
            }

            pending.Pop();
            IReadOnlyList<Variable> outputs = node.Inputs.All(input => ReferenceEquals(done[input], input))
                ? node.Outputs
                : node.Operation.ApplyAll([.. node.Inputs.Select(input => done[input])]);
            for (int i = 0; i < outputs.Count; i++)
                done.TryAdd(node.Outputs[i], outputs[i]);
        }

        return done[root];
    }
}
