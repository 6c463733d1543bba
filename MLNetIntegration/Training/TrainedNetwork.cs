using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>A network with the standardization before it and what its outputs mean. Outputs of classes come in the order of the label's keys, which need not be that of
/// the network when it started from another one.</summary>
internal sealed class TrainedNetwork(Standardization? standardization, Module model, NetworkMeaning meaning, int[]? order) : Module, IMeaningful
{
    /// <summary>What the outputs of the inner network mean, before they are reordered.</summary>
    public NetworkMeaning Meaning => meaning;

    public override IReadOnlyList<Module> Children { get; } = standardization is null ? [model] : [standardization, model];

    protected override Shape? ExpectedInput => Children[0].InputShape;

    protected override Variable Build(Variable input, ForwardContext context)
    {
        Variable output = Children.Aggregate(input, (x, module) => module.Forward(x, context));
        return order is null ? output : output.Gather(Variable.Of(Value.Of([.. order.Select(i => (long)i)], order.Length)), 1);
    }
}
