using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Execution;

/// <summary>
/// Runs a signature node by node, each result in memory of its own, with no rewriting: slow, obvious, and the oracle that compiled functions are tested
/// against.
/// </summary>
public static class Interpreter
{
    /// <summary>Computes the outputs and stores the updates.</summary>
    /// <param name="signature">The computation.</param>
    /// <param name="inputs">One value for each input.</param>
    /// <returns>One value for each output.</returns>
    /// <exception cref="ShapeException">A value does not fit its input.</exception>
    public static IReadOnlyList<Value> Run(Signature signature, params IReadOnlyList<Value> inputs)
    {
        Binding binding = Binding.Of(signature, [.. inputs]);
        using var workers = new Workers(1);
        var values = new Dictionary<Variable, Value>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < signature.Inputs.Count; i++)
        {
            values[signature.Inputs[i]] = inputs[i];
        }

        foreach (Node node in signature.Nodes)
        {
            Evaluate(node, binding, values, workers);
        }

        Value[] results = [.. signature.Outputs.Select(o => Get(o.Variable, values).Clone())];
        Value[] updates = [.. signature.Updates.Select(u => Get(u.NewValue, values).Clone())];
        for (int i = 0; i < updates.Length; i++)
        {
            signature.Updates[i].Parameter.Value = updates[i];
        }

        return results;
    }

    private static void Evaluate(Node node, Binding binding, Dictionary<Variable, Value> values, Workers workers)
    {
        if (node.Operation is DimSize size)
        {
            values[node.Outputs[0]] = Value.Of((long)size.Dim.Evaluate(binding.Sizes));
            return;
        }

        if (!node.Operation.HasKernel)
        {
            IReadOnlyList<Variable> expansion = node.Operation.Expand(node.Inputs)
                ?? throw new GraphException($"{node.Operation.Name} has neither a kernel nor an expansion.");
            foreach (Node inner in TopologicalOrder.Of(expansion))
            {
                if (!values.ContainsKey(inner.Outputs[0]))
                {
                    Evaluate(inner, binding, values, workers);
                }
            }

            for (int i = 0; i < expansion.Count; i++)
            {
                values[node.Outputs[i]] = Get(expansion[i], values);
            }

            return;
        }

        Value[] arguments = [.. node.Inputs.Select(i => Get(i, values))];
        Value[] outputs = [.. node.Outputs.Select(o => Value.Zeros(o.DType, o.Shape.Evaluate(binding.Sizes)))];
        node.Operation.Compute(new KernelArguments(arguments, outputs, workers));
        for (int i = 0; i < outputs.Length; i++)
        {
            values[node.Outputs[i]] = outputs[i];
        }
    }

    private static Value Get(Variable variable, Dictionary<Variable, Value> values) =>
        variable.Constant ?? variable.Parameter?.Value ?? values[variable];
}
