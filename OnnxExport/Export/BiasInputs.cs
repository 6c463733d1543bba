using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Export;

/// <summary>
/// A product of two matrices and the row that is added to it become one <c>Gemm</c>; a convolution, transposed or not, and what is added to each of its channels become one node with three inputs. The sums are the
/// same, and a viewer shows a layer as one node.
/// </summary>
/// <remarks>
/// <para>Only where nothing else reads the product, where the shapes say that the addend is a row of [n] or [1, n] beside [m, n], or one number per channel, and where both nodes are of one layer.
/// Nodes that a file has named stay as they are there.</para>
/// <para>Products of integers stay: runtimes have <c>Gemm</c> for floating types alone.</para>
/// </remarks>
internal sealed class BiasInputs : GraphTransform
{
    private readonly Dictionary<Variable, int> reads = new(ReferenceEqualityComparer.Instance);

    private BiasInputs(Signature signature) =>
        Count(signature.Nodes, [.. signature.Outputs.Select(output => output.Variable), .. signature.Updates.Select(update => update.NewValue)]);

    /// <summary>The computation with biases as inputs of the products that they are added to.</summary>
    /// <param name="signature">The computation; equal nodes should be one, so that it is seen who reads a product.</param>
    public static Signature Of(Signature signature) => new BiasInputs(signature).Apply(signature);

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs) =>
        node.Operation is Add && (WithBias(node, inputs, 0, 1) ?? WithBias(node, inputs, 1, 0)) is { } sum ? [sum] : Rebuild(node, inputs);

    private Variable? WithBias(Node add, Arguments inputs, int product, int addend)
    {
        if (inputs[product].Producer is not { } producer || reads.GetValueOrDefault(OriginalOf(add).Inputs[product]) != 1 || !producer.Outputs[0].DType.IsFloating() || !AreOfOneLayer(producer, add))
            return null;
        (Arguments factors, Variable bias, Shape shape) = (producer.Inputs, inputs[addend], producer.Outputs[0].Shape);
        Variable? sum = producer.Operation switch
        {
            MatMul when factors[0].Shape.Rank == 2 && factors[1].Shape.Rank == 2 && IsRow(bias.Shape, shape[1]) => new Gemm().Apply(factors[0], factors[1], bias),
            Gemm gemm when !factors.Has(2) && IsRow(bias.Shape, shape[1]) => (gemm with { Beta = 1 }).Apply(factors[0], factors[1], bias),
            Conv or ConvTranspose when !factors.Has(2) && PerChannel(bias, shape) is { } channels => producer.Operation.Apply(factors[0], factors[1], channels),
            _ => null,
        };
        if (sum is not null)
            (producer.Origin ?? add.Origin)?.Mark([sum], inputs);
        return sum;
    }

    private static bool IsRow(Shape bias, Dim columns) => bias.Rank is 1 or 2 && bias[^1] == columns && (bias.Rank == 1 || bias[0] == 1);

    /// <summary>The vector that has been given axes of size 1 to be added along axis 1; null where that is not what happens.</summary>
    private static Variable? PerChannel(Variable addend, Shape result) =>
        addend.Producer is { Operation: Reshape or Unsqueeze } view && view.Inputs[0] is { Shape: { Rank: 1 } channels } vector
        && channels[0] == result[1] && IsAlongChannels(addend.Shape, result) ? vector : null;

    private static bool IsAlongChannels(Shape addend, Shape result)
    {
        int before = addend.Rank - (result.Rank - 1);
        return before is 0 or 1 && Enumerable.Range(0, addend.Rank).All(axis => addend[axis] == (axis == before ? result[1] : 1));
    }

    private static bool AreOfOneLayer(Node product, Node add) =>
        product.Origin?.Name is null && add.Origin?.Name is null && product.Origin?.Results is null or { Count: 0 } && add.Origin?.Results is null or { Count: 0 }
        && (product.Origin?.Layer ?? string.Empty) == (add.Origin?.Layer ?? string.Empty);

    private void Count(IReadOnlyList<Node> nodes, IReadOnlyList<Variable> results)
    {
        foreach (Variable read in nodes.SelectMany(node => node.Inputs).Concat(results))
            reads[read] = reads.GetValueOrDefault(read) + 1;
        foreach (Body body in nodes.Select(node => node.Operation).OfType<IHasBodies>().SelectMany(operation => operation.Bodies))
            Count(body.Nodes, body.Outputs);
    }
}
