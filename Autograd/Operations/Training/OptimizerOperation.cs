using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Training;

/// <summary>
/// A step of an optimizer on any number of tensors (domain <c>ai.onnx.preview.training</c>). Inputs: the learning rate R, the number T of steps before (int64), both scalars, then all tensors X, all their
/// gradients G, and all tensors of each state. Results: the new X, then the new states, in the same order.
/// </summary>
public abstract record OptimizerOperation : CompositeOperation
{
    /// <summary>The domain in files.</summary>
    public const string Domain = "ai.onnx.preview.training";

    /// <inheritdoc/>
    public sealed override OperatorSchema? StandardSchema() => StandardOperators.History(Domain, Name) is [.., var newest] ? newest : null;

    /// <summary>How many states each tensor has.</summary>
    private protected abstract int States { get; }

    /// <summary>The new tensor and its new states.</summary>
    /// <param name="rate">R, in the type of the tensor.</param>
    /// <param name="time">T.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="states">Its states.</param>
    private protected abstract Variable[] Step(Variable rate, Variable time, Variable x, Variable gradient, Variable[] states);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        int kinds = 2 + States, count = (inputs.Length - 2) / kinds;
        if (count < 1 || inputs.Length != 2 + (count * kinds))
            throw new GraphException($"{Name} expects a rate, a time and {kinds} tensors for each that is trained, found {inputs.Length} inputs.");
        Variable[][] steps = [.. Enumerable.Range(0, count).Select(i => Step(
            Ops.Cast(Scalar(inputs[0]), inputs[2 + i].DType),
            Scalar(inputs[1]),
            inputs[2 + i],
            inputs[2 + count + i],
            [.. Enumerable.Range(2, States).Select(kind => inputs[2 + (kind * count) + i])]))];
        return [.. Enumerable.Range(0, 1 + States).SelectMany(kind => steps.Select(step => step[kind]))];
    }

    /// <summary>Only the expansion is written: no runtime has the operator.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public sealed override OnnxForm? ToOnnx(OnnxRequest request) => null;

    /// <summary>Where T is greater than 0, one number, otherwise another.</summary>
    private protected static Variable Later(Variable time, Variable later, Variable first) => Ops.Where(Ops.Greater(time, 0), later, first);

    /// <summary>An example of one tensor and one of two.</summary>
    private protected static IEnumerable<OperationExample> ExamplesOf(Operation first, Operation second, int states, int time = 3)
    {
        ExampleInput x = new([2, 3]), z = new([4]), positive = new([2, 3], Low: 0.5), other = new([4], Low: 0.5);
        ExampleInput rate = new([], Low: 0.1, High: 0.2);
        yield return new OperationExample(first, [rate, new([], DType.Int64, time, time), x, x, .. Enumerable.Repeat(positive, states)]);
        yield return new OperationExample(second, [rate, new([], DType.Int64, 0, 0), x, z, x, z, .. Enumerable.Repeat(new[] { positive, other }, states).SelectMany(pair => pair)]);
    }

    private Variable Scalar(Variable input) => input.Shape.Rank == 0 ? input
        : input.Shape.ElementCount == 1 ? Ops.Reshape(input, Shape.Scalar)
        : throw new ShapeException($"{Name} expects a scalar as rate and as time, found the shape {input.Shape}.");
}
