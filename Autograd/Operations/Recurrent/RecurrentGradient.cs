using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Recurrent;

/// <summary>
/// The gradients of a recurrent operator with respect to those of its inputs that are wanted, in one pass backwards over what it has kept. Written as the gradient of its Scans
/// it is differentiated again and exported.
/// </summary>
/// <remarks>Inputs: those of the operator, its result y, what it has kept, and the gradients of its results, null where they are zero.</remarks>
/// <param name="Forward">The operator.</param>
/// <param name="Same">The same gradients as Scans, of the inputs of the operator and the gradients of its results that are there.</param>
/// <param name="Wanted">The positions of the inputs whose gradients are the results.</param>
internal sealed record RecurrentGradient(RecurrentOperation Forward, Body Same, IntList Wanted) : Operation, IRunsInBlocks
{
    /// <summary>The position of the operator's result.</summary>
    public int Result => 5 + Forward.States;

    /// <summary>The position of what the operator has kept.</summary>
    public int Kept => Result + 1;

    /// <summary>The position of the first of the gradients of its results.</summary>
    public int Gradients => Kept + 1;

    /// <summary>The contributions of an operator to the gradients of its inputs.</summary>
    public static IReadOnlyList<Variable?> Of(RecurrentOperation forward, BpropRequest request)
    {
        int count = 5 + forward.States;
        Variable?[] given = [.. Enumerable.Range(0, count).Select(request.Arguments.Optional)];
        Variable?[] seeds = [.. Enumerable.Range(0, forward.StandardResults).Select(request.Gradient)];
        Variable?[] inputs = [.. given.Select((variable, i) => variable is null ? null : Body.Input($"input{i}", variable.Type))];
        Variable?[] gradients = [.. seeds.Select((variable, i) => variable is null ? null : Body.Input($"gradient{i}", variable.Type))];
        IReadOnlyList<Variable> results = forward.Written(new Arguments(inputs), keeps: false);
        int[] reached = [.. Enumerable.Range(0, seeds.Length).Where(i => gradients[i] is not null)], wanted = [.. Enumerable.Range(0, count).Where(request.Wants)];
        IReadOnlyList<Variable?> found =
            request.PullBack([.. reached.Select(i => results[i])], [.. reached.Select(i => gradients[i])], [.. wanted.Select(i => inputs[i]!)]);
        var same = new Body(
            [.. inputs.OfType<Variable>(), .. gradients.OfType<Variable>()],
            [.. found.Select((gradient, i) => gradient ?? Ops.ExpandLike(Variable.Scalar(0, inputs[wanted[i]]!.DType), inputs[wanted[i]]!))]);
        IReadOnlyList<Variable> all = new RecurrentGradient(forward, same, [.. wanted])
            .ApplyAll([.. given, request.Result(0), forward.Kept > 0 ? request.Result(forward.StandardResults) : null, .. seeds]);
        return request.Each(i => all[Array.IndexOf(wanted, i)]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [.. Wanted.Select(i => inputs[i])];

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs) => Same.Apply(
    [
        .. Enumerable.Range(0, Result).Concat(Enumerable.Range(Gradients, Math.Max(0, inputs.Length - Gradients))).Select(inputs.Optional).OfType<Variable>(),
    ]);

    /// <summary>By examples; the gradients of weights are sums over them.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result)
    {
        IntList examples = Forward.AxesOfExamples;
        return new Blocks(
            [.. examples, Forward.ResultAxis, Forward.KeptAxis, Forward.ResultAxis, .. Enumerable.Repeat(Forward.StateAxis, Forward.States)],
            Least: RecurrentOperation.BlockRows,
            Results: [.. Wanted.Select(position => examples[position])]);
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => RecurrentKernels.Backward(this, request);
}
