using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>Nodes that one step of a plan computes, in topological order. Nothing outside depends on a member but on the last one and on what is stored besides.</summary>
/// <param name="nodes">The nodes.</param>
internal abstract class Group(IReadOnlyList<Node> nodes)
{
    /// <summary>The group of a single node.</summary>
    /// <param name="node">The node.</param>
    public static Group Of(Node node) => node.Operation is ElementwiseOperation && !HasTexts(node) ? new ElementwiseGroup([node]) : new KernelGroup(node);

    /// <summary>The members.</summary>
    public IReadOnlyList<Node> Nodes { get; } = nodes;

    /// <summary>The last member, where the group runs.</summary>
    public Node Sink => Nodes[^1];

    /// <summary>The name of the step.</summary>
    public virtual string Name => string.Join('+', Nodes.Select(n => n.Operation.Name));

    /// <summary>Texts are objects, which no tile of memory holds.</summary>
    private static bool HasTexts(Node node) => node.Inputs.Concat(node.Outputs).Any(variable => variable.DType == DType.String);
}

/// <summary>A chain of elementwise operations of one shape, run tile by tile.</summary>
/// <param name="nodes">The nodes.</param>
internal sealed class ElementwiseGroup(IReadOnlyList<Node> nodes) : Group(nodes);

/// <summary>One kernel: a node by itself, or a product with what is done to its result on the way out.</summary>
/// <param name="nodes">The nodes; the first is the one whose kernel runs.</param>
/// <param name="inputs">What the kernel reads.</param>
/// <param name="epilogue">What is done on the way out.</param>
internal sealed class KernelGroup(IReadOnlyList<Node> nodes, Arguments inputs, Epilogue epilogue) : Group(nodes)
{
    public KernelGroup(Node node)
        : this([node], node.Inputs, OwnEpilogue(node))
    {
    }

    public Arguments Inputs { get; } = inputs;

    public Epilogue Epilogue { get; } = epilogue;

    /// <summary>A product's own bias is added on the way out.</summary>
    private static Epilogue OwnEpilogue(Node node) =>
        node.Operation is IProduct product && product.TakesEpilogue(node.Inputs) ? new Epilogue(product.BiasOf(node.Inputs), Relu: false) : Epilogue.None;
}

/// <summary>The sum of two matrix products, added up where it lies.</summary>
/// <param name="left">The first product.</param>
/// <param name="right">The second product.</param>
/// <param name="sum">Their sum.</param>
internal sealed class ProductSumGroup(Node left, Node right, Node sum) : Group([left, right, sum])
{
    public Arguments Inputs { get; } = new([.. left.Inputs, .. right.Inputs]);

    public Gemm First { get; } = (Gemm)left.Operation;

    public Gemm Second { get; } = (Gemm)right.Operation;

    public override string Name => $"{First.Name}+{Second.Name}";
}
