using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What each operation computes, written once more in plain loops over doubles, one table for each family. An operation without an entry fails its test.</summary>
internal static class References
{
    private static readonly Dictionary<Type, Func<Operation, Array64[], Array64[]>> Table = new(
        new[]
        {
            ElementwiseReferences.Table, ReductionReferences.Table, ShapingReferences.Table, ProductReferences.Table, IndexingReferences.Table,
            RandomReferences.Table, ResizingReferences.Table, ConvolutionReferences.Table, ControlReferences.Table, RecurrentReferences.Table, ActivationReferences.Table, QuantizationReferences.Table, LossReferences.Table, OptimizerReferences.Table, SignalReferences.Table, CountingReferences.Table, EinsumReferences.Table, ComposedReductionReferences.Table,
            NormalizationReferences.Table, TransformerReferences.Table,
        }.SelectMany(family => family));

    public static Array64[] Compute(Operation operation, Array64[] inputs) => Table.TryGetValue(operation.GetType(), out var reference)
        ? reference(operation, inputs)
        : throw new InvalidOperationException($"{operation.Name} has no reference computation.");
}
