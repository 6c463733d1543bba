using System.Numerics;
using System.Runtime.CompilerServices;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Normalization;

/// <summary>
/// −ln softmax(z)_y for each row of logits z [batch, classes] and label y (int64 [batch]), in one pass (book equations 6.29 and 6.30): the plain form of
/// <see cref="Losses.SoftmaxCrossEntropyLoss"/>. Results: the losses [batch] and ln softmax(z) [batch, classes]. The gradient of the losses is
/// (softmax(z) − onehot(y))·G. Stable for any finite logits, and for −∞ where it is not the label's.
/// </summary>
/// <remarks>Exported as LogSoftmax, OneHot, Where and ReduceSum, which every importer knows; there a label out of range gives the loss 0, here an
/// error.</remarks>
public sealed record LogitCrossEntropy : Operation, IHasKernel, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
        [new(new LogitCrossEntropy(), new ExampleInput(["batch", 4]), new ExampleInput(["batch"], DType.Int64, 0, 3))];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Floating(this, inputs[0].DType);
        Require.Type(this, DType.Int64, inputs[1].DType);
        Require.Rank(this, inputs[0], 2);
        Require.Rank(this, inputs[1], 1);
        return inputs[0].Shape[0] == inputs[1].Shape[0]
            ? [inputs[0] with { Shape = inputs[1].Shape }, inputs[0]]
            : throw new ShapeException($"{Name} expects one label for each row of logits, found labels {inputs[1].Shape} for logits {inputs[0].Shape}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => request.Floating(request.Type(0), Compute<float>, Compute<double>);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        (Variable logits, Variable labels, Variable logarithms) = (request[0], request[1], request.Result(1));
        Variable? result = null;
        if (request.Gradient(0) is { } g)
        {
            Variable difference = logarithms.Exp() - Ops.OneHot(labels, logits.Shape[1].Size, logits.DType);
            Func<Variable, Variable> column = v => Ops.Reshape(v, [logits.Shape[0], 1]);

            // An example that was left out contributes nothing, whatever its logits are.
            result = Choice.OfElements(g)?.Move(column) is { } rows
                ? rows.Take(difference * rows.Inner)
                : difference * column(g);
        }

        if (request.Gradient(1) is { } h)
        {
            Variable through = h - (logarithms.Exp() * Ops.Sum(h, [1], keepDims: true));
            result = result is null ? through : result + through;
        }

        return [result, null];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable logarithms = inputs[0].LogSoftmax();
        Variable own = Ops.Greater(Ops.OneHot(inputs[1], inputs[0].Shape[1].Size, inputs[0].DType), 0);
        return [-Ops.Where(own, logarithms, 0).Sum([1]), logarithms];
    }

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value logits, Value labels) = (arguments.Inputs[0], arguments.Inputs[1]);
        (int rows, int classes) = (logits.Sizes[0], logits.Sizes[1]);
        Value? kept = arguments.Outputs[1];
        using Scratch scratch = arguments.Workers.Rent(kept is null ? (long)logits.Count * Unsafe.SizeOf<T>() : 0);
        Span<T> logarithms = kept is null ? scratch.Span<T>(logits.Count) : kept.Span<T>();
        Span<T> losses = arguments.Outputs[0] is { } wanted ? wanted.Span<T>() : [];
        Kernels.Softmax.LogForward(logits.Span<T>(), rows, classes, 1, logarithms, arguments.Workers);
        ReadOnlySpan<long> label = labels.Span<long>();
        for (int row = 0; row < rows; row++)
        {
            if ((ulong)label[row] >= (ulong)classes)
            {
                throw new GraphException($"{Name} expects labels from 0 to {classes - 1}, found {label[row]} in row {row} (counted from 0).");
            }

            if (!losses.IsEmpty)
            {
                losses[row] = -logarithms[(row * classes) + (int)label[row]];
            }
        }
    }
}
