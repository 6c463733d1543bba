namespace Toolkit.MLNetIntegration.Training;

/// <summary>A network that says what its outputs, and the keys that it reads, mean.</summary>
internal interface IMeaningful
{
    NetworkMeaning Meaning { get; }
}
