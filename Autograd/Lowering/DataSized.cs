using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Lowering;

/// <summary>Runs nodes whose results have sizes that depend on the numbers of their inputs: each run makes its results.</summary>
internal static class DataSized
{
    /// <summary>The results of a node that binds symbols (<see cref="Node.Symbols"/>).</summary>
    /// <param name="node">The node.</param>
    /// <param name="inputs">The values of its inputs, null where one is left out.</param>
    /// <param name="workers">The threads.</param>
    public static IReadOnlyList<Value> Run(Node node, Value?[] inputs, Workers workers)
    {
        if (node.Operation is IDataSized sized)
        {
            return sized.Evaluate(new EvaluateRequest(node.Operation, inputs, workers));
        }

        // The shape rule tells the sizes once it sees the numbers.
        Value[] outputs = [.. node.Operation.Infer(InferRequest.Of(node.Operation, inputs)).Select(type => Value.Zeros(type.DType, type.Shape.ToSizes()))];
        KernelChoice.Run(node.Operation, inputs!, outputs, workers);
        return outputs;
    }
}
