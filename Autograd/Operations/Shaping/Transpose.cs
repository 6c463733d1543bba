using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Permutes the axes (ONNX <c>Transpose</c>): axis i of the result is axis Permutation[i] of the input.</summary>
/// <param name="Permutation">A permutation of 0 to rank − 1.</param>
public sealed record Transpose(IntList Permutation) : Operation, IMovesElements, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Transpose([1, 0]), new ExampleInput(["batch", 3])),
        new(new Transpose([2, 0, 1]), new ExampleInput([2, 3, 4])),
        new(new Transpose([0, 2, 3, 1]), new ExampleInput(["batch", 2, 1, 3])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => [Ops.Transpose(node[0], node.Integers("perm") is { } axes ? [.. axes.Select(a => checked((int)a))] : null)];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        Shape shape = inputs[0].Shape;
        return Permutation.Order().SequenceEqual(Enumerable.Range(0, shape.Rank))
            ? [inputs[0] with { Shape = [.. Permutation.Select(axis => shape[axis])] }]
            : throw new ShapeException($"{Name} expects a permutation of the {shape.Rank} axes of {shape}, found {Permutation}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments) =>
        ValueCopy.Transpose(arguments.Inputs[0], Permutation.AsSpan(), arguments.Outputs[0], arguments.Workers);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        var inverse = new int[Permutation.Count];
        for (int i = 0; i < inverse.Length; i++)
        {
            inverse[Permutation[i]] = i;
        }

        return [request.Gradient(0) is { } g ? Choice.Moved(g, v => Ops.Transpose(v, IntList.Of(inverse))) : null];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { Attributes = [new OnnxAttribute("perm", Permutation.ToLongs())] };
}
