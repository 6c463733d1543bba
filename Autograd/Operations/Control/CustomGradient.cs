using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>
/// A computation whose gradient is given beside it, in the place of the one that follows from its operations: a straight-through estimator, a gradient that is clipped or turned round, a rule that is more precise than
/// the chain rule's. It runs and is exported as the computation. Made by
/// <see cref="Ops.WithGradient(Variable, Func{Variable, Variable}, Func{Variable, Variable, Variable, Variable})"/>.
/// </summary>
/// <param name="Function">What is computed from the arguments.</param>
/// <param name="Rule">The gradients with respect to some of the arguments from the arguments, the results and the gradients that come in at the results. They are differentiated like any computation.</param>
/// <param name="Reached">The arguments to which the gradients belong; those with respect to the others are zero.</param>
public sealed record CustomGradient(Body Function, Body Rule, IntList Reached) : Operation, IHasBodies, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        // log(1 + eˣ) times y, with the logistic function as its slope.
        OperationExample.Of(
            type =>
            {
                TensorType matrix = new(type, ["batch", 3]), vector = new(type, [3]);
                (Variable x, Variable y) = (Body.Input("x", matrix), Body.Input("y", vector));
                (Variable z, Variable result, Variable gradient) = (Body.Input("x", matrix), Body.Input("result", matrix), Body.Input("gradient", matrix));
                Variable factor = Body.Input("y", vector);
                return new CustomGradient(
                    new Body([x, y], [(x.Exp() + 1).Log() * y]),
                    new Body([z, factor, result, gradient], [gradient * factor * z.Sigmoid(), (gradient * z.Softplus()).Sum([0])]),
                    [0, 1]);
            },
            new ExampleInput(["batch", 3]),
            new ExampleInput([3])),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<Body> Bodies => [Function, Rule];

    /// <inheritdoc/>
    public Operation With(IReadOnlyList<Body> bodies) => this with { Function = bodies[0], Rule = bodies[1] };

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => Function.Results(inputs, [.. inputs.Present]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs) => Function.Apply([.. inputs]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        IEnumerable<Variable> incoming = request.Results.Select((result, i) => request.Gradient(i) ?? Ops.ExpandLike(Variable.Scalar(0, result.DType), result));
        IReadOnlyList<Variable> gradients = Rule.Apply([.. request.Arguments, .. request.Results, .. incoming]);
        return request.Each(i => Array.IndexOf([.. Reached], i) is >= 0 and var at ? gradients[at] : null);
    }
}
