using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>A task of a network with the layers of <see cref="NeuralNetworkOptions"/>.</summary>
internal abstract class LayeredHead(NeuralNetworkOptions options) : NetworkHead
{
    /// <summary>The layers and how they are trained.</summary>
    protected NeuralNetworkOptions Options => options;

    /// <summary>What is made small.</summary>
    public abstract Loss Loss { get; }

    /// <summary>What is measured in each epoch where there are several tasks.</summary>
    /// <param name="scale">The scale of the label.</param>
    public abstract Metric Metric(LabelScale scale);

    /// <summary>The outputs of the network for a label.</summary>
    /// <param name="ofLabel">The number of classes, or 1.</param>
    public virtual int Outputs(int ofLabel) => ofLabel;

    /// <inheritdoc/>
    public sealed override NetworkPlan Plan(NetworkInput input) => NetworkLayers.Of(options, input, Outputs(input.Outputs), Loss);
}
