using Toolkit.Modeling;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>What a network is built for.</summary>
/// <param name="Features">The number of features of a row, those of all feature columns together.</param>
/// <param name="Outputs">The number of classes of a key label; 1 for a Boolean or Single label; the length of a vector of labels.</param>
/// <param name="Random">Random numbers that follow from the seed.</param>
public sealed record NetworkInput(int Features, int Outputs, RandomSource Random);
