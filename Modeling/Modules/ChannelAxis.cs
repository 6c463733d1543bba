using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>What modules share that have a number for each channel, axis 1 of [batch, channels, …].</summary>
internal static class ChannelAxis
{
    /// <summary>Brings [channels] to the rank of the input, so that it broadcasts along axis 1.</summary>
    public static Variable Spread(Module module, Variable perChannel, Variable input, int channels)
    {
        Check(module, input, channels);
        return input.Shape.Rank == 2 ? perChannel : perChannel.Reshape([channels, .. Enumerable.Repeat(Dim.Of(1), input.Shape.Rank - 2)]);
    }

    public static void Check(Module module, Variable input, int channels)
    {
        if (input.Shape.Rank < 2 || input.Shape[1] != channels)
            throw new ShapeException($"{module.Description} expects an input of shape [batch, {channels}, …], found {input.Shape}.");
    }
}
