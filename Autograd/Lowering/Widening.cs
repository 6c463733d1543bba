using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Lowering;

/// <summary>Operations on types in which their kernels do not compute (<see cref="IHasKernel.ComputeType"/>), such as float16: the inputs are widened, and the
/// results rounded to the type that they have. So every operation rounds, as if it computed in the narrow type with exact intermediate results.</summary>
internal static class Widening
{
    /// <summary>The same results from an operation on wider types.</summary>
    /// <param name="node">The node.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <returns>One variable for each result; null where the kernel computes with the types that are there.</returns>
    public static IReadOnlyList<Variable>? Of(Node node, Arguments inputs)
    {
        // What binds symbols runs by itself and would bind others if it were rebuilt.
        if (node.Operation is not IHasKernel kernel || node.Symbols.Count > 0 || Blocks.Of(node.Operation, new InferRequest(node.Operation, inputs), node.Outputs[0].Shape) is not null)
            return null;
        Arguments wide = inputs.Map(input => kernel.ComputeType(input.DType) is var type && type != input.DType ? new Cast(type).Apply(input) : input);
        bool isNarrow = !ReferenceEquals(wide, inputs);
        return isNarrow || node.Outputs.Any(output => kernel.ComputeType(output.DType) != output.DType)
            ? [.. Results(node, wide, isNarrow).Select((result, i) => result.DType == node.Outputs[i].DType ? result : new Cast(node.Outputs[i].DType).Apply(result))]
            : null;
    }

    /// <summary>A result whose type the inputs do not decide, such as that of <c>OneHot</c>, is narrow only by the operation's attribute: its expansion widens.</summary>
    private static IReadOnlyList<Variable> Results(Node node, Arguments wide, bool isNarrow) => isNarrow
        ? node.Operation.ApplyAll(wide)
        : node.Operation.Expand(wide) ?? throw new DTypeException(
            $"{node.Operation.Name} has neither a kernel nor an expansion for results of type {string.Join(", ", node.Outputs.Select(output => output.DType))}.");
}
