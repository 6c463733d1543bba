using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Operations.Elementwise;
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

        // The shape rule tells the sizes once it sees the numbers. Types in which the kernel does not compute are widened, as Widening does it in graphs.
        Value?[] wide = node.Operation is IHasKernel kernel
            ? [.. inputs.Select(input => input is null ? null : As(kernel.ComputeType(input.DType), input, workers))]
            : inputs;
        Value[] results = [.. node.Operation.Infer(InferRequest.Of(node.Operation, wide)).Select(type => Value.Zeros(type.DType, type.Shape.ToSizes()))];
        KernelChoice.Run(node.Operation, wide!, results, workers);
        return [.. results.Select((result, i) => As(node.Outputs[i].DType, result, workers))];
    }

    /// <summary>The results of a node whose operation has bodies; null where nobody reads one.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="inputs">The values of its inputs, null where one is left out.</param>
    /// <param name="isWanted">For each result whether anybody reads it.</param>
    /// <param name="functions">The bodies, ready to run.</param>
    /// <param name="workers">The threads.</param>
    /// <param name="cancellation">Ends the run early.</param>
    public static IReadOnlyList<Value?> Run(
        IRunsBodies operation, Value?[] inputs, bool[] isWanted, Func<Body, BodyFunction> functions, Workers workers, CancellationToken cancellation)
    {
        BodyFunction first = functions(operation.Bodies[0]);
        var run = new BodyRun(
            inputs!, new Value[isWanted.Length], isWanted, first.Limits, first.SizeOf, (body, arguments, outputs) => functions(body).Run(arguments, outputs, workers, cancellation));
        operation.Run(run);
        return run.Results;
    }

    private static Value As(DType type, Value value, Workers workers)
    {
        if (value.DType == type)
            return value;
        Value[] result = [Value.Zeros(type, value.Sizes.ToArray())];
        KernelChoice.Run(new Cast(type), [value], result, workers);
        return result[0];
    }
}
