using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Normalization = Toolkit.Autograd.Operations.Normalization.BatchNormalization;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A computation from elsewhere over other inputs, in the form that a graph is for. Files hold the form of inference; in training a batch normalization whose scale or shift is learned takes mean
/// and variance from the batch again, and its running statistics follow, m ← 0.9·m + 0.1·(batch value), the momentum that ONNX has unless it is told otherwise; dropout drops again with the ratio
/// that the file names.
/// </summary>
internal sealed class ForwardForm : GraphTransform
{
    private const double Momentum = 0.9;

    private readonly ForwardContext context;
    private readonly ReturningDropout? dropout;

    public ForwardForm(IReadOnlyDictionary<Variable, Variable> inputs, ForwardContext context, ReturningDropout? dropout)
    {
        this.context = context;
        this.dropout = dropout;
        foreach ((Variable input, Variable given) in inputs)
            Set(input, given);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs)
    {
        if (context.Mode == Mode.Training && dropout is not null && ReturningDropout.RateOf(node) > 0)
            return dropout.Apply(node, inputs[0], context);
        bool trains = context.Mode == Mode.Training
            && !context.IsFrozen
            && node.Operation is Normalization
            && (IsLearned(inputs[1]) || IsLearned(inputs[2]))
            && inputs[3].Parameter is { Role: ParameterRole.State } && inputs[4].Parameter is { Role: ParameterRole.State };
        return trains ? [OfBatch((Normalization)node.Operation, inputs)] : Rebuild(node, inputs);
    }

    private static bool IsLearned(Variable variable) => variable.Parameter is { } parameter && parameter.Role != ParameterRole.State;

    private Variable OfBatch(Normalization operation, Arguments inputs)
    {
        Variable x = inputs[0];
        IntList axes = [.. Enumerable.Range(0, x.Shape.Rank).Where(axis => axis != 1)];
        Shape spread = [x.Shape[1], .. Enumerable.Repeat(Dim.Of(1), x.Shape.Rank - 2)];
        Variable mean = context.Mean(x, axes);
        Variable variance = context.Mean((x - mean.Reshape(spread)).Square(), axes);
        Follow(inputs[3].Parameter!, mean);
        Follow(inputs[4].Parameter!, variance);
        return operation.Apply(x, inputs[1], inputs[2], mean, variance);
    }

    private void Follow(Parameter running, Variable ofBatch) => context.Update(running, (running.Variable * Momentum) + (ofBatch * (1 - Momentum)));
}
