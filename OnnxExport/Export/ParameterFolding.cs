using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Export;

/// <summary>Computes what depends on no input, so that a model for inference holds the results in place of the arithmetic: W + A·B becomes one weight.</summary>
internal static class ParameterFolding
{
    // A result that is larger than all that it is made of, such as an expansion, is left to the runtime unless it is small.
    private const int SmallCount = 4096;

    /// <summary>The computation with results in place of arithmetic on parameters and constants.</summary>
    /// <param name="signature">The computation.</param>
    /// <exception cref="ExportException">It updates parameters.</exception>
    public static Signature Apply(Signature signature)
    {
        if (signature.Updates.Count > 0)
        {
            throw new ExportException(
                $"Expected a computation without updates to fold parameters of, found \"{signature.Name}\", which updates \"{signature.Updates[0].Parameter.Name}\".");
        }

        var fixedNodes = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (Node node in signature.Nodes.Where(node => node.Inputs.Length > 0 && node.Inputs.All(input => IsFixed(input, fixedNodes))))
            fixedNodes.Add(node);
        Variable[] results =
        [
            .. signature.Nodes.Where(node => !fixedNodes.Contains(node)).SelectMany(node => node.Inputs).Concat(signature.Outputs.Select(output => output.Variable))
                .Where(variable => variable.Producer is { } producer && fixedNodes.Contains(producer))
                .Distinct<Variable>(ReferenceEqualityComparer.Instance)
                .Where(variable => !IsLarger(variable)),
        ];
        if (results.Length == 0)
            return signature;
        Value[] values = Function.Compile(new Signature([], [.. results.Select((result, i) => new Output($"result{i}", result))])).Run();
        HashSet<string> taken = [.. signature.Nodes.Where(node => !fixedNodes.Contains(node)).SelectMany(node => node.Inputs).Select(input => input.Parameter?.Name).OfType<string>()];
        var replacements = new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < results.Length; i++)
            replacements.Add(results[i], Folded(results[i], values[i], taken));
        return new Substitution(replacements).Apply(signature);
    }

    private static bool IsFixed(Variable variable, HashSet<Node> fixedNodes) => variable.Producer is { } producer ? fixedNodes.Contains(producer) : !variable.IsInput;

    private static bool IsLarger(Variable variable)
    {
        long count = Count(variable);
        return count > SmallCount && count > Leaves(variable).Sum(Count);

        static long Count(Variable variable) => variable.Shape.Aggregate(1L, (product, dim) => product * (dim.IsStatic ? dim.Size : int.MaxValue));
    }

    /// <summary>A parameter that has the name of the one it is made of, if there is one of its shape that nothing else reads; a constant if it is made of constants.</summary>
    private static Variable Folded(Variable result, Value value, HashSet<string> taken)
    {
        Parameter[] parts = [.. Leaves(result).Select(leaf => leaf.Parameter).OfType<Parameter>()];
        if (parts.Length == 0)
            return Variable.Of(value);
        Parameter main = parts.FirstOrDefault(part => part.Shape == result.Shape && part.DType == result.DType) ?? parts[0];
        string name = taken.Add(main.Name) ? main.Name : $"{main.Name}.folded";
        taken.Add(name);
        return new Parameter(name, value, main.Role).Variable;
    }

    private static IEnumerable<Variable> Leaves(Variable variable) =>
        TopologicalOrder.Of([variable]).SelectMany(node => node.Inputs).Where(input => input.Producer is null).Distinct<Variable>(ReferenceEqualityComparer.Instance);
}
