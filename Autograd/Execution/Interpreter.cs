using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Lowering;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Control;
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
        using var workers = new Workers(1);
        var evaluation = new Evaluation(signature, [.. inputs], null, workers);
        Value[] results = [.. signature.Outputs.Select(o => evaluation.Map(o.Variable).Clone())];
        Value[] updates = [.. signature.Updates.Select(u => evaluation.Map(u.NewValue).Clone())];
        for (int i = 0; i < updates.Length; i++)
        {
            signature.Updates[i].Parameter.Value = updates[i];
        }

        return results;
    }

    private sealed class Evaluation : GraphWalk<Value>
    {
        private readonly Binding binding;
        private readonly Workers workers;

        public Evaluation(Signature signature, ReadOnlySpan<Value> inputs, Binding? outer, Workers workers)
        {
            binding = Binding.Of(signature, inputs, outer?.Sizes);
            this.workers = workers;
            for (int i = 0; i < inputs.Length; i++)
            {
                Set(signature.Inputs[i], inputs[i]);
            }
        }

        protected override Value Leaf(Variable leaf) => leaf.Constant ?? leaf.Parameter!.Value;

        protected override IReadOnlyList<Value> Visit(Node node)
        {
            try
            {
                IReadOnlyList<Value> results = Results(node);
                if (node.Symbols.Count > 0)
                {
                    binding.Add(node, results);
                }

                return results;
            }
            catch (ToolkitException e) when (node.Origin is not null)
            {
                e.Locate(node.Origin.ToString());
                throw;
            }
        }

        private IReadOnlyList<Value> Results(Node node)
        {
            Value?[] inputs = Inputs(node);
            if (node.Operation is IRunsBodies control)
            {
                // Where sizes depend on data, the operation makes the places.
                Value[] places = node.Symbols.Count > 0 ? new Value[node.Outputs.Count] : [.. node.Outputs.Select(o => Value.Zeros(o.DType, o.Shape.Evaluate(binding.Sizes)))];
                var run = new BodyRun(inputs!, places, [.. node.Outputs.Select(_ => true)], LoopLimits.None, symbol => binding.Sizes.TryGetValue(symbol, out int size) ? size : null, RunBody);
                control.Run(run);
                return run.Results!;
            }

            if (node.Symbols.Count > 0)
            {
                return DataSized.Run(node, inputs, workers);
            }

            if (node.Operation is not IHasKernel kernel || !kernel.Computes(node.Inputs))
            {
                IReadOnlyList<Variable> expansion =
                    node.Operation.Expand(node.Inputs) ?? throw new GraphException($"{node} has neither a kernel nor an expansion.");
                return [.. expansion.Select(Map)];
            }

            if (Widening.Of(node, node.Inputs) is { } wide)
            {
                return [.. wide.Select(Map)];
            }

            Value[] outputs = [.. node.Outputs.Select(o => Value.Zeros(o.DType, o.Shape.Evaluate(binding.Sizes)))];
            KernelChoice.Run(node.Operation, inputs!, outputs, workers);
            return outputs;
        }

        private void RunBody(Body body, ReadOnlySpan<Value> inputs, Span<Value> outputs)
        {
            var evaluation = new Evaluation(Signature.Of(body), inputs, binding, workers);
            for (int i = 0; i < outputs.Length; i++)
            {
                Value result = evaluation.Map(body.Outputs[i]);
                if (outputs[i] is { } place && place.Sizes.SequenceEqual(result.Sizes))
                    place.CopyFrom(result);
                else
                    outputs[i] = result.Clone();
            }
        }

        private Value?[] Inputs(Node node) => node.Inputs.ByPosition(v => v is null ? null : Map(v));
    }
}
