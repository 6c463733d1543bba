using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>The layers that <see cref="NeuralNetworkOptions"/> asks for.</summary>
internal static class NetworkLayers
{
    public static NetworkPlan Of(NeuralNetworkOptions options, NetworkInput input, int outputs, Loss loss)
    {
        var layers = new List<Module>();
        int width = input.Features;
        foreach (int units in options.HiddenUnits)
        {
            layers.Add(new Dense(width, units, input.Random) { Activation = options.Activation, WeightInitializer = new HeNormal() });
            if (options.Dropout > 0)
            {
                layers.Add(new Dropout(options.Dropout, input.Random));
            }

            width = units;
        }

        layers.Add(new Dense(width, outputs, input.Random));
        return new NetworkPlan
        {
            Model = new Sequential([.. layers]),
            Loss = loss,
            Regularizers = options.WeightDecay > 0 ? [new L2(options.WeightDecay)] : [],
        };
    }
}
